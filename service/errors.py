"""What can go wrong, named once; the web maps each name to a page or to problem+json, nothing here knows
HTTP.

Messages are sentences (service/texts.py) for the person who sees them; they may name people, so they are
never logged.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from service.texts import _


class ConsultorioError(Exception):
    """Base of every error that a person can be told about."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(ConsultorioError):
    """What was typed cannot be accepted: `errors` maps a dotted field name to its messages."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(_("Revise los datos señalados."))
        self.errors = {field: list(messages) for field, messages in errors.items()}


class NotFound(ConsultorioError):
    """No such document, or not any more."""

    def __init__(self, message: str = _("No encontramos lo que busca.")) -> None:
        super().__init__(message)


class Conflict(ConsultorioError):
    """Something else is in the way: `in_the_way` describes it, ready for JSON."""

    def __init__(self, message: str, in_the_way: Sequence[Mapping[str, Any]] = (), field: str = "") -> None:
        super().__init__(message)
        self.in_the_way = [dict(item) for item in in_the_way]
        self.field = field


class Stale(ConsultorioError):
    """The document was changed after it was read: `current` is how it stands now."""

    def __init__(self, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(_("Otra persona guardó cambios mientras usted editaba."))
        self.current = dict(current or {})


class Forbidden(ConsultorioError):
    """Known, but not allowed."""

    def __init__(self, message: str = _("Su cuenta no puede hacer esto.")) -> None:
        super().__init__(message)


class ForeignForm(Forbidden):
    """A form without the secret of the login it came with: opened in an earlier login, or made by somebody
    else.
    """

    def __init__(
        self, message: str = _("El formulario no se abrió con su ingreso actual. No se guardó nada.")
    ) -> None:
        super().__init__(message)


class Unauthenticated(ConsultorioError):
    """No login, or one that is over."""

    def __init__(self, message: str = _("Inicie sesión para continuar.")) -> None:
        super().__init__(message)


class NotReady(ConsultorioError):
    """A part that the answer needs (store, queue) does not answer now."""

    def __init__(self, message: str = _("El sistema no responde en este momento. Intente de nuevo.")) -> None:
        super().__init__(message)
