"""Five hundred steps of a centre that changes at random, with crashes: each month's summary is a recount."""

import pytest
from hypothesis import Phase

from service.database import Db
from tests import summaries_machine
from tests.summaries_machine import Centre


@pytest.mark.timeout(300)
def test_summaries_are_a_recount_after_every_step(db: Db) -> None:
    summaries_machine.run(db, 500, (Phase.generate,))
    assert Centre.kills > 10
