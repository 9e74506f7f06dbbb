"""Pages of imports."""

from flask import Blueprint

routes = Blueprint("imports", __name__)
