"""Pages of psychotherapists."""

from flask import Blueprint

routes = Blueprint("psychotherapists", __name__)
