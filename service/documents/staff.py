"""Staff accounts: who may log in, with which role. Passwords are kept as argon2id hashes only."""

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pymongo.errors import DuplicateKeyError

from service.config import Settings
from service.database import Db
from service.documents import logins, store
from service.documents.store import Document
from service.errors import Conflict, InvalidInput, NotFound
from service.texts import _

DIRECTION, ADMINISTRATION = "direction", "administration"
ROLES = (DIRECTION, ADMINISTRATION)
#: What the first account is called, by the setting LANGUAGE.
NAMES = {"es": _("Administración"), "en": "Administration"}
MIN_PASSWORD = 10

_HASHER = PasswordHasher()
#: Verified for unknown accounts too, so that the time of an answer does not tell which e-mails exist.
_NOBODY = _HASHER.hash(secrets.token_urlsafe())


def add(db: Db, email: str, name: str, password: str, role: str, now: datetime) -> Document:
    """Creates an account. InvalidInput for a short password, Conflict for an e-mail that has one."""
    email = email.strip().casefold()
    if "@" not in email:
        raise InvalidInput({"email": [_("Escriba un correo válido.")]})
    _check(password)
    account = {
        "_id": store.new_id(),
        "version": 1,
        "email": email,
        "name": name,
        "role": role,
        "active": True,
    }
    account |= {"password_hash": _HASHER.hash(password), "created_at": now}
    try:
        db.staff.insert_one(account)
    except DuplicateKeyError as error:
        raise Conflict(_("Ya hay una cuenta con este correo."), field="email") from error
    return account


def set_password(db: Db, email: str, password: str) -> None:
    """Gives an account, also a closed one, a new password and ends its logins.

    InvalidInput for a short password, NotFound without the account.
    """
    _check(password)
    change = {"$set": {"password_hash": _HASHER.hash(password), "active": True}, "$inc": {"version": 1}}
    account = db.staff.find_one_and_update({"email": email.strip().casefold()}, change)
    if account is None:
        raise NotFound(_("No hay ninguna cuenta con este correo."))
    logins.revoke_all(db, account["_id"])


def close(db: Db, email: str) -> None:
    """Ends an account's logins and lets nobody log in with it any more; what it did keeps its name.

    NotFound without the account, Conflict for the last one that direction has.
    """
    account = db.staff.find_one({"email": email.strip().casefold()})
    if account is None:
        raise NotFound(_("No hay ninguna cuenta con este correo."))
    others = {"_id": {"$ne": account["_id"]}, "role": DIRECTION, "active": True}
    if account["role"] == DIRECTION and db.staff.find_one(others) is None:
        raise Conflict(_("Es la única cuenta de dirección: cree otra antes de cerrarla."))
    db.staff.update_one({"_id": account["_id"]}, {"$set": {"active": False}, "$inc": {"version": 1}})
    logins.revoke_all(db, account["_id"])


def ensure_first(db: Db, settings: Settings, now: datetime) -> tuple[str, str | None] | None:
    """Creates the first administrator when there is no account yet.

    Gives its e-mail and, where none was set, the password made for it; None if there are accounts already.
    """
    if db.staff.find_one({}, {"_id": 1}):
        return None
    made = None if settings.admin_password else secrets.token_urlsafe(12)
    email = settings.admin_email or "admin@example.com"
    add(db, email, NAMES[settings.language], settings.admin_password or str(made), DIRECTION, now)
    return email, made


def authenticate(db: Db, email: str, password: str) -> Document | None:
    """The active account of this e-mail and password, None otherwise."""
    account = db.staff.find_one({"email": email.strip().casefold()})
    try:
        _HASHER.verify(account["password_hash"] if account else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return account if account and account["active"] else None


def names(db: Db) -> dict[str, str]:
    """{staff id: name} of all accounts."""
    return {account["_id"]: account["name"] for account in db.staff.find({}, {"name": 1})}


def active(db: Db, staff_id: str) -> Document | None:
    """The account if it may still be used."""
    return db.staff.find_one({"_id": staff_id, "active": True}, {"password_hash": 0})


def _check(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(
            {"password": [_("La contraseña debe tener al menos %(least)s caracteres.", least=MIN_PASSWORD)]}
        )
