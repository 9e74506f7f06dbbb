"""The secret in a survey's link: made anew whenever it is needed, never stored, found by its hash.

The secret is an HMAC of the invitation's id and its random nonce under the survey key, so that a retry and
the reminder carry the link of the first mail. Nobody can make it out of the database without the key.
"""

import base64
import hashlib
import hmac
import secrets

_KEY_LABEL = b"consultorio: survey links, 1"
#: 192 bits: 32 characters of a link.
_SECRET_BYTES = 24
_NONCE_BYTES = 16
#: Longer is no secret of ours, and is not even hashed.
LONGEST_SECRET = 64


def survey_key(secret_key: str) -> bytes:
    """The survey key that follows from the setting SECRET_KEY; it changes only when that does."""
    return hmac.digest(secret_key.encode(), _KEY_LABEL, "sha256")


def new_nonce() -> str:
    """A fresh nonce, 128 bits as text."""
    return secrets.token_hex(_NONCE_BYTES)


def secret(key: bytes, invitation_id: str, nonce: str) -> str:
    """The secret of an invitation, URL-safe; the same for the same three."""
    # A zero byte keeps id and nonce apart: neither contains one.
    signed = hmac.digest(key, f"{invitation_id}\0{nonce}".encode(), "sha256")[:_SECRET_BYTES]
    return base64.urlsafe_b64encode(signed).decode()


def secret_hash(secret: str) -> str:
    """What an invitation is found by: the SHA-256 of its secret, which is random: no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
