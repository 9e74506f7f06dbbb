"""Names as people in Peru have them, real words and made-up ones, and what hands make of them."""

import random
import unicodedata

from hypothesis import strategies as st

_GIVEN = """
    María José Luis Ana Rosa Juan Carlos Jorge Carmen Julia Pedro Miguel Ángel Luz Elena Lucía Mateo Valentina
    Camila Sofía Diego Andrés Fernando Milagros Guadalupe Yolanda Wilfredo Teófilo Flor Marisol Mario Jesús
    Víctor César Raúl Óscar Rocío Zoë Íngrid
"""
_FAMILY = """
    Quispe Flores Sánchez García Rodríguez Rojas Huamán Mamani Vásquez Ramos Díaz López González Espinoza
    Torres Chávez Ramírez Pérez Gutiérrez Mendoza Condori Salazar Ñahui Huanca Apaza Cáceres Zegarra Núñez
    Ccori Choquehuanca Yupanqui Atahualpa Portocarrero Bustamante Santillán Ochoa Muñoz Agüero
"""
_SYLLABLES = "qui spe hua mán ñu ca lla pa chi cho yup an ri mo za ru lé tú gon zá rí que wi ti xi ón"

GIVEN, FAMILY, SYLLABLES = _GIVEN.split(), _FAMILY.split(), _SYLLABLES.split()
LETTERS = "abcdefghijklmnñopqrstuvwxyzáéíóúü"
_ACCENTS = {"a": "á", "e": "é", "i": "í", "o": "ó", "u": "ú", "n": "ñ"}

made_up = st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=5).map(
    lambda parts: "".join(parts).title()
)
given_names = st.lists(st.sampled_from(GIVEN) | made_up, min_size=1, max_size=2).map(" ".join)
family_names = st.lists(st.sampled_from(FAMILY) | made_up, min_size=1, max_size=2).map(" ".join)
#: A client with names alone.
people = st.fixed_dictionaries({"given_names": given_names, "family_names": family_names})


def words(person: dict) -> list[str]:
    """The words of a full name."""
    return f"{person['given_names']} {person['family_names']}".split()


def respelled(text: str, chance: random.Random) -> str:
    """With some accents taken away, some put where none belong, and any case."""
    letters = []
    for letter in text:
        bare = unicodedata.normalize("NFD", letter)[0]
        accented = _ACCENTS.get(bare.lower(), letter)
        letters.append(chance.choice([letter, bare, bare.upper(), bare.lower(), accented, accented.upper()]))
    return unicodedata.normalize(chance.choice(["NFC", "NFD"]), "".join(letters))


def mistyped(word: str, chance: random.Random) -> str:
    """A letter put in, left out or wrong, or two neighbours that changed places."""
    at = chance.randrange(len(word))
    match chance.choice(["in", "out", "wrong", "places"]):
        case "in":
            return word[:at] + chance.choice(LETTERS) + word[at:]
        case "out":
            return word[:at] + word[at + 1 :]
        case "wrong":
            return word[:at] + chance.choice(LETTERS) + word[at + 1 :]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def mistyped_name(person: dict, chance: random.Random) -> str:
    """A full name in any order with one typo in one of its words of four letters or more, if it has one."""
    typed = words(person)
    chance.shuffle(typed)
    long = [n for n, word in enumerate(typed) if len(word) >= 4]
    if long:
        at = chance.choice(long)
        typed[at] = mistyped(typed[at], chance)
    return " ".join(typed)
