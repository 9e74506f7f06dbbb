"""Fields that every schema shares; their messages are the Spanish sentences beside a form's field."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from service.domain import commissions, money, people
from service.domain.money import CURRENCIES, Money
from service.texts import _

fields.Field.default_error_messages.update(
    required=_("Falta este dato."), null=_("Falta este dato."), validator_failed=_("Este dato no es válido.")
)

#: What marshmallow says of its own in English, for every kind of field that schemas here use.
for _kind, _code, _said in (
    (fields.String, "invalid", _("Escriba un texto.")),
    (fields.String, "invalid_utf8", _("Escriba un texto.")),
    (fields.Integer, "invalid", _("Escriba un número entero.")),
    (fields.Number, "too_large", _("Escriba un número más pequeño.")),
    (fields.List, "invalid", _("Escriba una lista.")),
    (fields.Nested, "type", _("Escriba un objeto con sus campos.")),
):
    _kind.default_error_messages[_code] = _said

ONE_LINE = 120


class Text(fields.String):
    """One line of text, spaces at its ends dropped and runs of them made one; control characters refused."""

    default_error_messages = {
        "invalid": _("Escriba un texto."),
        "control": _("Quite los caracteres no imprimibles."),
    }

    def __init__(self, *, longest: int = ONE_LINE, shortest: int = 0, **kwargs: Any) -> None:
        too_long = _("Use como máximo %(most)s caracteres.", most=longest)
        sizes = [validate.Length(max=longest, error=too_long)]
        if shortest:
            sizes.append(validate.Length(min=shortest, error=_("Falta este dato.")))
        super().__init__(validate=[*sizes, *_as_list(kwargs.pop("validate", None))], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return " ".join(_printable(self, text).split())


class Note(Text):
    """Text of several lines."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = fields.String._deserialize(self, value, attr, data, **kwargs)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(_printable(self, line).rstrip() for line in lines).strip()


class Choice(fields.String):
    """One of a few words; `choices` are (stored value, Spanish label)."""

    default_error_messages = {"invalid": _("Elija una de las opciones.")}

    def __init__(self, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        metadata = {"input": "radio", "choices": choices, **kwargs.pop("metadata", {})}
        one_of = validate.OneOf([value for value, _ in choices], error=_("Elija una de las opciones."))
        super().__init__(validate=one_of, metadata=metadata, **kwargs)


class Flag(fields.Boolean):
    """Yes or no."""

    default_error_messages = {"invalid": _("Responda sí o no.")}


class Email(Text):
    """An e-mail address in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            longest=254,
            validate=validate.Email(error=_("Escriba un correo como nombre@ejemplo.com.")),
            **kwargs,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()


class Link(Text):
    """An https address that people open; nothing else may stand behind a link of ours."""

    default_error_messages = {"link": _("Escriba un enlace que empiece con https://")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=500, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not _is_https(text):
            raise self.make_error("link")
        return text


class Phone(Text):
    """A phone number, kept in E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return people.parse_phone(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class LocalDate(fields.String):
    """A local day "2026-07-31", kept as text."""

    default_error_messages = {
        "invalid": _("Escriba una fecha válida."),
        "day": _("Escriba una fecha válida."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise self.make_error("day") from error
        if day.isoformat() != text or day.year < 1900:
            raise self.make_error("day")
        return text


class Instant(fields.Field[datetime]):
    """An instant: ISO 8601 with offset outside, aware UTC within."""

    default_error_messages = {
        "invalid": _("Escriba fecha y hora como 2026-07-31T09:00:00-05:00."),
        "offset": _("Falta la diferencia con UTC, como en 2026-07-31T09:00:00-05:00."),
        "range": _("La fecha está fuera de lo que se puede registrar."),
    }

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid") from error
        if instant.tzinfo is None:
            raise self.make_error("offset")
        if not 1900 <= instant.year <= 2200:
            raise self.make_error("range")
        utc = instant.astimezone(UTC)
        return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class Percent(fields.Field[int]):
    """A percent: "37.5" outside, basis points within."""

    default_error_messages = {"invalid": _("Escriba un porcentaje de 0 a 100, con hasta dos decimales.")}

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else commissions.percent_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            return commissions.parse_percent(value)
        except (TypeError, ValueError, AttributeError) as error:
            raise self.make_error("invalid") from error


class MoneyField(fields.Field[Money]):
    """Money: {"amount": "150.00", "currency": "PEN"} outside, Money within.

    Dumped out of a document's `cents` field beside its `currency`.
    """

    default_error_messages = {
        "invalid": _("Escriba un monto y su moneda."),
        "amount": _("Escriba un monto como 150.00, sin letras."),
        "currency": _("Elija soles o dólares."),
    }

    def __init__(self, cents: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cents = cents

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return Money(obj[self.cents], obj["currency"]) if self.cents in obj else None

    def _serialize(
        self, value: Money | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> dict[str, str] | None:
        return None if value is None else money_json(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Money:
        if not isinstance(value, dict) or value.keys() - {"amount", "currency"}:
            raise self.make_error("invalid")
        errors: dict[str, list[str]] = {}
        if value.get("currency") not in CURRENCIES:
            errors["currency"] = [str(self.error_messages["currency"])]
        try:
            cents = money.parse_decimal(value.get("amount", ""))
        except (TypeError, ValueError, AttributeError):
            errors["amount"] = [str(self.error_messages["amount"])]
        if errors:
            raise ValidationError(errors)
        return Money(cents, value["currency"])


class Whole(fields.Nested):
    """A nested document that is always given whole, also where a PATCH names only some fields around it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kwargs)


class StrictSchema(Schema):
    """Refuses fields it does not know."""

    error_messages = {"unknown": _("Este campo no existe."), "type": _("Escriba un objeto con sus campos.")}


def money_json(value: Money) -> dict[str, str]:
    """{"amount": "150.00", "currency": "PEN"}."""
    return {"amount": money.decimal_text(value.cents), "currency": value.currency}


def _is_https(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme == "https" and bool(address.hostname) and " " not in text


def _as_list(validator: Any) -> list[Any]:
    return [] if validator is None else [validator]


def _printable(field: fields.Field[Any], text: str) -> str:
    """The text, refused where it carries control characters (tabs count as spaces) or lone surrogates."""
    text = text.replace("\t", " ")
    if not text.isprintable() and any(
        ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in text
    ):
        raise field.make_error("control")
    return text
