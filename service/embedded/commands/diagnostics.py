"""hello, ping, buildInfo, serverStatus and so on: what a driver asks of the server itself."""

from __future__ import annotations

import datetime
import os
import time

from bson import Int64

from service.embedded.commands.request import Command, Request, command
from service.embedded.stored import MAX_DOCUMENT_BYTES
from service.embedded.values import Document
from service.embedded.wire import MAX_MESSAGE_BYTES

# The MongoDB whose behaviour is followed; 21 is its wire version, which drivers go by.
VERSION, VERSION_PARTS, WIRE_VERSION = "7.0.0", [7, 0, 0, 0], 21
MAX_WRITES, SESSION_MINUTES = 100_000, 30
_STARTED = time.monotonic()


def hello(request: Request) -> Document:
    """What a driver has to know: a standalone server (so drivers send no retryable writes), its limits."""
    primary = "isWritablePrimary" if request.name == "hello" else "ismaster"
    return {
        "helloOk": True,
        primary: True,
        "maxBsonObjectSize": MAX_DOCUMENT_BYTES,
        "maxMessageSizeBytes": MAX_MESSAGE_BYTES,
        "maxWriteBatchSize": MAX_WRITES,
        "localTime": datetime.datetime.now(datetime.UTC),
        "logicalSessionTimeoutMinutes": SESSION_MINUTES,
        "minWireVersion": 0,
        "maxWireVersion": WIRE_VERSION,
        "readOnly": False,
    }


def build_info(request: Request) -> Document:
    """{"version": "7.0.0", …}; `modules` says that it is not MongoDB itself."""
    return {
        "version": VERSION,
        "versionArray": VERSION_PARTS,
        "modules": ["consultorio-embedded"],
        "maxBsonObjectSize": MAX_DOCUMENT_BYTES,
    }


def server_status(request: Request) -> Document:
    """Counters, among them `metrics.queryExecutor.scannedObjects`: documents that queries have looked at."""
    collections = list(request.memory.collections())
    return {
        "process": "consultorio-embedded",
        "version": VERSION,
        "pid": Int64(os.getpid()),
        "uptime": time.monotonic() - _STARTED,
        "localTime": datetime.datetime.now(datetime.UTC),
        "metrics": {
            "queryExecutor": {"scannedObjects": Int64(request.memory.looked_at())},
            "cursor": {"open": {"total": Int64(request.cursors.count())}},
            "document": {"stored": Int64(sum(len(one.documents) for one in collections))},
        },
    }


def connection_status(request: Request) -> Document:
    """Nobody logs in here: who reaches the socket may do everything."""
    return {"authInfo": {"authenticatedUsers": [], "authenticatedUserRoles": []}}


def nothing(request: Request) -> Document:
    """ping; endSessions, whose sessions hold nothing."""
    return {}


_HELLO = command(
    hello,
    "helloOk client compression saslSupportedMechs speculativeAuthenticate topologyVersion maxAwaitTimeMS"
    " loadBalanced hostInfo backpressure",
)
COMMANDS: dict[str, Command] = {
    "hello": _HELLO,
    "isMaster": _HELLO,
    "ismaster": _HELLO,
    "ping": command(nothing),
    "buildInfo": command(build_info),
    "buildinfo": command(build_info),
    "serverStatus": Command(server_status, frozenset({"repl", "metrics", "locks", "network", "recordStats"})),
    "connectionStatus": command(connection_status, "showPrivileges"),
    "endSessions": command(nothing),
}
