"""What somebody answers in the monthly survey: a rating of the centre, stars for each pair, a comment."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from service.domain.nps import RATINGS, STARS
from service.schemas.fields import Note, StrictSchema
from service.texts import Text, _

#: Characters of a comment.
LONGEST_COMMENT = 1_000


def answer_schema(pairs: int) -> Schema:
    """The schema of an answer to an invitation with so many pairs: `nps`, `stars_0` … and `comment`."""
    rating = _choice(RATINGS, _("Elija un número del 0 al 10."))
    stars = {f"stars_{n}": _choice(STARS, _("Elija de una a cinco estrellas.")) for n in range(pairs)}
    comment = Note(longest=LONGEST_COMMENT, load_default="", metadata={"input": "textarea"})
    return StrictSchema.from_dict({"nps": rating, **stars, "comment": comment})()


def answer(loaded: Mapping[str, Any], pairs: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What is stored of what `answer_schema` loaded, for the `pairs` of the invitation.

    {nps, stars: [{client_id, psychotherapist_id, stars}], comment}
    """
    stars = [{**pair, "stars": int(loaded[f"stars_{n}"])} for n, pair in enumerate(pairs)]
    return {"nps": int(loaded["nps"]), "stars": stars, "comment": loaded["comment"]}


def _choice(numbers: range, message: Text) -> fields.String:
    """One of a few radios; whatever else comes, or nothing, has the same message."""
    texts = [str(number) for number in numbers]
    return fields.String(
        required=True,
        validate=validate.OneOf(texts, error=message),
        error_messages=dict.fromkeys(("required", "null", "invalid"), message),
        metadata={"input": "radio", "choices": [(text, text) for text in texts]},
    )
