"""The file: what is written is read again, a failed transaction leaves nothing, damage is seen."""

import sqlite3
from typing import Any

import pytest

from service.embedded.disk import (
    Disk,
    DiskDamaged,
    DiskFailed,
    Operation,
    PutCollection,
    PutDocument,
    PutIndex,
    RemoveCollection,
    RemoveDocument,
    RemoveIndex,
)

FILLED: list[Operation] = [
    PutCollection(1, "db", "things"),
    PutCollection(2, "db", "others"),
    PutIndex(1, "b_1", b"spec b"),
    PutIndex(1, "a_1", b"spec a"),
    PutDocument(1, 1, b"id one", b"body one"),
    PutDocument(2, 1, b"id two", b"body two"),
    PutDocument(3, 2, b"id one", b"another"),
]


@pytest.fixture
def path(tmp_path: Any) -> Any:
    return tmp_path / "store.sqlite3"


def write(path: Any, operations: Any) -> None:
    disk = Disk(path)
    try:
        disk.write(operations)
    finally:
        disk.close()


def content(path: Any) -> Any:
    disk = Disk(path)
    try:
        return list(disk.collections()), list(disk.indexes()), list(disk.documents())
    finally:
        disk.close()


def change(path: Any, statement: Any) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_what_is_written_is_read_again_in_its_order(path: Any) -> None:
    write(path, FILLED)
    write(path, [PutDocument(1, 1, b"id one", b"changed"), RemoveDocument(2), RemoveIndex(1, "b_1")])
    assert content(path) == (
        [(1, "db", "things"), (2, "db", "others")],
        [(1, b"spec a")],
        [(1, 1, b"changed"), (3, 2, b"another")],
    )


def test_a_dropped_collection_takes_everything_along(path: Any) -> None:
    write(path, [*FILLED, RemoveCollection(1)])
    assert content(path) == ([(2, "db", "others")], [], [(3, 2, b"another")])


def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(path: Any) -> None:
    disk = Disk(path)
    disk.write(FILLED)
    with pytest.raises(DiskFailed):
        disk.write([PutDocument(4, 1, b"id four", b"x"), PutDocument(5, 1, b"id one", b"same identity")])
    disk.write([PutDocument(6, 1, b"id six", b"y")])
    assert [record for record, _, _ in disk.documents()] == [1, 2, 3, 6]
    assert disk.bytes_by_database() == {"db": 24}
    disk.close()


def test_only_one_process_can_open_it(path: Any) -> None:
    disk = Disk(path)
    other = sqlite3.connect(path, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("SELECT * FROM documents").fetchall()
    other.close()
    disk.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET body = x'00' WHERE record = 2",
        "UPDATE documents SET record = 9 WHERE record = 2",
        "UPDATE documents SET id = x'00' WHERE record = 2",
        "UPDATE documents SET body = 'text' WHERE record = 2",
        "UPDATE indexes SET specification = x'00'",
        "UPDATE collections SET name = 'renamed' WHERE number = 2",
        "DROP TABLE documents",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 0",
    ],
)
def test_a_row_that_was_changed_by_another_hand_is_seen(path: Any, statement: Any) -> None:
    write(path, FILLED)
    change(path, statement)
    with pytest.raises(DiskDamaged, match="dañado"):
        content(path)


def test_every_damaged_page_is_seen(path: Any) -> None:
    write(path, FILLED + [PutDocument(n, 1, f"id {n}".encode(), b"x" * 900) for n in range(10, 60)])
    whole = path.read_bytes()
    for page in range(0, len(whole), 4096):
        path.write_bytes(
            whole[:page] + bytes(byte ^ 0x5A for byte in whole[page : page + 64]) + whole[page + 64 :]
        )
        with pytest.raises(DiskDamaged):
            content(path)
    path.write_bytes(whole)
    assert len(content(path)[2]) == 53


@pytest.mark.parametrize("length", [0, 100, 4096, -4096, -1])
def test_a_file_cut_short_is_seen(path: Any, length: Any) -> None:
    write(path, FILLED + [PutDocument(n, 1, f"id {n}".encode(), b"x" * 900) for n in range(10, 60)])
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DiskDamaged):
        content(path)


def test_a_foreign_file_is_not_touched(path: Any) -> None:
    change(path, "CREATE TABLE mine (a)")
    before = path.read_bytes()
    with pytest.raises(DiskDamaged, match="no es un archivo de este programa"):
        Disk(path)
    assert path.read_bytes() == before


def test_a_start_that_was_cut_off_leaves_no_half_file(path: Any) -> None:
    path.with_suffix(".new").write_bytes(b"half a file")
    assert content(path) == ([], [], [])
