"""Pages of clients."""

from flask import Blueprint

routes = Blueprint("clients", __name__)
