"""The one map from what goes wrong to an HTTP status, for pages and API alike."""

from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from service import errors

STATUSES: dict[type[Exception], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.NotReady: 503,
    PyMongoError: 503,
}


def status_of(error: Exception) -> int:
    """The status that an error stands for; 500 for one that nobody named."""
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)
