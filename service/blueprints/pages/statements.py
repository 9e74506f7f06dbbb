"""Pages of statements."""

from flask import Blueprint

routes = Blueprint("statements", __name__)
