"""What goes over the wire: packed where it is text, and static files kept until they change."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.lighter import packed, version_of
from tests.page_client import logged_in

GZIP = {"Accept-Encoding": "gzip"}


def get(app: Flask, address: str, **headers: str) -> TestResponse:
    """An answer read whole, so that no file stays open."""
    return app.test_client().get(address, headers=headers, buffered=True)


def test_a_browser_keeps_our_files_until_they_change(app: Flask) -> None:
    page = get(app, "/login").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert {address.rpartition("/")[2] for address in addresses} == {"app.js", "consultorio.css", "logo.svg"}
    for address in addresses:
        kept = get(app, address)
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        name = address.rpartition("/")[2]
        # Whoever still has a page of an earlier or a later version gets the file, but does not keep it.
        for other in (f"/static/{name}", f"/static/0123456789ab/{name}"):
            again = get(app, other)
            assert (again.data, again.headers["Cache-Control"]) == (kept.data, "no-cache")


def test_a_version_is_of_what_the_files_hold(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    before = version_of(tmp_path)
    assert before == version_of(tmp_path)
    (tmp_path / "a.css").write_text("b {}")
    assert version_of(tmp_path) != before


@pytest.mark.parametrize(
    "address", ["/static/consultorio.css", "/static/app.js", "/bootstrap/static/css/bootstrap.min.css"]
)
def test_text_goes_packed_to_who_takes_it(app: Flask, address: str) -> None:
    plain, small = get(app, address), get(app, address, **GZIP)
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert small.content_length == len(small.data) < len(plain.data)
    tag = small.headers["ETag"]
    assert tag.startswith("W/"), "other bytes may not have the same strong tag"
    assert get(app, address, **GZIP, **{"If-None-Match": tag}).status_code == 304
    part = get(app, address, **GZIP, Range="bytes=1-")
    assert (part.status_code, part.data) == (206, plain.data[1:])


def test_pages_go_packed_and_the_api_as_it_is(app: Flask) -> None:
    pages = logged_in(app).http
    plain, small = pages.get("/ajustes"), pages.get("/ajustes", headers=GZIP)
    assert "Content-Encoding" not in plain.headers and small.headers["Cache-Control"] == "no-store"
    assert gzip.decompress(small.data).decode().rstrip().endswith("</html>")
    assert "Content-Encoding" not in pages.get("/api/v1/openapi.json", headers=GZIP).headers


def test_the_size_of_a_packed_page_is_not_exactly_told() -> None:
    assert len({len(packed(b"the same page " * 100)) for _ in range(50)}) > 10
