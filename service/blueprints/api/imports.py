"""Imports of spreadsheets by the API."""

from flask import Blueprint

routes = Blueprint("imports", __name__, url_prefix="/imports")
