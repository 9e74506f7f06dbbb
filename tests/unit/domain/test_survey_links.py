"""A survey link's secret: the same for the same invitation, another for anything else."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from service.domain import survey_links

KEY = survey_links.survey_key("k" * 32)
ids = st.from_regex(r"20\d\d-(0[1-9]|1[0-2])-[0-9a-f]{32}", fullmatch=True)
nonces = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)


@given(ids, nonces)
def test_a_secret_is_repeatable_url_safe_and_of_128_bits_at_least(invitation: str, nonce: str) -> None:
    secret = survey_links.secret(KEY, invitation, nonce)
    assert secret == survey_links.secret(KEY, invitation, nonce)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", secret)
    assert len(base64.urlsafe_b64decode(secret)) * 8 >= 128
    assert len(secret) <= survey_links.LONGEST_SECRET


@given(ids, ids, nonces, nonces)
def test_another_invitation_nonce_or_key_gives_another_secret(
    one: str, other: str, nonce: str, another: str
) -> None:
    secret = survey_links.secret(KEY, one, nonce)
    if (one, nonce) != (other, another):
        assert secret != survey_links.secret(KEY, other, another)
    assert secret != survey_links.secret(survey_links.survey_key("x" * 32), one, nonce)


def test_the_key_is_not_the_setting_it_follows_from() -> None:
    assert survey_links.survey_key("k" * 32) == KEY
    assert b"k" * 8 not in KEY
    assert len(KEY) == 32


def test_nonces_differ_and_a_hash_tells_nothing_of_its_secret() -> None:
    assert len({survey_links.new_nonce() for _ in range(1000)}) == 1000
    secret = survey_links.secret(KEY, "2026-10-x", survey_links.new_nonce())
    assert secret not in survey_links.secret_hash(secret)
    assert survey_links.secret_hash("\ud800"), "what a scanner sends is hashed, not refused"
