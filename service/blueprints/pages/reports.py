"""Pages of reports."""

from flask import Blueprint

routes = Blueprint("reports", __name__)
