"""Commands: what they do, and one clear line where they cannot."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from service import database
from service.config import Settings
from service.database import Db
from service.documents import months, staff
from service.schemas.reports import yearly_json
from tests.api_client import ApiClient
from tests.conftest import EMAIL, PASSWORD, close, make_app
from tests.page_client import logged_in

SHEETS = Path(__file__).parents[1] / "data" / "sheets"
EXPECTED = json.loads((SHEETS / "expected.json").read_text("utf-8"))
THERAPISTS = str(SHEETS / "psicoterapeutas.csv")


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def everything(db: Db) -> dict[str, list[dict]]:
    found = {
        name: sorted(db[name].find(), key=lambda one: str(one["_id"])) for name in db.list_collection_names()
    }
    return {name: documents for name, documents in found.items() if documents}


@pytest.mark.timeout(300)
def test_ten_years_by_command_line_on_an_empty_database(run: FlaskCliRunner, db: Db) -> None:
    files = [str(path) for path in sorted(SHEETS.glob("citas-*"))]
    result = run.invoke(args=["import-sheets", *files, "--psychotherapists", THERAPISTS, "--json"])
    assert result.exit_code == 0, result.output
    first, *years = [json.loads(line) for line in result.stdout.splitlines()]
    assert (first["kind"], first["imported"]) == ("psychotherapists", 12)
    for record, expected in zip(years, EXPECTED["files"].values(), strict=True):
        names = ("imported", "duplicates", "ignored", "rejected")
        assert {name: record[name] for name in names} == {name: expected[name] for name in names}
        assert [reject["code"] for reject in record["rejects"]] == expected["reasons"]
    assert db.clients.count_documents({}) == EXPECTED["clients"]
    assert db.sessions.count_documents({}) == EXPECTED["sessions"]
    for year in range(2014, 2024):
        for own in yearly_json(year, [{**own, "adjustments": []} for own in months.year(db, year)])["months"]:
            expected = EXPECTED["months"].get(own["month"], {"sessions": 0})
            assert {name: own[name] for name in expected if name != "psychotherapists"} == {
                name: figure for name, figure in expected.items() if name != "psychotherapists"
            }


def test_a_dry_run_says_what_would_happen_and_adds_nothing(run: FlaskCliRunner, db: Db) -> None:
    result = run.invoke(args=["import-sheets", THERAPISTS, "--dry-run"])
    assert (result.exit_code, db.psychotherapists.count_documents({})) == (0, 0)
    assert result.stdout.startswith("psicoterapeutas.csv: 12 importadas, 0 ya estaban")


def test_a_bad_file_ends_with_a_line_and_not_0(run: FlaskCliRunner, tmp_path: Path) -> None:
    bad = tmp_path / "mal.csv"
    bad.write_text("uno,dos\n1,2\n")
    result = run.invoke(args=["import-sheets", str(bad)])
    assert result.exit_code != 0
    assert result.stderr.strip().splitlines()[-1] == "Error: No se importó: mal.csv."


@pytest.mark.parametrize(
    "command",
    [
        ["months", "check"],
        ["import-sheets", THERAPISTS],
        ["surveys", "remind"],
        ["staff", "add", "a@example.com", "--password", "muy larga y buena"],
    ],
)
def test_a_store_that_does_not_answer_is_one_line(
    app: Flask, run: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    nobody = str(tmp_path / "nobody.sock").replace("/", "%2F")
    with database.connect(f"mongodb://{nobody}", timeout_ms=50) as gone:
        monkeypatch.setitem(app.extensions, "db", gone["any"])
        result = run.invoke(args=command)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["Error: El sistema no responde en este momento. Intente de nuevo."]


def test_staff_are_added_once(run: FlaskCliRunner, db: Db) -> None:
    args = ["staff", "add", "rosa@example.com", "--name", "Rosa", "--password", "una clave larga"]
    assert run.invoke(args=args).exit_code == 0
    account = staff.authenticate(db, "rosa@example.com", "una clave larga")
    assert account is not None
    assert account["role"] == "administration"
    again = run.invoke(args=args)
    assert (again.exit_code, again.stderr.strip()) == (1, "Error: Ya hay una cuenta con este correo.")


def test_a_new_password_ends_the_logins_of_the_old_one(
    app: Flask, api: ApiClient, run: FlaskCliRunner, db: Db
) -> None:
    pages = logged_in(app)
    args = ["staff", "password", EMAIL.upper(), "--password"]
    short = run.invoke(args=[*args, "corta"])
    assert (short.exit_code, "10" in short.stderr) == (1, True)
    api.get("/clients")
    assert run.invoke(args=[*args, "otra clave larga"]).exit_code == 0
    api.get("/clients", status=401)
    assert pages.get("/clientes", status=401).heading == "Ingresar"
    assert staff.authenticate(db, EMAIL, PASSWORD) is None
    assert staff.authenticate(db, EMAIL, "otra clave larga")
    nobody = run.invoke(args=["staff", "password", "nadie@example.com", "--password", "otra clave larga"])
    assert (nobody.exit_code, len(nobody.stderr.splitlines())) == (1, 1)


def test_an_account_is_closed_and_opened_again_but_never_the_last_of_direction(
    api: ApiClient, run: FlaskCliRunner, db: Db
) -> None:
    last = run.invoke(args=["staff", "close", EMAIL])
    assert (last.exit_code, "dirección" in last.stderr) == (1, True)
    api.get("/clients")
    rosa = ["staff", "add", "rosa@example.com", "--role", "direction", "--password", "una clave larga"]
    assert run.invoke(args=rosa).exit_code == 0
    assert run.invoke(args=["staff", "close", EMAIL]).exit_code == 0
    api.get("/clients", status=401)
    assert staff.authenticate(db, EMAIL, PASSWORD) is None
    assert run.invoke(args=["staff", "password", EMAIL, "--password", PASSWORD]).exit_code == 0
    assert staff.authenticate(db, EMAIL, PASSWORD)
    assert run.invoke(args=["staff", "close", "nadie@example.com"]).exit_code == 1


def test_a_backup_gives_everything_back_elsewhere(
    run: FlaskCliRunner, settings: Settings, db: Db, tmp_path: Path
) -> None:
    run.invoke(args=["import-sheets", str(SHEETS / "citas-2017.csv"), "--psychotherapists", THERAPISTS])
    file = tmp_path / "centro.backup"
    assert run.invoke(args=["backup", str(file)]).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    other = make_app(replace(settings, mongodb_db=f"{settings.mongodb_db}_b"))
    restored: Db = other.extensions["db"]
    try:
        there = other.test_cli_runner()
        assert there.invoke(args=["restore", str(file)]).exit_code == 0
        assert everything(restored) == everything(db)
        refused = there.invoke(args=["restore", str(file)])
        assert refused.exit_code == 1
        assert "no está vacía" in refused.stderr
        restored.clients.delete_many({})
        assert there.invoke(args=["restore", str(file), "--replace"]).exit_code == 0
        assert everything(restored) == everything(db)

        cut = tmp_path / "cortada.backup"
        cut.write_bytes(file.read_bytes()[:-100])
        assert "no está completo" in there.invoke(args=["restore", str(cut), "--replace"]).stderr
        assert everything(restored) == everything(db)
    finally:
        restored.client.drop_database(restored.name)
        close(other)
