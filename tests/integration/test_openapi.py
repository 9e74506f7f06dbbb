"""The API's description names every route and what it takes."""

import re

from flask import Flask

from tests.api_client import BASE, ApiClient


def test_every_route_is_described_and_needs_no_token_to_read(app: Flask) -> None:
    spec = ApiClient(app.test_client()).get("/openapi.json")
    assert spec["openapi"] == "3.1.0"
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, operations in spec["paths"].items() for method in operations}
    assert described == routes
    assert all(operation["summary"] for path in spec["paths"].values() for operation in path.values())


def test_schemas_say_what_is_required_and_how_money_is_written(app: Flask) -> None:
    schemas = ApiClient(app.test_client()).get("/openapi.json")["components"]["schemas"]
    assert schemas["clients"]["required"] == ["family_names", "given_names"]
    price = schemas["sessions"]["properties"]["price"]
    assert price["properties"]["currency"]["enum"] == ["PEN", "USD"]
    assert schemas["sessions"]["properties"]["starts_at"]["format"] == "date-time"
