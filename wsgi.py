"""What a WSGI server and `flask --app wsgi` load."""

import sys

from service.app import create_app
from service.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
