"""HTML into PDF bytes, and nothing else: no store, no clock, nothing read but `assets` and `static`.

The same HTML gives the same bytes, on any day and in any process.
"""

import io
import logging
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import Environment
from reportlab import rl_config
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.document import pisaDocument

from service import pdf_table

ASSETS = Path(__file__).parent / "assets"
STATIC = ASSETS.parent / "static"
MAX_SECONDS = 120

# Leaves the time of day and the random document id out of every PDF of this process.
rl_config.invariant = 1
# Its messages quote the document, and so name clients.
logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL + 1)
pdf_table.register()


class RenderError(Exception):
    """A PDF could not be made. The text says the kind of failure and never quotes the document."""


def statement_pdf(statement: Mapping[str, Any], environment: Environment) -> bytes:
    """The PDF of one psychotherapist's month.

    `statement`: center_name, psychotherapist {name, document_text | None}, month "2026-10",
    state "draft" | "closed", folio, version, sha256 (None while a draft),
    lines [{local_date, starts "09:00", ends, client_name, modality, status, amount_cents, currency,
    commission_bp, commission_cents}] in the order to print,
    totals [{currency, sessions, charges, gross_cents, commission_cents, center_share_cents}], soles first,
    adjustments of closed months and payable (domain.statements.adjustment_lines, payable).
    RenderError when it cannot be made.
    """
    template = environment.get_template("pdf/statement.html")
    return render(template.render(statement=statement))


def render(html: str, assets: Path = ASSETS) -> bytes:
    """The PDF of an HTML document whose fonts lie in the folder `assets`, pictures there or in STATIC.

    Files elsewhere and every address are refused. RenderError when it cannot be made.
    """
    output = io.BytesIO()
    try:
        # An accent typed as a letter and a mark apart would be drawn beside its letter.
        status = pisaDocument(
            unicodedata.normalize("NFC", html),
            output,
            path=str(assets / "document.html"),
            resource_policy=_policy(assets),
        )
    except Exception as error:
        # Any error of the engine may quote what it was laying out: its kind and place are kept, its text not.
        place = extract_tb(error.__traceback__)[-1]
        raise RenderError(f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}") from None
    if status.err:
        raise RenderError(f"layout reported {status.err} errors")
    return output.getvalue()


def _policy(assets: Path) -> ResourceAccessPolicy:
    return ResourceAccessPolicy.server(
        assets, extra_roots=(STATIC,), allow_remote=False, max_render_seconds=MAX_SECONDS
    )
