"""How little goes over the wire: static files that a browser keeps until they change, and answers gzipped.

As they are go what is short, streamed or asked for in parts, and JSON: its ETag is a version that comes back
in If-Match.
"""

import gzip
import hashlib
import secrets
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

#: Shorter answers are not worth the work.
_WORTH_BYTES = 1000
_PACKED = ("text/html", "text/css", "text/csv", "text/javascript", "image/svg+xml")
#: A day for Bootstrap, whose address does not change with it.
_FOR_A_DAY, _FOR_GOOD = "public, max-age=86400", "public, max-age=31536000, immutable"


def configure(app: Flask) -> None:
    """Gives the templates `static_file("app.js")`, an address that changes with the files, and packs
    what is worth it.
    """
    version = version_of(Path(app.static_folder or ""))

    def static_file(name: str) -> str:
        return url_for("kept_file", version=version, filename=name)

    def kept_file(version: str, filename: str) -> Response:
        return current_app.send_static_file(filename)

    def keep(response: Response) -> Response:
        if response.status_code in (200, 304):
            if request.endpoint == "kept_file" and (request.view_args or {})["version"] == version:
                response.headers["Cache-Control"] = _FOR_GOOD
            elif request.endpoint == "bootstrap.static":
                response.headers["Cache-Control"] = _FOR_A_DAY
        return response

    app.add_url_rule("/static/<version>/<path:filename>", "kept_file", kept_file)
    app.jinja_env.globals["static_file"] = static_file
    app.after_request(keep)
    app.after_request(_pack)


def version_of(folder: Path) -> str:
    """What the files of a folder hold, in twelve letters."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def packed(plain: bytes) -> bytes:
    """`plain` gzipped under a name of random length, as Django does against BREACH: from the size of a page
    that says back what somebody typed, beside a secret of its own, nobody reads how well it was packed.
    """
    result = BytesIO()
    name = "-" * secrets.randbelow(100)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=result, mtime=0) as file:
        file.write(plain)
    return result.getvalue()


def _pack(response: Response) -> Response:
    if response.mimetype not in _PACKED or response.status_code in (206, 304):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or "Content-Encoding" in response.headers:
        return response
    if response.direct_passthrough:  # a static file, small enough to be held
        response.direct_passthrough = False
    elif response.is_streamed:
        return response
    plain = response.get_data()
    if len(plain) >= _WORTH_BYTES:
        response.set_data(packed(plain))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        tag, _weak = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)
    return response
