"""Where a store lives: its socket's address, also where the path is too long, and its one owner."""

import os
import stat
import subprocess
import sys
from typing import Any

import pytest
from pymongo.uri_parser import parse_uri

from service.embedded import place


def test_the_socket_lies_in_the_data_folder(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert place.socket_path("var") == tmp_path / "var" / "store.sock"
    assert place.uri("var") == place.uri(tmp_path / "var")


def test_a_driver_understands_the_address(tmp_path: Any) -> None:
    folder = tmp_path / "Centro Niñez+50%"
    (host, port) = parse_uri(place.uri(folder))["nodelist"][0]
    assert (host, port) == (str(folder / "store.sock"), None)


def test_a_path_too_long_for_a_socket_is_replaced_by_a_private_short_one(tmp_path: Any) -> None:
    folder = tmp_path / ("x" * 60) / ("y" * 60)
    path = place.socket_path(folder)
    assert len(os.fsencode(path)) <= place.LONGEST_SOCKET_PATH
    assert path == place.socket_path(folder)
    assert path != place.socket_path(folder.parent / "z")
    folder.mkdir(parents=True)
    place.prepare_socket(folder, path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert place.socket_path(folder) == path
    path.parent.rmdir()


def test_a_socket_elsewhere_is_noted_and_forgotten_again(tmp_path: Any) -> None:
    folder, other = tmp_path / "var", tmp_path / "elsewhere.sock"
    folder.mkdir()
    place.prepare_socket(folder, other)
    assert place.socket_path(folder) == other
    place.prepare_socket(folder, folder / "store.sock")
    assert place.socket_path(folder) == folder / "store.sock"


def test_a_file_in_the_sockets_place_is_not_taken_away(tmp_path: Any) -> None:
    (tmp_path / "note.sock").write_text("mine")
    with pytest.raises(place.PlaceUnsafe, match="no es un socket"):
        place.prepare_socket(tmp_path, tmp_path / "note.sock")
    assert (tmp_path / "note.sock").read_text() == "mine"


def test_a_folder_that_was_open_is_closed_to_others(tmp_path: Any) -> None:
    tmp_path.chmod(0o755)
    place.private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_folder_behind_a_link_is_not_taken(tmp_path: Any) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(place.PlaceUnsafe):
        place.private_folder(tmp_path / "link")


def test_one_owner_at_a_time(tmp_path: Any) -> None:
    code = "import sys; from pathlib import Path; from service.embedded import place\n"
    code += "with place.lock(Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout and owner.stdout.readline() == b"mine\n"
        with pytest.raises(place.PlaceTaken, match=str(owner.pid)), place.lock(tmp_path):
            pass
        owner.kill()
    with place.lock(tmp_path):
        assert (tmp_path / place.LOCK_NAME).read_text() == f"{os.getpid()}\n"
