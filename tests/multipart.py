"""A form with a file, encoded here: Flask's test client would leave a large one's temporary file open."""

import io
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart


def form_with_file(content: bytes, name: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """`data` and `content_type` for a test client's request; the file is the field `file`."""
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), name)})
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}
