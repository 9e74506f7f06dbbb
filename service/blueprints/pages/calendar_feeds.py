"""A psychotherapist's calendar feed: its secret address made, shown once, made anew or taken away."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints import feed
from service.blueprints.pages import sending
from service.documents import feeds, psychotherapists
from service.errors import Stale

routes = Blueprint("calendar_feeds", __name__, url_prefix="/psicoterapeutas/<psychotherapist_id>/calendario")


@routes.get("")
def show(psychotherapist_id: str) -> str:
    """Whether there is an address, since when, and what to do about it."""
    return _page(psychotherapist_id)


@routes.post("")
def renew(psychotherapist_id: str) -> Response:
    """Makes a new address and shows it, this once: it is in no other address, cookie or record.

    A form of an earlier state, which reloading the page sends too, makes none: it would revoke the one shown.
    """
    try:
        version = sending.version(request.form)
        secret = feeds.renew(current.db(), psychotherapist_id, version, current.now())
    except Stale:
        return make_response(_page(psychotherapist_id, stale=True), 412)
    return make_response(_page(psychotherapist_id, address=feed.address(secret)))


@routes.post("/quitar")
def revoke(psychotherapist_id: str) -> Response:
    """Takes the address away at once."""
    psychotherapists.get(current.db(), psychotherapist_id)
    feeds.revoke(current.db(), psychotherapist_id)
    flash(_("La dirección ya no funciona."), "success")
    return sending.see_other(".show", psychotherapist_id=psychotherapist_id)


def _page(psychotherapist_id: str, **shown: Any) -> str:
    person = psychotherapists.get(current.db(), psychotherapist_id)
    return render_template(
        "pages/psychotherapists/calendar.html",
        person=person,
        feed=feeds.find(current.db(), psychotherapist_id),
        reachable=_reachable(current.settings().base_url),
        **shown,
    )


def _reachable(base_url: str) -> bool:
    """Whether somebody else's server, such as Google's, could open an address below `base_url`."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))
