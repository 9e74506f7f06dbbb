"""docker-compose.yml, Dockerfile and .env.example say what is true of this tree; no Docker is needed."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.config import environment_names
from service.queue import QUEUES

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
#: ${NAME}, ${NAME:-default}, ${NAME:?message}; $$ is a plain dollar.
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)([^}]*)\}")


def test_the_processes_of_the_contract_are_all_there() -> None:
    assert set(OURS) == {"prepare", "web", "scheduler", *(f"worker-{queue}" for queue in QUEUES)}
    assert set(SERVICES) - set(OURS) == {"mongo", "redis", "mail"}


@pytest.mark.parametrize("name", OURS)
def test_each_command_starts_something_that_exists(name: str) -> None:
    command = OURS[name]["command"]
    assert command[:2] == ["python", "-m"]
    assert importlib.util.find_spec(command[2]), f"no module {command[2]}"


@pytest.mark.parametrize("queue", QUEUES)
def test_each_queue_has_a_worker_of_its_own(queue: str) -> None:
    assert OURS[f"worker-{queue}"]["command"] == ["python", "-m", "workers", queue]


def test_the_web_command_names_an_app_and_settings_that_exist() -> None:
    *_, config, app = OURS["web"]["command"]
    assert importlib.util.find_spec(config.removeprefix("python:"))
    module, variable = app.split(":")
    assert re.search(rf"^ *{variable} = ", (ROOT / f"{module}.py").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_each_image_is_pinned_and_each_port_is_on_loopback(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*", service["image"])
    for port in service.get("ports", []):
        assert str(port).startswith("127.0.0.1:")


@pytest.mark.parametrize("name", SERVICES)
def test_each_dependency_is_a_service_that_can_meet_its_condition(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert wanted["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] != "unless-stopped", "it would never complete"


@pytest.mark.parametrize("name", SERVICES)
def test_each_volume_is_declared(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        assert volume.split(":")[0] in COMPOSE["volumes"]


def test_each_setting_is_one_that_we_know() -> None:
    known = set(environment_names())
    for service in OURS.values():
        assert set(service["environment"]) <= known
        for name, value in service["environment"].items():
            for variable, _ in VARIABLE.findall(value):
                assert variable == name


def test_each_setting_of_the_example_reaches_the_containers() -> None:
    """Those that the file itself decides, or that only other processes need, aside."""
    text = (ROOT / ".env.example").read_text("utf-8")
    example = set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))
    decided = {"MONGODB_URI", "REDIS_URL", "DATA_DIR", "HOST", "PORT"}
    passed = {variable for variable, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text("utf-8"))}
    assert example - decided == passed


def test_secrets_are_asked_for_and_never_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in ("SECRET_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD"):
        forms = [rest for variable, rest in VARIABLE.findall(text) if variable == name]
        assert forms
        assert all(rest.startswith(":?") for rest in forms)


def test_the_example_settings_are_ones_that_we_know() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)
    assert set(named) <= set(environment_names())
    assert {variable for variable, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())} <= set(
        named
    )


def test_the_image_is_built_of_what_is_here() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY")}
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    assert {"wsgi.py", "service", "aggregations", "templates", "workers"} <= copied
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert re.fullmatch(
        r"FROM python:3\.\d+\.\d+-[\w-]+", next(line for line in lines if line.startswith("FROM"))
    )


def test_docker_compose_accepts_the_file() -> None:
    docker = shutil.which("docker")
    if (
        not docker
        or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no docker with its compose plugin on this machine")
    secrets = dict.fromkeys(("SECRET_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD"), "x" * 32)
    result = subprocess.run(
        [docker, "compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **secrets},
    )
    assert result.returncode == 0, result.stderr
