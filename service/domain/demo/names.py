"""Names of invented people as they are usual in Peru, and what such people write."""

_WOMEN = """
    María Rosa Ana Lucía Carmen Julia Elena Milagros Rocío Marisol Yolanda Flor Valentina Camila Sofía Daniela
    Ximena Gabriela Patricia Claudia Verónica Norma Luz Fiorella
"""
_MEN = """
    José Luis Juan Carlos Jorge Pedro Miguel Ángel Diego Andrés Fernando Víctor César Raúl Óscar Mateo Thiago
    Wilfredo Teófilo Renato Gonzalo Álvaro Percy Héctor
"""
_FAMILY = """
    Quispe Flores Sánchez García Rodríguez Rojas Huamán Mamani Vásquez Ramos Díaz López González Espinoza
    Torres Chávez Ramírez Pérez Gutiérrez Mendoza Condori Salazar Ñahui Huanca Apaza Cáceres Zegarra Núñez
    Yupanqui Portocarrero Bustamante Santillán Ochoa Muñoz Agüero Paredes Villanueva Cornejo Ugarte Benavides
"""

WOMEN, MEN, FAMILY = _WOMEN.split(), _MEN.split(), _FAMILY.split()

#: What is written to a rating of 9–10, 7–8 and 0–6.
COMMENTS = {
    "promoter": (
        "Me sentí escuchada desde el primer día.",
        "Mi hijo va contento a sus sesiones. Gracias.",
        "Muy puntuales y amables en recepción.",
        "He aprendido a manejar mejor la ansiedad.",
        "Recomendaría el centro a mi familia.",
        "La atención virtual me facilita mucho la semana.",
    ),
    "passive": (
        "Todo bien, aunque me gustaría tener horarios más tarde.",
        "Buena atención. La sala de espera es pequeña.",
        "Me ayuda, pero a veces se corta la videollamada.",
        "Sería bueno recibir un recordatorio el día anterior.",
    ),
    "detractor": (
        "Me cambiaron el horario dos veces este mes.",
        "Esperé veinte minutos y la sesión no se alargó.",
        "El precio subió y me avisaron tarde.",
        "No me respondieron al teléfono cuando quise cambiar mi cita.",
    ),
}
NOTES = (
    "Paga por transferencia.",
    "Pide boleta a nombre de su empresa.",
    "Llamar antes si hay cambio de hora.",
)
