"""What gunicorn writes itself: never a path, a header or an exception's text, which may name people."""

import sys

from gunicorn.glogging import Logger

from service import logs

_QUOTING = "Invalid request from"


class DiscreetLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger with the two kinds of line that quote a request or an error made anonymous."""

    def exception(self, msg: object, *args: object, **kwargs: object) -> None:
        """An error outside the app, by its type and the places it passed."""
        event = logs.places_only(None, "error", {"exc_info": sys.exc_info()})
        self.error("web server error: %s at %s", event.get("error"), " ".join(event.get("places", [])))

    def warning(self, msg: object, *args: object, **kwargs: object) -> None:
        """A warning; of a refused request only that it was refused."""
        if str(msg).startswith(_QUOTING):
            msg, args = "a request that is not valid HTTP was refused", ()
        super().warning(msg, *args, **kwargs)
