"""The API's own description, OpenAPI 3.1."""

from flask import Blueprint

routes = Blueprint("openapi", __name__)
