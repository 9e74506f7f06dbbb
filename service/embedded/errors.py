"""What the store answers when it cannot do a command: MongoDB's numbers and names.

https://www.mongodb.com/docs/manual/reference/error-codes/
"""

from __future__ import annotations

from typing import Any

INTERNAL_ERROR = 1
BAD_VALUE = 2
FAILED_TO_PARSE = 9
TYPE_MISMATCH = 14
OVERFLOW = 15
INVALID_LENGTH = 16
ILLEGAL_OPERATION = 20
INVALID_BSON = 22
NAMESPACE_NOT_FOUND = 26
INDEX_NOT_FOUND = 27
PATH_NOT_VIABLE = 28
CONFLICTING_UPDATE_OPERATORS = 40
CURSOR_NOT_FOUND = 43
NAMESPACE_EXISTS = 48
DOLLAR_PREFIXED_FIELD_NAME = 52
INVALID_ID_FIELD = 53
EMPTY_FIELD_NAME = 56
COMMAND_NOT_FOUND = 59
IMMUTABLE_FIELD = 66
CANNOT_CREATE_INDEX = 67
INVALID_OPTIONS = 72
INVALID_NAMESPACE = 73
INDEX_OPTIONS_CONFLICT = 85
INDEX_KEY_SPECS_CONFLICT = 86
SHUTDOWN_IN_PROGRESS = 91
COMMAND_NOT_SUPPORTED = 115
OBJECT_TOO_LARGE = 10334
DUPLICATE_KEY = 11000
OUT_OF_DISK_SPACE = 14031
UNKNOWN_FIELD = 40415

_NAMES = {
    INTERNAL_ERROR: "InternalError",
    BAD_VALUE: "BadValue",
    FAILED_TO_PARSE: "FailedToParse",
    TYPE_MISMATCH: "TypeMismatch",
    OVERFLOW: "Overflow",
    INVALID_LENGTH: "InvalidLength",
    ILLEGAL_OPERATION: "IllegalOperation",
    INVALID_BSON: "InvalidBSON",
    NAMESPACE_NOT_FOUND: "NamespaceNotFound",
    INDEX_NOT_FOUND: "IndexNotFound",
    PATH_NOT_VIABLE: "PathNotViable",
    CONFLICTING_UPDATE_OPERATORS: "ConflictingUpdateOperators",
    CURSOR_NOT_FOUND: "CursorNotFound",
    NAMESPACE_EXISTS: "NamespaceExists",
    DOLLAR_PREFIXED_FIELD_NAME: "DollarPrefixedFieldName",
    INVALID_ID_FIELD: "InvalidIdField",
    EMPTY_FIELD_NAME: "EmptyFieldName",
    COMMAND_NOT_FOUND: "CommandNotFound",
    IMMUTABLE_FIELD: "ImmutableField",
    CANNOT_CREATE_INDEX: "CannotCreateIndex",
    INVALID_OPTIONS: "InvalidOptions",
    INVALID_NAMESPACE: "InvalidNamespace",
    INDEX_OPTIONS_CONFLICT: "IndexOptionsConflict",
    INDEX_KEY_SPECS_CONFLICT: "IndexKeySpecsConflict",
    SHUTDOWN_IN_PROGRESS: "ShutdownInProgress",
    COMMAND_NOT_SUPPORTED: "CommandNotSupported",
    OBJECT_TOO_LARGE: "BSONObjectTooLarge",
    DUPLICATE_KEY: "DuplicateKey",
    OUT_OF_DISK_SPACE: "OutOfDiskSpace",
}


class CommandError(Exception):
    """A command that was not done. `code` is MongoDB's, `details` go into the answer beside it."""

    def __init__(self, code: int, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def code_name(self) -> str:
        """MongoDB's name of the code ("DuplicateKey")."""
        return _NAMES.get(self.code, f"Location{self.code}")

    def answer(self) -> dict[str, Any]:
        """The whole reply of a command that failed."""
        return {
            "ok": 0.0,
            "errmsg": self.message,
            "code": self.code,
            "codeName": self.code_name,
            **self.details,
        }


def bad_value(message: str) -> CommandError:
    """Code 2: a value that the command cannot take."""
    return CommandError(BAD_VALUE, message)


def not_supported(message: str) -> CommandError:
    """Code 115: MongoDB has it, the embedded store does not."""
    return CommandError(COMMAND_NOT_SUPPORTED, f"{message} is not supported by the embedded store")
