"""`make run` as a person meets it: what it starts, what it survives, how it ends."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from service.config import Settings
from tests.processes import System, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")

PARTS = ["service.embedded", "valkey-server", "workers pdf", "workers.scheduler", "gunicorn"]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    running = System(tmp_path)
    yield running
    running.destroy()


def test_killed_parts_come_back_and_sigterm_ends_everything(system: System) -> None:
    wait_until(lambda: "Ctrl-C" in system.text(), "the greeting")
    assert system.ready()
    assert "admin@example.com" in system.text()
    for number, part in enumerate(PARTS, 1):
        killed = system.child(part)
        os.kill(killed, signal.SIGKILL)
        # What it leaves for a moment (gunicorn's own children) would be taken for another one.
        wait_until(partial(deaths_are, system, number), f"the death of {part} was said")
        wait_until(partial(system.has_other, part, killed), f"another {part}")
        wait_until(system.ready, f"/readyz after {part} was killed")
    assert deaths_are(system, len(PARTS))

    system.process.terminate()

    assert system.process.wait(timeout=40) == 0
    assert system.pids() == set()
    assert "Todo se detuvo" in system.text()
    assert os.listdir(system.home) == []


def deaths_are(system: System, number: int) -> bool:
    """Whether so many parts were said to have been killed."""
    return system.text().count("SIGKILL") == number


def test_a_second_start_names_the_holder_and_a_killed_one_leaves_nobody(system: System) -> None:
    wait_until(system.ready, "/readyz")
    first = system.process
    log_before = len(system.text())

    second = system.start()
    assert second.wait(timeout=20) == 1
    assert f"proceso {first.pid}" in system.text()[log_before:]
    system.process = first
    assert system.ready()

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    wait_until(lambda: not system.pids(), "the children of a killed supervisor end", 10)

    log_before = len(system.text())
    system.start()
    wait_until(lambda: "Ctrl-C" in system.text()[log_before:], "a start on the same data")
    assert "contraseña" in system.text()[log_before:]
    assert "admin@example.com" not in system.text()[log_before:], "there is an administrator already"


def test_ctrl_c_at_the_terminal_reaches_only_the_supervisor(system: System) -> None:
    wait_until(system.ready, "/readyz")
    assert system.process.pid not in {os.getpgid(pid) for pid in system.pids()}

    os.killpg(system.process.pid, signal.SIGINT)

    assert system.process.wait(timeout=40) == 0
    assert system.pids() == set()
    assert "terminó" not in system.text(), "a part died before it was asked to end"


def test_stopping_while_it_starts(system: System) -> None:
    wait_until(lambda: system.pids("service.embedded"), "the store's process")

    system.process.terminate()

    assert system.process.wait(timeout=40) == 0
    assert system.pids() == set()


def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        system = System(tmp_path, PORT=str(holder.getsockname()[1]))
        try:
            assert system.process.wait(timeout=20) == 1
        finally:
            system.destroy()
    assert "ocupado" in system.text()
    assert "Traceback" not in system.text()


def test_named_servers_replace_our_own(tmp_path: Path, settings: Settings) -> None:
    named = {"MONGODB_URI": settings.mongodb_uri, "MONGODB_DB": settings.mongodb_db}
    system = System(tmp_path, REDIS_URL=settings.redis_url, SECRET_KEY="k" * 32, **named)
    try:
        wait_until(system.ready, "/readyz")
        assert system.pids("service.embedded") == set()
        assert system.pids("valkey-server") == set()
    finally:
        system.destroy()


def test_a_server_of_ones_own_needs_a_key_of_ones_own(tmp_path: Path, settings: Settings) -> None:
    system = System(tmp_path, MONGODB_URI=settings.mongodb_uri)
    try:
        assert system.process.wait(timeout=20) == 1
    finally:
        system.destroy()
    assert "SECRET_KEY" in system.text()
    assert "Traceback" not in system.text()


def test_what_is_nobody_elses_business(system: System) -> None:
    wait_until(system.ready, "/readyz")

    with socket.create_connection(("127.0.0.1", system.port), timeout=10) as connection:
        connection.sendall(b"GET /citas?q=Quispe HTTP/9.9 Quispe\r\n\r\n")
        assert b" 400 " in connection.recv(100)
    wait_until(lambda: "not valid HTTP" in system.text(), "the line in the log")
    assert "Quispe" not in system.text()
    assert system.status("/calendario/un-secreto.ics") == 404
    wait_until(lambda: "/calendario/<secret>.ics" in system.text(), "the request in the log")
    assert "un-secreto" not in system.text()

    modes = {path.name: path.stat().st_mode & 0o077 for path in system.data_dir.rglob("*")}
    assert set(modes.values()) == {0}, modes
    assert json.loads((system.data_dir / "lock").read_text())["pid"] == system.process.pid


def test_a_damaged_queue_file_stops_the_start_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "valkey" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("nonsense\n")
    system = System(tmp_path)
    try:
        assert system.process.wait(timeout=30) == 1
    except subprocess.TimeoutExpired:
        pytest.fail(system.text())
    finally:
        system.destroy()
    assert "valkey.log" in system.text()
    assert system.pids() == set()
