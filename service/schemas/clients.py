"""A client, as JSON and forms write it."""

from typing import Any

from marshmallow import fields

from service.domain.relationships import INVERSE_KINDS
from service.schemas.fields import Choice, Flag, LocalDate, Note, StrictSchema, Text, Whole
from service.schemas.people import PersonSchema

KINDS = [
    ("parent", "Madre o padre"),
    ("guardian", "Apoderado"),
    ("child", "Hijo o hija"),
    ("ward", "Persona a su cargo"),
    ("sibling", "Hermano o hermana"),
    ("partner", "Pareja"),
    ("other", "Otro"),
]
assert {kind for kind, _ in KINDS} == set(INVERSE_KINDS)
#: In which language mails are written to a client.
LANGUAGES = [("es", "Español"), ("en", "Inglés")]


class PsychotherapistLinkSchema(StrictSchema):
    """Since which local day a psychotherapist sees the client."""

    psychotherapist_id = Text(
        required=True, shortest=1, metadata={"label": "Psicoterapeuta", "input": "select"}
    )
    since = LocalDate(required=True, metadata={"label": "Atiende desde", "input": "date"})


class ClientLinkSchema(StrictSchema):
    """What another client is to this one, and whether they answer this one's surveys."""

    client_id = Text(required=True, shortest=1, metadata={"label": "Familiar"})
    kind = Choice(KINDS, required=True, metadata={"label": "Qué es de este cliente", "input": "select"})
    answers_surveys = Flag(
        load_default=False, metadata={"label": "Responde las encuestas de este cliente", "input": "checkbox"}
    )


class RelationshipsSchema(StrictSchema):
    """Both lists of relationships."""

    psychotherapists = fields.List(Whole(PsychotherapistLinkSchema), metadata={"label": "Psicoterapeutas"})
    clients = fields.List(Whole(ClientLinkSchema), metadata={"label": "Familia y apoderados"})


class ClientSchema(PersonSchema):
    """A client. Only the two names are required."""

    birth_date = LocalDate(
        allow_none=True, dump_default=None, metadata={"label": "Fecha de nacimiento", "input": "date"}
    )
    survey_consent = Flag(metadata={"label": "Acepta recibir la encuesta mensual", "input": "checkbox"})
    language = Choice(
        LANGUAGES, load_default="es", dump_default="es", metadata={"label": "Idioma de los correos"}
    )
    note = Note(
        allow_none=True,
        dump_default=None,
        longest=2000,
        metadata={
            "label": "Notas administrativas",
            "input": "textarea",
            "hint": "Solo lo administrativo: las notas clínicas no van aquí.",
        },
    )
    relationships = fields.Nested(RelationshipsSchema)
    merged_into = fields.String(dump_only=True, dump_default=None)
    archived = fields.Function(lambda client: "archived_at" in client, dump_only=True)


def client_json(client: dict[str, Any]) -> dict[str, Any]:
    """A stored client as the API shows it."""
    shown: dict[str, Any] = ClientSchema().dump(client)
    return shown
