"""The supervisor on tiny real processes: forgiving, giving up, ending in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.processes.child import Child, Patience
from service.processes.supervisor import GaveUp, Stopped, Supervisor
from tests.processes import wait_until

QUICK = Patience(deaths=3, window=60, pause=0.01, longest=0.05, grace=1)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append, QUICK)
    yield supervisor
    supervisor.stop()


def python(name: str, code: str, layer: int = 0, **more: object) -> Child:
    return Child(name, (sys.executable, "-c", code), layer, dict(os.environ), **more)  # type: ignore[arg-type]


def test_a_child_that_keeps_dying_is_given_up_after_the_deaths_that_are_forgiven(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.start(python("web", "import sys; sys.exit(3)"))
    with pytest.raises(GaveUp, match=r"web terminó 4 veces .*código 3"):
        supervisor.watch()
    assert len(said) == QUICK.deaths
    assert all("web terminó (código 3)" in line for line in said)


def test_pauses_grow_up_to_the_longest() -> None:
    pauses = [Patience().pause_after(deaths) for deaths in range(1, 9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_never_came_up_is_not_tried_again(supervisor: Supervisor, said: list[str]) -> None:
    with pytest.raises(GaveUp, match=r"store no pudo iniciar \(código 5\)\. Vea /var/log/store"):
        supervisor.start(
            python("store", "import sys; sys.exit(5)", answers=lambda: False, log="/var/log/store")
        )
    assert said == []


def test_a_child_that_does_not_answer_in_time_is_given_up(supervisor: Supervisor) -> None:
    with pytest.raises(GaveUp, match="no respondió"):
        supervisor.start(python("store", "import time; time.sleep(60)", answers=lambda: False), seconds=0.2)


def test_the_highest_layer_ends_first_and_the_deaf_are_killed(supervisor: Supervisor, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    polite = (
        "import signal, sys, time, pathlib\n"
        "def end(*_):\n"
        f"    with open({str(ends)!r}, 'a') as file: file.write(sys.argv[1] + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(tmp_path)!r}, sys.argv[1]).touch()\n"
        "time.sleep(60)"
    )
    deaf = polite.replace("sys.exit(0)", "pass").replace("time.sleep(60)", "\nwhile True: time.sleep(60)")
    codes = {"store": (0, polite), "queue": (1, polite), "web": (2, deaf)}
    children = [
        Child(name, (sys.executable, "-c", code, name), layer, dict(os.environ), (tmp_path / name).exists)
        for name, (layer, code) in codes.items()
    ]
    supervisor.start(*children)

    supervisor.stop()

    assert ends.read_text().split() == ["web", "queue", "store"]


def test_what_is_run_once_gives_its_output_or_gives_up(supervisor: Supervisor) -> None:
    assert supervisor.run_once(python("prepare", "print('hola')")) == "hola\n"
    with pytest.raises(GaveUp, match=r"prepare falló \(código 2\)"):
        supervisor.run_once(python("prepare", "import sys; sys.exit(2)"))


def test_a_request_to_stop_is_heard_while_something_is_waited_for(supervisor: Supervisor) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    supervisor.listen()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            supervisor.start(python("store", "import time; time.sleep(60)", answers=lambda: False))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_dies_with_a_killed_supervisor(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import os, sys, time\n"
        "from service.processes.child import Child, spawn\n"
        "child = spawn(Child('x', (sys.executable, '-c', 'import time; time.sleep(60)'), 0, os.environ))\n"
        f"open({str(pid_file)!r} + '.new', 'w').write(str(child.pid))\n"
        f"os.rename({str(pid_file)!r} + '.new', {str(pid_file)!r})\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
    wait_until(pid_file.exists, "the child's start")

    parent.kill()
    parent.wait()

    wait_until(lambda: _gone(int(pid_file.read_text())), "the child's end", 5)


def _gone(pid: int) -> bool:
    """Whether the process has ended (a zombie that nobody collects has)."""
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
