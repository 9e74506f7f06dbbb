"""Statements (PDF) by the API."""

from flask import Blueprint

routes = Blueprint("statements", __name__, url_prefix="/statements")
