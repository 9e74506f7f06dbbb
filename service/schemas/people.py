"""What clients and psychotherapists share: names, identity document, e-mail, phone."""

from typing import Any

from marshmallow import ValidationError, fields, post_load

from service.domain import people
from service.schemas.fields import Choice, Email, Phone, StrictSchema, Text, Whole
from service.texts import _

DOCUMENT_TYPES = [("DNI", "DNI"), ("CE", _("Carné de extranjería")), ("passport", _("Pasaporte"))]


class DocumentSchema(StrictSchema):
    """An identity document."""

    type = Choice(DOCUMENT_TYPES, required=True, metadata={"label": _("Documento"), "input": "select"})
    number = Text(required=True, shortest=1, longest=30, metadata={"label": _("Número"), "inputmode": "text"})

    @post_load
    def check_number(self, data: dict[str, str], **kwargs: Any) -> dict[str, str]:
        """The number as its type is written."""
        try:
            return {**data, "number": people.parse_document(data["type"], data["number"])}
        except ValueError as error:
            raise ValidationError({"number": [str(error)]}) from error


class PersonSchema(StrictSchema):
    """A person of the centre. `id`, `version` and `name` are only shown."""

    id = fields.String(attribute="_id", dump_only=True)
    version = fields.Integer(dump_only=True)
    name = fields.Function(people.full_name, dump_only=True)
    given_names = Text(required=True, shortest=1, metadata={"label": _("Nombres"), "autocomplete": "off"})
    family_names = Text(required=True, shortest=1, metadata={"label": _("Apellidos"), "autocomplete": "off"})
    document = Whole(DocumentSchema, allow_none=True, dump_default=None, metadata={"label": _("Documento")})
    email = Email(allow_none=True, dump_default=None, metadata={"label": _("Correo"), "input": "email"})
    phone = Phone(
        allow_none=True,
        dump_default=None,
        metadata={
            "label": _("Teléfono"),
            "input": "tel",
            "hint": _("Sin código de país se entiende Perú (+51)."),
        },
    )
