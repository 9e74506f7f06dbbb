"""MongoDB's wire protocol: bytes of a message to a command and back.

Only what a driver of today sends: OP_MSG (with document sequences), and OP_QUERY for the very first
hello. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

from service.embedded.errors import INVALID_BSON, OVERFLOW, CommandError

MAX_MESSAGE_BYTES = 48_000_000
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1, 2
_KNOWN_REQUIRED_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME
_HEADER = struct.Struct("<iiii")
_INT = struct.Struct("<i")

# Naive datetimes are UTC throughout the store; a date outside Python's years stays a DatetimeMS.
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    document_class=dict, tz_aware=False, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


class BrokenFrame(Exception):
    """The bytes are no message: what follows on this connection cannot be understood either."""


@dataclass(frozen=True)
class Request:
    """One message as it came: still undecoded, so that a bad document can be answered to its sender."""

    request_id: int
    op_code: int
    body: bytes

    @property
    def wants_reply(self) -> bool:
        """False for a fire-and-forget write (moreToCome)."""
        return not (self.op_code == OP_MSG and _flags(self.body) & MORE_TO_COME)


def receive(connection: socket.socket) -> Request | None:
    """The next message; None where the other side has closed. BrokenFrame if it is none."""
    header = _read(connection, _HEADER.size)
    if not header:
        return None
    length, request_id, _, op_code = _HEADER.unpack(header)
    if not _HEADER.size < length <= MAX_MESSAGE_BYTES:
        raise BrokenFrame(f"a message of {length} bytes")
    if op_code not in (OP_MSG, OP_QUERY):
        raise BrokenFrame(f"operation code {op_code}")
    body = _read(connection, length - _HEADER.size)
    if len(body) < 5:
        raise BrokenFrame("a message that ends early")
    return Request(request_id, op_code, body)


def command_of(request: Request) -> dict[str, Any]:
    """The command document with its document sequences filled in and `$db`; BrokenFrame, CommandError."""
    if request.op_code == OP_QUERY:
        return _command_of_query(request.body)
    return _command_of_message(request.body)


def answer(request: Request, document: dict[str, Any]) -> bytes:
    """The bytes that answer `request` with `document`."""
    payload = bson.encode(document, codec_options=CODEC)
    if request.op_code == OP_QUERY:
        body = struct.pack("<iqii", 8, 0, 0, 1) + payload
        return _HEADER.pack(len(body) + 16, 0, request.request_id, OP_REPLY) + body
    return _HEADER.pack(len(payload) + 21, 0, request.request_id, OP_MSG) + b"\0\0\0\0\0" + payload


def decode(document: bytes) -> dict[str, Any]:
    """A BSON document as a dict; CommandError where it is not well formed or not UTF-8."""
    try:
        return bson.decode(document, codec_options=CODEC)
    except RecursionError:
        raise CommandError(OVERFLOW, "exceeded maximum nested object depth") from None
    except Exception:  # bson raises many kinds; its text may quote the document, so it is not passed on
        raise CommandError(INVALID_BSON, "invalid BSON or not UTF-8 in a document") from None


def _read(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        chunk = connection.recv(min(size - len(received), 1 << 20))
        if not chunk:
            if received:
                raise BrokenFrame("a message that ends early")
            return b""
        received += chunk
    return bytes(received)


def _flags(body: bytes) -> int:
    return int.from_bytes(body[:4], "little")


def _command_of_message(body: bytes) -> dict[str, Any]:
    flags = _flags(body)
    if flags & 0xFFFF & ~_KNOWN_REQUIRED_FLAGS:
        raise BrokenFrame("OP_MSG with unknown required flags")
    # The checksum guards against a bad network; on a Unix socket it is read past, not recomputed.
    end = len(body) - (4 if flags & CHECKSUM_PRESENT else 0)
    command: bytes | None = None
    sequences: dict[str, list[bytes]] = {}
    at = 4
    while at < end:
        kind, at = body[at], at + 1
        size = _size_at(body, at, end)
        section, at = body[at : at + size], at + size
        if kind == 0 and command is None:
            command = section
        elif kind == 1:
            name, documents = _sequence(section)
            sequences[name] = documents
        else:
            raise BrokenFrame("OP_MSG with an unknown section")
    if command is None:
        raise BrokenFrame("OP_MSG without a command")
    return _filled(decode(command), sequences)


def _filled(command: dict[str, Any], sequences: dict[str, list[bytes]]) -> dict[str, Any]:
    for name, documents in sequences.items():
        if name in command:
            raise CommandError(INVALID_BSON, "a document sequence repeats a field of its command")
        command[name] = [decode(document) for document in documents]
    return command


def _sequence(section: bytes) -> tuple[str, list[bytes]]:
    end_of_name = section.find(b"\0", 4)
    if end_of_name < 0:
        raise BrokenFrame("a document sequence without a name")
    documents = []
    at = end_of_name + 1
    while at < len(section):
        size = _size_at(section, at, len(section))
        documents.append(section[at : at + size])
        at += size
    return section[4:end_of_name].decode("utf-8", "replace"), documents


def _size_at(body: bytes, at: int, end: int) -> int:
    if at + 4 > end:
        raise BrokenFrame("a section that ends early")
    size: int = _INT.unpack_from(body, at)[0]
    if size < 5 or at + size > end:
        raise BrokenFrame("a section of a wrong size")
    return size


def _command_of_query(body: bytes) -> dict[str, Any]:
    end_of_name = body.find(b"\0", 4)
    at = end_of_name + 9
    if end_of_name < 0 or at >= len(body):
        raise BrokenFrame("OP_QUERY that ends early")
    size = _size_at(body, at, len(body))
    command = decode(body[at : at + size])
    command.setdefault("$db", body[4:end_of_name].decode("utf-8", "replace").partition(".")[0])
    return command
