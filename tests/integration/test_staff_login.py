"""Logging in by the API: passwords, rate limits, inactive accounts, first administrator."""

from dataclasses import replace

import pytest
from flask import Flask, request

from service.config import Settings
from service.database import Db
from service.documents import staff
from tests.api_client import ApiClient
from tests.conftest import EMAIL, NOW, PASSWORD, close, make_app


def test_the_right_password_opens_the_api_and_a_wrong_one_does_not(app: Flask) -> None:
    client = ApiClient(app.test_client())
    tokens = client.post("/login", {"email": f" {EMAIL.upper()} ", "password": PASSWORD}, status=200)
    client.token = tokens["access_token"]
    assert client.get("/clients")["total"] == 0
    for email, password in ((EMAIL, "otra"), ("nadie@example.com", PASSWORD), ("", "")):
        client.post("/login", {"email": email, "password": password}, status=401)
    assert client.post("/login", {"email": EMAIL}, status=422)["errors"].keys() == {"password"}


def test_an_account_is_tried_only_so_often(app: Flask) -> None:
    client = ApiClient(app.test_client())
    for _ in range(8):
        client.post("/login", {"email": EMAIL, "password": "mala"}, status=401)
    client.post("/login", {"email": EMAIL, "password": PASSWORD}, status=429)


@pytest.mark.parametrize("proxies", [0, 1])
def test_who_asks_is_what_the_trusted_proxy_says_and_nobody_else(settings: Settings, proxies: int) -> None:
    made = make_app(replace(settings, trusted_proxies=proxies))
    with made.test_client() as client:
        # The proxy adds who asked it; what stood there before is anybody's word.
        client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.7, 198.51.100.9"})
        assert request.remote_addr == ("198.51.100.9" if proxies else "127.0.0.1")
    close(made)


def test_an_account_made_inactive_is_out_at_once(api: ApiClient, db: Db) -> None:
    api.get("/clients")
    db.staff.update_one({"email": EMAIL}, {"$set": {"active": False}})
    api.get("/clients", status=401)


def test_the_first_administrator_is_made_once(settings: Settings, db: Db) -> None:
    db.staff.delete_many({})
    first = staff.ensure_first(db, replace(settings, admin_email="jefa@example.com"), NOW)
    assert first is not None and first[1] is not None
    account = staff.authenticate(db, "jefa@example.com", first[1])
    assert account is not None and account["role"] == "direction"
    assert first[1] not in str(account)
    assert staff.ensure_first(db, settings, NOW) is None


def test_secrets_of_a_request_never_reach_the_log(app: Flask, capfd) -> None:
    client = ApiClient(app.test_client())
    client.post("/login", {"email": "secreta@example.com", "password": "clave-secreta"}, status=401)
    client.get("/clients", status=401, q="apellido-secreto")
    client.get("/apellido-secreto", status=404)
    logged = "".join(capfd.readouterr())
    assert '"route": "/api/v1/login"' in logged
    assert "secreta" not in logged and "secreto" not in logged
