"""Who is asked about a month: consent, e-mail, minors and who answers for them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.surveys import Asked, LeftOut, choose

DAY = "2026-11-01"
ADULT, CHILD = "1980-01-01", "2015-01-01"


def client(name: str, **more: Any) -> dict[str, Any]:
    links = [
        {"client_id": other, "kind": kind, "answers_surveys": answers}
        for other, kind, answers in more.pop("family", [])
    ]
    person = {"_id": name, "survey_consent": True, "email": f"{name}@example.com", "birth_date": ADULT}
    return person | {"relationships": {"psychotherapists": [], "clients": links}} | more


def chosen(
    pairs: list[tuple[str, str]], *people: dict[str, Any], day: str = DAY
) -> tuple[list[Asked], list[LeftOut]]:
    return choose(pairs, {person["_id"]: person for person in people}, day)


def left_out(*people: dict[str, Any]) -> list[tuple[str, str]]:
    asked, left = chosen([(people[0]["_id"], "emard")], *people)
    assert bool(asked) != bool(left)
    return [(each.client_id, each.reason) for each in left]


def test_an_adult_answers_for_all_their_psychotherapists_in_one() -> None:
    asked, left = chosen([("ana", "roberts"), ("ana", "emard")], client("ana"))
    assert ([(each.person["_id"], each.pairs) for each in asked], left) == (
        [("ana", (("ana", "emard"), ("ana", "roberts")))],
        [],
    )


def test_a_mother_of_two_who_comes_herself_is_asked_once() -> None:
    family = [("mother", "parent", True)]
    people = [client(name, birth_date=CHILD, family=family, email=None) for name in ("first", "second")]
    asked, left = chosen(
        [("first", "emard"), ("second", "roberts"), ("mother", "emard")], client("mother"), *people
    )
    assert [each.person["_id"] for each in asked] == ["mother"]
    assert asked[0].pairs == (("first", "emard"), ("mother", "emard"), ("second", "roberts"))
    assert left == []


def test_each_reason() -> None:
    assert left_out(client("ana", email=None)) == [("ana", "no_email")]
    assert left_out(client("ana", survey_consent=False)) == [("ana", "no_consent")]
    assert left_out(client("ana", unsubscribed_at=1)) == [("ana", "unsubscribed")]
    assert left_out(client("luz", birth_date=CHILD)) == [("luz", "minor_without_guardian")]


def test_a_minors_consent_is_the_minors_and_all_else_the_guardians() -> None:
    luz = client("luz", birth_date=CHILD, family=[("rosa", "guardian", True)])
    unwilling = client("rosa", survey_consent=False)
    assert left_out(luz, unwilling) == [], "her own consent is about her own sessions"
    assert left_out({**luz, "survey_consent": False}, client("rosa")) == [("luz", "no_consent")]
    assert left_out(luz, client("rosa", email=None)) == [("luz", "no_email")]
    assert left_out(luz, client("rosa", unsubscribed_at=1)) == [("luz", "unsubscribed")]


def test_only_an_adult_who_is_named_for_it_answers_for_a_minor() -> None:
    for family, others in (
        ([("rosa", "parent", False)], [client("rosa")]),
        ([("leo", "sibling", True)], [client("leo", birth_date="2010-01-01")]),
        ([("gone", "parent", True)], []),
    ):
        luz = client("luz", birth_date=CHILD, family=family)
        assert left_out(luz, *others) == [("luz", "minor_without_guardian")]


def test_of_several_the_guardian_is_asked_and_another_where_the_first_cannot_be() -> None:
    family = [("aunt", "other", True), ("father", "parent", True), ("rosa", "guardian", True)]
    luz = client("luz", birth_date=CHILD, family=family)
    for rosa, father, expected in (
        ({}, {}, "rosa"),
        ({"email": None}, {}, "father"),
        ({"unsubscribed_at": 1}, {"email": None}, "aunt"),
    ):
        people = [luz, client("aunt"), client("father", **father), client("rosa", **rosa)]
        asked, _ = chosen([("luz", "emard")], *people)
        assert [each.person["_id"] for each in asked] == [expected]


def test_from_the_day_of_the_18th_birthday_a_client_answers_alone() -> None:
    luz = client("luz", birth_date="2008-11-01", family=[("rosa", "guardian", True)])
    for day, expected in (("2026-10-31", "rosa"), ("2026-11-01", "luz")):
        asked, _ = chosen([("luz", "emard")], luz, client("rosa"), day=day)
        assert [each.person["_id"] for each in asked] == [expected]


NAMES = [f"c{number}" for number in range(8)]
people = st.fixed_dictionaries(
    {
        name: st.builds(
            client,
            st.just(name),
            survey_consent=st.booleans(),
            email=st.sampled_from([None, "same@example.com"]),
            birth_date=st.sampled_from([None, ADULT, CHILD]),
            unsubscribed_at=st.sampled_from([None, 1]),
            family=st.lists(
                st.tuples(
                    st.sampled_from(NAMES), st.sampled_from(["guardian", "parent", "other"]), st.booleans()
                ),
                max_size=3,
            ),
        )
        for name in NAMES
    }
)
pairs = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(["emard", "roberts"])))


@given(people, pairs)
def test_every_pair_is_asked_about_once_or_its_client_left_out(
    people: dict[str, dict[str, Any]], pairs: set[tuple[str, str]]
) -> None:
    asked, left = choose(pairs, people, DAY)

    covered = [pair for each in asked for pair in each.pairs]
    assert len(covered) == len(set(covered))
    assert {client for client, _ in covered} & {each.client_id for each in left} == set()
    assert set(covered) == {pair for pair in pairs if pair[0] not in {each.client_id for each in left}}
    assert len({each.person["_id"] for each in asked}) == len(asked), "one mail a person"
    for each in asked:
        assert each.person["email"] and not each.person["unsubscribed_at"]
        for client_id, _ in each.pairs:
            assert people[client_id]["survey_consent"]
            minor = people[client_id]["birth_date"] == CHILD
            assert (client_id == each.person["_id"]) == (not minor)
