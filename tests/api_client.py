"""The API as a program outside uses it: JSON in and out, a Bearer token, a status that is checked."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

BASE = "/api/v1"


@dataclass
class ApiClient:
    """A logged-in client; each call asserts the status it expects and gives the answer's JSON."""

    http: FlaskClient
    token: str = ""
    refresh_token: str = ""

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """GET with a query string."""
        return self.call("GET", path, status, query_string=query)

    def post(self, path: str, body: Any = None, status: int = 201, **headers: str) -> Any:
        """POST of JSON; `Idempotency_Key=…` sets that header."""
        return self.call("POST", path, status, json=body, headers=_headers(headers))

    def patch(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """PATCH of JSON; `If_Match=…` sets that header."""
        return self.call("PATCH", path, status, json=body, headers=_headers(headers))

    def delete(self, path: str, status: int = 204, **headers: str) -> Any:
        """DELETE."""
        return self.call("DELETE", path, status, headers=_headers(headers))

    def call(self, method: str, path: str, status: int, **kwargs: Any) -> Any:
        """Any request; gives the JSON, the text of another content type, or None without content."""
        headers = dict(kwargs.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.http.open(BASE + path, method=method, headers=headers, **kwargs)
        assert response.status_code == status, (
            method,
            path,
            response.status_code,
            response.get_data(as_text=True),
        )
        if status >= 400:
            assert response.mimetype == "application/problem+json"
        if str(response.mimetype).endswith("json"):
            return response.get_json()
        return response.get_data() or None


def _headers(names: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in names.items()}
