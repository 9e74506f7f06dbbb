"""Every text of code and templates is in every catalogue, translated."""

from pathlib import Path

import pytest

from tests import messages

CATALOGUES = sorted(messages.catalogues())


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_a_catalogue_has_every_text_and_no_other(path: Path) -> None:
    """`make messages` takes new texts in and drops those that are gone."""
    kept = messages.read(path)
    wanted = {(message.id, message.context) for message in messages.extracted() if message.id}
    there = {(message.id, message.context) for message in kept if message.id}
    assert wanted - there == set()
    assert there - wanted == set()
    assert not kept.obsolete
    assert [message.id for message in kept if message.id and not messages.is_translated(message)] == []
    assert [message.id for message in kept if message.id and message.fuzzy] == []
