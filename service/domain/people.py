"""What identifies a person and how it is written: documents, phones, age."""

import re
from datetime import date

import phonenumbers

from service.texts import _

DOCUMENT_FORMS = {
    "DNI": (re.compile(r"\d{8}", re.ASCII), _("El DNI tiene 8 dígitos.")),
    "CE": (re.compile(r"[0-9A-Z]{9,12}"), _("El carné de extranjería tiene de 9 a 12 letras o dígitos.")),
    "passport": (re.compile(r"[0-9A-Z]{5,20}"), _("El pasaporte tiene de 5 a 20 letras o dígitos.")),
}
ADULT_AGE = 18
HOME_REGION = "PE"


def parse_document(kind: str, number: str) -> str:
    """`number` as it is kept (upper case, no spaces or dashes); ValueError says what would be right."""
    form, hint = DOCUMENT_FORMS[kind]
    kept = re.sub(r"[\s.\-]", "", number).upper()
    if not form.fullmatch(kept):
        raise ValueError(hint)
    return kept


def parse_phone(text: str) -> str:
    """A phone in E.164, +51 where no country is given; ValueError says what would be right."""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_PHONE_HINT) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(_PHONE_HINT)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_digits(phone: str | None) -> tuple[str, ...]:
    """The digits of an E.164 phone without and with its country, as people look for it; none without a
    phone.
    """
    if not phone:
        return ()
    number = phonenumbers.parse(phone)
    return phonenumbers.national_significant_number(number), phone.removeprefix("+")


def full_name(person: dict[str, object]) -> str:
    """`given_names family_names`, as everything shows a person."""
    return f"{person['given_names']} {person['family_names']}".strip()


def age_on(birth_date: str, day: str) -> int:
    """Whole years between two local days; somebody born on 29 February has the birthday on 1 March."""
    born, today = date.fromisoformat(birth_date), date.fromisoformat(day)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(birth_date: str | None, day: str) -> bool:
    """Whether a client is a minor on a local day; unknown birth dates count as adult."""
    return birth_date is not None and age_on(birth_date, day) < ADULT_AGE


_PHONE_HINT = _("Escriba el teléfono con sus 9 dígitos, o con + y el código del país.")
