"""How often somebody may try to log in, by address and by account, or an unknown survey link, by address;
counted in the queue server.
"""

import hashlib
from collections.abc import Mapping

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from service.config import Settings

BY_ADDRESS = "30 per 5 minutes"
BY_ACCOUNT = "8 per 5 minutes"
#: Survey links that nobody made, by address.
UNKNOWN_LINKS = "30 per 5 minutes"

limiter = Limiter(get_remote_address, headers_enabled=True, swallow_errors=True)


def configure(app: Flask, settings: Settings) -> None:
    """Counts in the queue server; where it does not answer, logging in goes on uncounted."""
    uri = settings.redis_url
    app.config["RATELIMIT_STORAGE_URI"] = (
        uri.replace("unix://", "redis+unix://", 1) if uri.startswith("unix") else uri
    )
    limiter.init_app(app)


def account_key() -> str:
    """The account that is being tried, hashed: no e-mail address is written into the queue server."""
    body = request.get_json(silent=True) if request.is_json else request.form
    email = body.get("email") if isinstance(body, Mapping) else ""
    return hashlib.sha256(str(email).strip().casefold().encode()).hexdigest()
