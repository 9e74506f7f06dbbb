"""The columns of each kind of file: the usual heading, then, folded, what else it is called."""

from typing import Literal

Kind = Literal["sessions", "psychotherapists"]

REQUIRED: dict[Kind, tuple[str, ...]] = {
    "sessions": ("date", "start_time", "end_time", "full_name", "psychotherapist", "modality", "price"),
    "psychotherapists": ("full_name", "commission", "price"),
}

_PERSON = {
    "document": "DNI|documento|documento de identidad|doc identidad|doc de identidad|doc|n documento"
    "|no documento|nro documento|n de documento|nro de documento|numero de documento|n dni|nro dni|dni ce|ce"
    "|pasaporte|carne de extranjeria|dni del paciente|dni paciente|dni del cliente",
    "document_kind": "Tipo de documento|tipo documento|tipo de doc|tipo doc",
    "email": "Correo|correo electronico|email|e mail|mail|direccion de correo",
    "phone": "Celular|telefono|telefono celular|telefono movil|movil|n celular|nro celular|numero de celular"
    "|whatsapp|tel|cel",
    "given_names": "Nombres|nombres del paciente|nombres del cliente",
    "family_names": "Apellidos|apellido|apellidos del paciente|apellidos del cliente",
}
_FULL_NAME = "nombre|nombre completo|nombres y apellidos|nombre y apellidos|nombre y apellido"
_PSYCHOTHERAPIST = "Psicoterapeuta|terapeuta|psicologo|psicologa|psicologo a"
_CURRENCY = "Moneda|divisa"

_SESSIONS = {
    "date": "Fecha|fecha de la cita|fecha de cita|fecha cita|fecha de la sesion|fecha de sesion|fecha sesion"
    "|fecha de atencion|dia",
    "start_time": "Hora inicio|hora de inicio|inicio|hora inicial|hora desde|desde|hora",
    "end_time": "Hora fin|hora de fin|fin|hora final|hora de termino|hora termino|termino|hora hasta|hasta",
    "full_name": f"Paciente|cliente|nombre del paciente|nombre del cliente|paciente cliente|{_FULL_NAME}",
    **_PERSON,
    "birth_date": "Fecha de nacimiento|fecha nacimiento|fec nacimiento|f nacimiento|fec nac|fecha de nac"
    "|nacimiento",
    "psychotherapist": f"{_PSYCHOTHERAPIST}|profesional|especialista|nombre del psicoterapeuta",
    "modality": "Tipo|modalidad|tipo de cita|tipo cita|tipo de sesion|tipo de atencion",
    "currency": _CURRENCY,
    "price": "Monto|tarifa|precio|importe|costo",
    "status": "Estado|estado de la cita|estado cita|estado de la sesion",
    "note": "Nota|notas|observacion|observaciones|comentario|comentarios",
}
_PSYCHOTHERAPISTS = {
    "full_name": f"{_PSYCHOTHERAPIST}|{_FULL_NAME}",
    **_PERSON,
    "commission": "Comisión (%)|comision|porcentaje|porcentaje de comision|comision porcentaje",
    "price": "Tarifa|precio|monto|importe",
    "currency": _CURRENCY,
    "license_number": "Colegiatura|n colegiatura|n de colegiatura|nro colegiatura|numero de colegiatura|cpsp"
    "|n cpsp",
}
#: kind → field → ways to head its column, the usual one first.
HEADINGS: dict[Kind, dict[str, list[str]]] = {
    "sessions": {field: names.split("|") for field, names in _SESSIONS.items()},
    "psychotherapists": {field: names.split("|") for field, names in _PSYCHOTHERAPISTS.items()},
}
