"""The one border to MongoDB: client, collections' indexes, and datetimes that come back as aware UTC."""

from datetime import UTC
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import ASCENDING, IndexModel, MongoClient
from pymongo.database import Database

Db = Database[dict[str, Any]]

#: Fail a request rather than hold a person while the store is being restarted.
SERVER_SELECTION_MS = 5_000

_BY_DOCUMENT = IndexModel(
    [("document.number", ASCENDING), ("document.type", ASCENDING)],
    name="document",
    unique=True,
    partialFilterExpression={"document.number": {"$exists": True}},
)
_BY_SEARCH = IndexModel([("search", ASCENDING)], name="search")
_BY_BATCH = IndexModel([("batch", ASCENDING)], name="batch", sparse=True)
_BY_PENDING = IndexModel([("pending", ASCENDING)], name="pending", sparse=True)

INDEXES: dict[str, list[IndexModel]] = {
    "logins": [IndexModel([("staff_id", ASCENDING)], name="staff")],
    "staff": [IndexModel([("email", ASCENDING)], name="email", unique=True)],
    "clients": [
        _BY_DOCUMENT,
        _BY_SEARCH,
        _BY_BATCH,
        IndexModel(
            [("relationships.psychotherapists.psychotherapist_id", ASCENDING)], name="psychotherapist"
        ),
        IndexModel([("relationships.clients.client_id", ASCENDING)], name="family"),
        IndexModel([("unmirrored", ASCENDING)], name="unmirrored", sparse=True),
        IndexModel([("birth_date", ASCENDING)], name="birth_date", sparse=True),
        IndexModel([("email", ASCENDING)], name="email", sparse=True),
    ],
    "psychotherapists": [
        _BY_DOCUMENT,
        _BY_SEARCH,
        _BY_BATCH,
        IndexModel([("unapplied.since", ASCENDING)], name="unapplied", sparse=True),
    ],
    "sessions": [
        IndexModel([("month", ASCENDING), ("starts_at", ASCENDING)], name="month"),
        IndexModel([("local_date", ASCENDING), ("starts_at", ASCENDING)], name="day"),
        IndexModel([("client_id", ASCENDING), ("starts_at", ASCENDING)], name="client"),
        IndexModel([("psychotherapist_id", ASCENDING), ("starts_at", ASCENDING)], name="psychotherapist"),
        IndexModel([("series_id", ASCENDING), ("starts_at", ASCENDING)], name="series"),
        IndexModel([("status", ASCENDING), ("ends_at", ASCENDING)], name="status"),
        _BY_BATCH,
        _BY_PENDING,
    ],
    "calendar_feeds": [IndexModel([("secret_hash", ASCENDING)], name="secret", unique=True)],
    "calendars": [IndexModel([("reservations.id", ASCENDING)], name="reservations", sparse=True)],
    "client_time": [IndexModel([("booking.id", ASCENDING)], name="booking", sparse=True)],
    "merges": [
        IndexModel([("state", ASCENDING)], name="state"),
        IndexModel([("into", ASCENDING)], name="into"),
    ],
    "invitations": [
        IndexModel([("link_hash", ASCENDING)], name="link", unique=True),
        IndexModel([("month", ASCENDING)], name="month"),
        IndexModel([("state", ASCENDING)], name="state"),
        IndexModel([("reminder.state", ASCENDING)], name="reminder", sparse=True),
        IndexModel([("person_id", ASCENDING)], name="person"),
        IndexModel([("pending", ASCENDING)], name="pending", sparse=True),
    ],
    "survey_runs": [IndexModel([("state", ASCENDING)], name="state")],
    "statements": [
        IndexModel([("month", ASCENDING), ("psychotherapist_id", ASCENDING)], name="month"),
        IndexModel([("status", ASCENDING)], name="status"),
        IndexModel([("mail.state", ASCENDING)], name="mail", sparse=True),
    ],
    "months": [
        _BY_PENDING,
        IndexModel([("closing", ASCENDING)], name="closing", sparse=True),
    ],
    "month_summaries": [IndexModel([("adjustments.month", ASCENDING)], name="adjustments", sparse=True)],
    "exchange_rates": [IndexModel([("unapplied", ASCENDING)], name="unapplied", sparse=True)],
    "closings": [
        IndexModel([("month", ASCENDING), ("number", ASCENDING)], name="month"),
        IndexModel([("adjustments.month", ASCENDING)], name="adjustments", sparse=True),
    ],
    "imports": [IndexModel([("status", ASCENDING)], name="status")],
    "import_lists": [IndexModel([("import_id", ASCENDING)], name="import")],
}


def connect(uri: str, timeout_ms: int = SERVER_SELECTION_MS) -> MongoClient[dict[str, Any]]:
    """A client that gives aware UTC datetimes. It is not fork-safe: open it after the fork."""
    return MongoClient(
        uri,
        tz_aware=True,
        tzinfo=UTC,
        serverSelectionTimeoutMS=timeout_ms,
        appname="consultorio",
    )


def open_database(client: MongoClient[dict[str, Any]], name: str) -> Db:
    """The centre's database, reading aware UTC whatever the client was opened with."""
    return client.get_database(name, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC))


def ensure_indexes(db: Db) -> None:
    """Declares every index; safe to call at every start."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)
