"""A client, as JSON and forms write it."""

from typing import Any

from marshmallow import fields

from service.domain.relationships import INVERSE_KINDS
from service.schemas.fields import Choice, Flag, Instant, LocalDate, Note, StrictSchema, Text, Whole
from service.schemas.people import PersonSchema
from service.texts import _

KINDS = [
    ("parent", _("Madre o padre")),
    ("guardian", _("Apoderado")),
    ("child", _("Hijo o hija")),
    ("ward", _("Persona a su cargo")),
    ("sibling", _("Hermano o hermana")),
    ("partner", _("Pareja")),
    ("other", _("Otro")),
]
assert {kind for kind, _ in KINDS} == set(INVERSE_KINDS)
#: In which language mails are written to a client.
LANGUAGES = [("es", _("Español")), ("en", _("Inglés"))]


class PsychotherapistLinkSchema(StrictSchema):
    """Since which local day a psychotherapist sees the client."""

    psychotherapist_id = Text(
        required=True, shortest=1, metadata={"label": _("Psicoterapeuta"), "input": "select"}
    )
    since = LocalDate(required=True, metadata={"label": _("Atiende desde"), "input": "date"})


class ClientLinkSchema(StrictSchema):
    """What another client is to this one, and whether they answer this one's surveys."""

    client_id = Text(required=True, shortest=1, metadata={"label": _("Familiar")})
    kind = Choice(KINDS, required=True, metadata={"label": _("Qué es de este cliente"), "input": "select"})
    answers_surveys = Flag(
        load_default=False,
        metadata={"label": _("Responde las encuestas de este cliente"), "input": "checkbox"},
    )


class RelationshipsSchema(StrictSchema):
    """Both lists of relationships."""

    psychotherapists = fields.List(Whole(PsychotherapistLinkSchema), metadata={"label": _("Psicoterapeutas")})
    clients = fields.List(Whole(ClientLinkSchema), metadata={"label": _("Familia y apoderados")})


class ClientSchema(PersonSchema):
    """A client. Only the two names are required."""

    birth_date = LocalDate(
        allow_none=True, dump_default=None, metadata={"label": _("Fecha de nacimiento"), "input": "date"}
    )
    survey_consent = Flag(metadata={"label": _("Acepta recibir la encuesta mensual"), "input": "checkbox"})
    language = Choice(
        LANGUAGES, load_default="es", dump_default="es", metadata={"label": _("Idioma de los correos")}
    )
    note = Note(
        allow_none=True,
        dump_default=None,
        longest=2000,
        metadata={
            "label": _("Notas administrativas"),
            "input": "textarea",
            "hint": _("Solo lo administrativo: las notas clínicas no van aquí."),
        },
    )
    relationships = fields.Nested(RelationshipsSchema)
    unsubscribed_at = Instant(dump_only=True, dump_default=None)
    merged_into = fields.String(dump_only=True, dump_default=None)
    archived = fields.Function(lambda client: "archived_at" in client, dump_only=True)


def client_json(client: dict[str, Any]) -> dict[str, Any]:
    """A stored client as the API shows it."""
    shown: dict[str, Any] = ClientSchema().dump(client)
    return shown
