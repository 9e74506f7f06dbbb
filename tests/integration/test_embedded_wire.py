"""Frames made by hand: what is no message closes its connection, what is a bad document is answered."""

import socket
import struct
from collections.abc import Iterator
from typing import Any

import bson
import pytest
from bson import encode
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from pymongo.write_concern import WriteConcern

from service.embedded import place
from tests.integration.embedded_process import running

OP_MSG, OP_QUERY, OP_COMPRESSED = 2013, 2004, 2012


@pytest.fixture(scope="module")
def store(tmp_path_factory: Any) -> Iterator[Any]:
    """A store of this module's own, because it is treated badly."""
    with running(tmp_path_factory.mktemp("wire") / "store") as process:
        yield process


@pytest.fixture
def wire(store: Any) -> Iterator[Any]:
    """A bare connection to it; afterwards the store must still answer others."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.connect(str(place.socket_path(store.folder)))
        yield connection
    with store.client() as client:
        assert client.admin.command("ping") == {"ok": 1.0}


def frame(body: Any, op_code: Any = OP_MSG, length: Any = None, request_id: Any = 7) -> Any:
    """A message; `length` lies about its size."""
    return struct.pack("<iiii", length or len(body) + 16, request_id, 0, op_code) + body


def message(document: Any, flags: Any = 0, more: Any = b"") -> Any:
    """The body of an OP_MSG."""
    return (
        struct.pack("<I", flags)
        + b"\0"
        + (document if isinstance(document, bytes) else encode(document))
        + more
    )


def sequence(name: Any, *documents: Any) -> Any:
    """A section of kind 1."""
    body = name + b"\0" + b"".join(documents)
    return b"\1" + struct.pack("<i", len(body) + 4) + body


def reply(connection: Any) -> Any:
    """The document that comes back; None where the connection is closed."""
    header = received(connection, 16)
    if not header:
        return None
    length, _, response_to, op_code = struct.unpack("<iiii", header)
    assert response_to == 7
    body = received(connection, length - 16)
    return bson.decode(body[20:] if op_code == 1 else body[5:])


def received(connection: Any, size: Any) -> Any:
    """So many bytes, or none where the other side has closed."""
    data = b""
    while len(data) < size:
        try:
            chunk = connection.recv(size - len(data))
        except ConnectionResetError:  # closed with bytes of ours unread
            return b""
        if not chunk:
            return b""
        data += chunk
    return data


def asked(connection: Any, body: Any, **options: Any) -> Any:
    """What a message is answered with."""
    connection.sendall(frame(body, **options))
    return reply(connection)


PING = {"ping": 1, "$db": "admin"}


def test_a_ping(wire: Any) -> None:
    assert asked(wire, message(PING)) == {"ok": 1.0}


def test_a_checksum_is_read_past(wire: Any) -> None:
    assert asked(wire, message(PING, flags=1, more=b"\1\2\3\4")) == {"ok": 1.0}


def test_optional_flags_are_no_matter(wire: Any) -> None:
    assert asked(wire, message(PING, flags=1 << 16)) == {"ok": 1.0}


def test_a_document_sequence(wire: Any) -> None:
    documents = sequence(b"documents", encode({"_id": 1}), encode({"_id": 2}))
    assert asked(wire, message({"insert": "a", "$db": "wire"}, more=documents))["n"] == 2
    # The sequence may also come first.
    command = b"\0" + encode({"insert": "a", "$db": "wire"})
    body = struct.pack("<I", 0) + sequence(b"documents", encode({"_id": 3})) + command
    assert asked(wire, body)["n"] == 1


def test_a_write_without_an_answer(store: Any) -> None:
    with store.client() as client:
        things = client.wire.get_collection("unacknowledged", write_concern=WriteConcern(w=0))
        assert things.insert_one({"_id": 1}).acknowledged is False
        things.insert_one({"_id": 1})
        things.insert_many([{"_id": n} for n in (2, 3)])
        assert client.wire.unacknowledged.count_documents({}) == 3


def test_the_old_hello(wire: Any) -> None:
    body = struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + encode({"ismaster": 1})
    assert asked(wire, body, op_code=OP_QUERY)["ismaster"] is True


BAD_UTF8 = encode({"insert": "a", "$db": "wire", "documents": [{"_id": "MARK"}]}).replace(
    b"MARK", b"\xff\xfe\xfd\xfc"
)
BAD_NAME = encode({"insert": "a", "$db": "wire", "documents": [{"_id": 9, "MARK": 1}]}).replace(
    b"MARK", b"M\xc3\x28K"
)
DEEP = b"\x05\0\0\0\0"
for _ in range(4000):
    DEEP = struct.pack("<i", len(DEEP) + 8) + b"\x03a\0" + DEEP + b"\0"


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (BAD_UTF8, {22}),
        (BAD_NAME, {22}),
        (encode(PING).replace(b"\x10ping", b"\x66ping"), {22}),
        (encode(PING)[:-1] + b"\1", {22}),
        (
            encode({"insert": "a", "$db": "wire", "documents": [bson.raw_bson.RawBSONDocument(DEEP)]}),
            {15, 22},
        ),
        (encode({}), {59}),
        (encode({"find": 5, "$db": "wire"}), {73}),
        (encode({"find": "a"}), {73}),
        (encode({"insert": "a", "$db": "wire", "documents": 5}), {14}),
    ],
    ids=["text", "field name", "type", "end", "4000 levels", "empty", "number as name", "no $db", "no list"],
)
def test_a_bad_document_is_answered_and_the_connection_lives(wire: Any, document: Any, codes: Any) -> None:
    answer = asked(wire, message(document))
    assert (answer["ok"], answer["code"] in codes) == (0.0, True), answer
    assert asked(wire, message(PING)) == {"ok": 1.0}
    assert asked(wire, message({"count": "bad", "$db": "wire"}))["n"] == 0


def test_a_sequence_that_repeats_a_field(wire: Any) -> None:
    command = {"insert": "a", "$db": "wire", "documents": []}
    assert asked(wire, message(command, more=sequence(b"documents", encode({}))))["ok"] == 0.0


@pytest.mark.parametrize(
    "data",
    [
        frame(b"", length=16),
        frame(message(PING), length=15),
        frame(message(PING), length=-1),
        frame(message(PING), length=48_000_001),
        frame(message(PING), op_code=OP_COMPRESSED),
        frame(message(PING), op_code=1),
        frame(message(PING, flags=4)),
        frame(message(PING, more=b"\x02")),
        frame(message(PING, more=b"\x02\x05\0\0\0\0")),
        frame(message(PING, more=b"\x01\xff\xff\xff\x7f")),
        frame(message(PING, more=b"\x01\x03\0\0\0")),
        frame(message(PING, more=message(PING)[4:])),
        frame(message(PING, more=b"\x01\x08\0\0\0abcd")),
        frame(message(PING, more=b"\x01\x0b\0\0\0a\0\xff\xff\xff\x7f\0")),
        frame(struct.pack("<I", 0) + sequence(b"documents")),
        frame(b"\0\0\0\0\0\xff\xff\xff\x7f"),
        frame(struct.pack("<i", 0) + b"admin.$cmd", op_code=OP_QUERY),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=range(18),
)
def test_what_is_no_message_closes_its_connection(wire: Any, data: Any) -> None:
    wire.sendall(data)
    assert reply(wire) is None


@pytest.mark.parametrize("size", [3, 16, 17, 30])
def test_a_message_that_ends_early(wire: Any, size: Any) -> None:
    wire.sendall(frame(message({**PING, "comment": "x" * 100}))[:size])
    wire.shutdown(socket.SHUT_WR)
    assert reply(wire) is None


def test_nothing_that_was_said_is_logged(store: Any, wire: Any) -> None:
    asked(wire, message({"insert": "a", "$db": "wire", "documents": [{"_id": "Rosa Quispe"}]}))
    asked(wire, message({"insert": "a", "$db": "wire", "documents": [{"_id": "Rosa Quispe"}]}))
    asked(
        wire, message({"aggregate": "a", "$db": "wire", "cursor": {}, "pipeline": [{"$match": {"$rosa": 1}}]})
    )
    asked(wire, message({"find": "a", "$db": "wire", "filter": {"a": {"$regex": "(rosa"}}}))
    asked(wire, message(BAD_UTF8))
    assert "osa" not in store.log


def test_many_connections_at_once(store: Any) -> None:
    clients = [MongoClient[dict[str, Any]](place.uri(store.folder)) for _ in range(30)]
    assert [client.admin.command("ping")["ok"] for client in clients] == [1.0] * 30
    for client in clients:
        client.close()
    with store.client() as client, pytest.raises(OperationFailure):
        client.admin.command("nonsense")
