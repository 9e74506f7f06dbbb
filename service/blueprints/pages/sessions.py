"""Pages of sessions."""

from flask import Blueprint

routes = Blueprint("sessions", __name__)
