"""The columns of each kind of file: the usual heading, then, folded, its other names, also in English."""

from typing import Literal

Kind = Literal["sessions", "psychotherapists"]

REQUIRED: dict[Kind, tuple[str, ...]] = {
    "sessions": ("date", "start_time", "end_time", "full_name", "psychotherapist", "modality", "price"),
    "psychotherapists": ("full_name", "commission", "price"),
}

_PERSON = {
    "document": "DNI|documento|documento de identidad|doc identidad|doc de identidad|doc|n documento"
    "|no documento|nro documento|n de documento|nro de documento|numero de documento|n dni|nro dni|dni ce|ce"
    "|pasaporte|carne de extranjeria|dni del paciente|dni paciente|dni del cliente|document|identity document"
    "|document number|passport",
    "document_kind": "Tipo de documento|tipo documento|tipo de doc|tipo doc|document type|type of document",
    "email": "Correo|correo electronico|email|e mail|mail|direccion de correo",
    "phone": "Celular|telefono|telefono celular|telefono movil|movil|n celular|nro celular|numero de celular"
    "|whatsapp|tel|cel|phone|mobile|telephone|phone number",
    "given_names": "Nombres|nombres del paciente|nombres del cliente|given names|first name|first names",
    "family_names": "Apellidos|apellido|apellidos del paciente|apellidos del cliente"
    "|family names|last name|surname",
}
_FULL_NAME = "nombre|nombre completo|nombres y apellidos|nombre y apellidos|nombre y apellido|name|full name"
_PSYCHOTHERAPIST = (
    "Psicoterapeuta|terapeuta|psicologo|psicologa|psicologo a|psychotherapist|therapist|psychologist"
)
_CURRENCY = "Moneda|divisa|currency"

_SESSIONS = {
    "date": "Fecha|fecha de la cita|fecha de cita|fecha cita|fecha de la sesion|fecha de sesion|fecha sesion"
    "|fecha de atencion|dia|date|session date",
    "start_time": "Hora inicio|hora de inicio|inicio|hora inicial|hora desde|desde|hora|start|start time",
    "end_time": "Hora fin|hora de fin|fin|hora final|hora de termino|hora termino|termino|hora hasta|hasta"
    "|end|end time",
    "full_name": f"Paciente|cliente|nombre del paciente|nombre del cliente|paciente cliente|client|patient"
    f"|client name|patient name|{_FULL_NAME}",
    **_PERSON,
    "birth_date": "Fecha de nacimiento|fecha nacimiento|fec nacimiento|f nacimiento|fec nac|fecha de nac"
    "|nacimiento|date of birth|birth date",
    "psychotherapist": f"{_PSYCHOTHERAPIST}|profesional|especialista|nombre del psicoterapeuta",
    "modality": "Tipo|modalidad|tipo de cita|tipo cita|tipo de sesion|tipo de atencion|type"
    "|modality|session type",
    "currency": _CURRENCY,
    "price": "Monto|tarifa|precio|importe|costo|amount|price|fee",
    "status": "Estado|estado de la cita|estado cita|estado de la sesion|status",
    "note": "Nota|notas|observacion|observaciones|comentario|comentarios|note|notes|comments",
}
_PSYCHOTHERAPISTS = {
    "full_name": f"{_PSYCHOTHERAPIST}|{_FULL_NAME}",
    **_PERSON,
    "commission": "Comisión (%)|comision|porcentaje|porcentaje de comision|comision porcentaje|commission"
    "|commission percent",
    "price": "Tarifa|precio|monto|importe|price|amount|fee",
    "currency": _CURRENCY,
    "license_number": "Colegiatura|n colegiatura|n de colegiatura|nro colegiatura|numero de colegiatura|cpsp"
    "|n cpsp|licence number|license number|registration number",
}
#: kind → field → ways to head its column, the usual one first.
HEADINGS: dict[Kind, dict[str, list[str]]] = {
    "sessions": {field: names.split("|") for field, names in _SESSIONS.items()},
    "psychotherapists": {field: names.split("|") for field, names in _PSYCHOTHERAPISTS.items()},
}
