"""What pages say about a client in a few words: age, document, who answers for them, when they last came."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from service import formats
from service.database import Db
from service.documents import clients, habits, psychotherapists
from service.documents.store import Document
from service.domain import surveys
from service.domain.people import age_on, full_name, is_minor

RESPONSIBLE = ("guardian", "parent")
#: Why two clients are probably one person (domain.duplicates.REASONS), in words.
REASONS = {
    "document": lazy_gettext("el mismo documento"),
    "name": lazy_gettext("el mismo nombre"),
    "birth_date": lazy_gettext("la misma fecha de nacimiento"),
    "phone": lazy_gettext("el mismo teléfono"),
    "email": lazy_gettext("el mismo correo"),
}


def age(client: Document, today: str) -> int | None:
    """Whole years, None where the birth date is not known."""
    return age_on(client["birth_date"], today) if client.get("birth_date") else None


def details(client: Document, today: str) -> list[str]:
    """["DNI 45310882", "34 años"]."""
    document, years = client.get("document"), age(client, today)
    said = [f"{document['type']} {document['number']}" if document else _("sin documento")]
    return said if years is None else [*said, _("%(age)s años", age=years)]


def responsible(client: Document, people: Mapping[str, Document]) -> Document | None:
    """Who answers for a client: whoever does for surveys, else a guardian, else a parent; `people` by id."""
    links = [link for link in client["relationships"]["clients"] if link["client_id"] in people]
    ranked = [link for link in links if link["answers_surveys"]]
    ranked += [link for kind in RESPONSIBLE for link in links if link["kind"] == kind]
    return people[ranked[0]["client_id"]] if ranked else None


def survey_line(client: Document, people: Mapping[str, Document], today: str) -> tuple[str, bool]:
    """Who is asked for the monthly survey (domain.surveys), and whether something is missing for it.

    `client` may still be typed and without an id; `people` are their family, by id.
    """
    client = {"_id": "", **client}
    person_id, reason = surveys.answering(client, people, today)
    asked = people.get(person_id) or next(iter(surveys.responsible(client, people, today)), None)
    other = dict(asked) if asked and is_minor(client.get("birth_date"), today) else None
    if reason == surveys.NO_CONSENT:
        return _("No acepta recibirla."), False
    if reason == surveys.WITHOUT_GUARDIAN:
        return _("Acepta, pero es menor: falta indicar qué familiar adulto la responde."), True
    if reason == surveys.NO_EMAIL:
        return (
            _("Acepta, pero falta el correo de %(name)s.", name=full_name(other))
            if other
            else _("Acepta, pero falta su correo.")
        ), True
    if reason == surveys.UNSUBSCRIBED:
        return _("Acepta, pero quien la responde pidió no recibir más."), False
    return (
        _("La responde %(name)s.", name=full_name(other)) if other else _("La recibe en su correo.")
    ), False


def suggestion(db: Db, client: Document, today: str) -> dict[str, str]:
    """A line of the type-ahead: {id, name, detail, note}."""
    notes = []
    if is_minor(client.get("birth_date"), today):
        people = clients.by_ids(db, [link["client_id"] for link in client["relationships"]["clients"]])
        other = responsible(client, people)
        notes.append(
            _("Responsable: %(name)s", name=full_name(other)) if other else _("Menor sin responsable")
        )
    notes += _habit(db, habits.of(db, client, today))
    detail, note = " · ".join(details(client, today)), " · ".join(notes)
    return {"id": client["_id"], "name": full_name(client), "detail": detail, "note": note}


def _habit(db: Db, habit: habits.Habit) -> list[str]:
    """["Última cita: 30/10/2026 con Ronald Emard", "Atiende Hellen Roberts"]; that one where it differs."""
    last = habit.last.get("psychotherapist_id", "")
    people = {who: psychotherapists.get(db, who) for who in {last, habit.psychotherapist_id} if who}
    said = []
    if habit.last:
        day = formats.numeric_day(habit.last["local_date"])
        said.append(_("Última cita: %(day)s con %(name)s", day=day, name=full_name(people[last])))
    if habit.psychotherapist_id != last:
        said.append(_("Atiende %(name)s", name=full_name(people[habit.psychotherapist_id])))
    return said
