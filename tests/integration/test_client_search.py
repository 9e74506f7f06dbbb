"""Searching clients in the store: who is found and in which order; what of 20,000 clients is looked at."""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import database
from service.database import Db
from service.documents import client_search, clients
from service.documents.store import Document
from service.domain import relationships
from service.domain.search import lookups, parse
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.people_data import book, client
from tests.peruvian_names import FAMILY, GIVEN, mistyped_name, respelled, words

FEW, ALL, AT_ONCE = 2_000, 20_000, 2_000
#: Letters and syllables of which the names of all further clients are made: nobody searches for these.
OTHERS = ("bdy", "wik", "xok", "zub", "dwy", "kub", "yxi", "wob", "bik", "duk")
TYPICAL = (
    "quispe",
    "qiuspe",
    "maria quispe",
    "choquehaunca",
    "mario mamani",
    "ma",
    "rosa ana ñahui",
    "00000007",
    "dni 00000007",
    "+51 900 000 007",
)


@dataclass
class Centre:
    """A centre of ALL clients, and what `TYPICAL` cost while it had FEW."""

    db: Db
    people: list[Document] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)

    def add(self, people: list[Document]) -> None:
        self.people += people
        for start in range(0, len(people), AT_ONCE):
            self.db.clients.insert_many(people[start : start + AT_ONCE])

    def cost(self, text: str) -> int:
        """How many documents the store looks at for a search."""
        before = looked_at(self.db)
        client_search.found(self.db, text, archived=None)
        return looked_at(self.db) - before

    def candidates(self, text: str) -> int:
        """How many clients have a key of the word whose keys lead to the fewest, or of the document."""
        query = parse(text)
        rarest = min((lookups(word) for word in query.words), key=self._entries)
        numbers = [number.lower() for number in query.numbers]
        return sum(not {*rarest, *numbers}.isdisjoint(one["search"]) for one in self.people)

    def _entries(self, keys: list[str]) -> int:
        return sum(len({*keys}.intersection(one["search"])) for one in self.people)


def looked_at(db: Db) -> int:
    status = db.client.admin.command("serverStatus")
    return int(status["metrics"]["queryExecutor"]["scannedObjects"])


def made(n: int, given_names: str, family_names: str) -> Document:
    document = {"type": "DNI", "number": f"{n:08d}"}
    names = {"given_names": given_names, "family_names": family_names}
    data = {**names, "document": document, "phone": f"+519{n:08d}"}
    return {**clients.new_document(data, NOW), "_id": f"{n:032x}"}


@pytest.fixture(scope="module")
def centre(store_uri: str) -> Iterator[Centre]:
    chance = random.Random(7)

    def name(parts: list[str]) -> str:
        return " ".join(chance.choices(parts, k=2))

    def other() -> str:
        return "".join(chance.choices(OTHERS, k=3)).title()

    with database.connect(store_uri) as connection:
        centre = Centre(database.open_database(connection, f"test_{uuid.uuid4().hex}"))
        database.ensure_indexes(centre.db)
        centre.add([made(n, name(GIVEN), name(FAMILY)) for n in range(FEW)])
        centre.costs = {text: centre.cost(text) for text in TYPICAL}
        centre.add([made(n, other(), other()) for n in range(FEW, ALL)])
        yield centre
        connection.drop_database(centre.db.name)


def test_what_is_looked_at_are_the_candidates_and_does_not_grow_with_the_clients(centre: Centre) -> None:
    assert centre.db.clients.count_documents({}) == ALL
    costs = {text: centre.cost(text) for text in TYPICAL}
    assert costs == centre.costs
    assert costs == {text: centre.candidates(text) for text in TYPICAL}
    assert max(costs.values()) < FEW
    assert 0 < costs["choquehaunca"] < costs["ma"]
    assert costs["00000007"] == costs["dni 00000007"] == 1


patient = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
numbers = st.integers(0, ALL - 1)
chances = st.integers(0, 2**32).map(random.Random)


@patient
@given(numbers, chances)
def test_among_20000_whoever_has_one_typo_is_found(centre: Centre, n: int, chance: random.Random) -> None:
    text = respelled(mistyped_name(centre.people[n], chance), chance)
    assert f"{n:032x}" in [one["_id"] for one in client_search.search(centre.db, text)]


@patient
@given(numbers, chances)
def test_among_20000_a_name_is_found_before_names_that_are_nearly_it(
    centre: Centre, n: int, chance: random.Random
) -> None:
    typed = words(centre.people[n])
    chance.shuffle(typed)
    found = client_search.found(centre.db, respelled(" ".join(typed), chance))
    assert f"{n:032x}" in [hit.client["_id"] for hit in found if hit.rank == client_search.BY_WORDS]
    assert [hit.rank for hit in found] == sorted(hit.rank for hit in found)


@patient
@given(numbers, numbers, st.sampled_from(["{0}", "{0} {1}", "{1} {0}", "dni {0}", "{2}-{3}", " {2} {3} "]))
def test_among_20000_a_full_document_number_comes_first(
    centre: Centre, n: int, other: int, form: str
) -> None:
    number, name = f"{n:08d}", " ".join(words(centre.people[other]))
    found = client_search.search(centre.db, form.format(number, name, number[:4], number[4:]))
    assert found[0]["_id"] == f"{n:032x}"


def names(found: list[Document]) -> list[str]:
    return [one["given_names"] for one in found]


def test_the_document_comes_first_whatever_else_its_number_is(db: Db) -> None:
    client(db, "Ana", "Alva", phone="+51976543210")
    client(db, "Beto", "Boza", document={"type": "CE", "number": "9765432101"})
    client(db, "Eva", "Zúñiga", document={"type": "CE", "number": "976543210"})
    client(db, "Quispe", "Alva")
    client(db, "Iris", "Zúñiga", document={"type": "passport", "number": "QUISPE"})
    assert names(client_search.search(db, "976543210")) == ["Eva", "Ana", "Beto"]
    assert names(client_search.search(db, "quispe")) == ["Iris", "Quispe"]


def test_words_as_typed_come_before_typos_then_family_names_decide(db: Db) -> None:
    for given_names, family_names in [
        ("Mario", "Zárate"), ("María", "Abad"), ("Maribel", "Abad"), ("Mario", "Árbol"), ("Marío", "Abadía"),
    ]:  # fmt: skip
        client(db, given_names, family_names)
    found = client_search.search(db, "mario")
    assert [one["family_names"] for one in found] == ["Abadía", "Árbol", "Zárate", "Abad"]
    assert names(found)[3:] == ["María"]
    assert names(client_search.search(db, "mraio abda")) == ["Marío"]


@pytest.fixture
def family(db: Db) -> tuple[Document, Document]:
    """A child, and the mother who answers for him."""
    mother = client(db, "Rosa", "Quispe", document={"type": "DNI", "number": "04531088"})
    link = {"client_id": mother["_id"], "kind": "parent", "answers_surveys": True}
    child = client(db, "Mateo", "Ríos", relationships={"clients": [link]})
    return child, clients.get(db, mother["_id"])


def test_a_child_is_found_by_whoever_answers_for_them(db: Db, family: tuple[Document, Document]) -> None:
    child, mother = family
    client(db, "Rosa", "Quispes")
    assert names(client_search.search(db, "quispe rosa")) == ["Rosa", "Rosa", "Mateo"]
    assert names(client_search.search(db, "qiuspe rosa")) == ["Rosa", "Rosa", "Mateo"]
    assert names(client_search.search(db, "04531088")) == ["Rosa", "Mateo"]
    assert names(client_search.search(db, "mateo")) == ["Mateo"]
    assert [hit.by_guardian for hit in client_search.found(db, "04531088")] == [False, True]

    clients.update(db, mother["_id"], {"given_names": "Julia", "family_names": "Huamán"}, None, NOW)
    assert names(client_search.search(db, "huaman")) == ["Julia", "Mateo"]
    assert "Mateo" not in names(client_search.search(db, "quispe"))

    clients.restore(db, mother["_id"], clients.get(db, mother["_id"])["version"], NOW)
    db.clients.update_one({"_id": mother["_id"]}, {"$set": {"archived_at": NOW}})
    assert names(client_search.search(db, "huaman")) == ["Mateo"]
    assert names(client_search.search(db, "huaman", archived=True)) == ["Julia"]

    clients.update(db, child["_id"], {"relationships": {"clients": []}}, None, NOW)
    assert client_search.search(db, "huaman") == []


@pytest.mark.parametrize("kind", sorted(relationships.INVERSE_KINDS))
def test_only_parents_and_guardians_lead_to_somebody(db: Db, kind: str) -> None:
    other = client(db, "Rosa", "Quispe")
    link = {"client_id": other["_id"], "kind": kind, "answers_surveys": False}
    client(db, "Mateo", "Ríos", relationships={"clients": [link]})
    leads = kind in ("parent", "guardian")
    assert names(client_search.search(db, "quispe")) == (["Rosa", "Mateo"] if leads else ["Rosa"])
    back = kind in ("child", "ward")
    assert names(client_search.search(db, "mateo")) == (["Mateo", "Rosa"] if back else ["Mateo"])


def test_a_list_of_sessions_takes_all_who_are_called_so_and_the_nearly_so_only_without_them(
    api: ApiClient, db: Db, emard: Document
) -> None:
    for day in range(1, 13):
        book(db, client(db, "Mario", f"Ramos {day}"), emard, day)
    book(db, client(db, "María", "Ramos"), emard, 14)

    def total(text: str) -> int:
        return int(api.get("/sessions", q=text)["total"])

    assert total("mario") == total("ramos mario") == 12
    assert total("ramos") == 13
    assert total("mari ramos") == 13
    assert total("marip ramos") == 13
    assert total("nadie") == 0


def test_pages_and_api_find_the_same(api: ApiClient, pages: PageClient, db: Db, rosa: Document) -> None:
    link = {"client_id": rosa["_id"], "kind": "guardian", "answers_surveys": True}
    client(db, "Mateo", "Ríos", relationships={"clients": [link]})
    for text in ("qiuspe", "nahui rsoa", "04531088"):
        expected = ["Rosa", "Mateo"]
        assert names(api.get("/clients", q=text)["items"]) == expected
        offered = pages.http.get(f"/clientes/buscar?q={text}").get_json()["items"]
        assert [one["name"].split()[0] for one in offered] == expected
        text_of_page = pages.get(f"/clientes?q={text}").text
        assert 0 < text_of_page.index("Rosa Quispe Ñahui") < text_of_page.rindex("Mateo Ríos")


def test_who_is_only_nearly_called_so_is_never_taken_unasked(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    pages.get("/citas/nueva")
    times = {"day": "2026-10-20", "starts": "10:30", "ends": "11:20", "modality": "virtual"}
    session = {"client_query": "Rosa Qiuspe", "psychotherapist_id": emard["_id"], **times}
    page = pages.press("Guardar", 422, session)
    assert "Nadie se llama exactamente así. Si es esta persona, elíjala." in page.error("client_query")
    assert db.sessions.count_documents({}) == 0
    pages.press("Guardar", changes={"client_query": "rosa quis"})
    assert [one["client_id"] for one in db.sessions.find()] == [rosa["_id"]]


def test_keys_of_an_older_version_are_written_anew_once(db: Db, rosa: Document) -> None:
    client(db, "Ana", "Ríos")
    merged = client(db, "Rosa", "Quispe")
    old = {"$set": {"search": ["rosa"]}, "$unset": {"search_version": ""}}
    db.clients.update_one({"_id": rosa["_id"]}, old)
    gone = {"search": [], "search_version": 1, "merged_into": rosa["_id"], "archived_at": NOW}
    db.clients.update_one({"_id": merged["_id"]}, {"$set": gone})
    assert client_search.search(db, "qiuspe") == []
    assert client_search.rebuild(db) == 1
    assert [one["_id"] for one in client_search.search(db, "qiuspe")] == [rosa["_id"]]
    assert clients.get(db, rosa["_id"])["version"] == 1
    assert client_search.rebuild(db) == 0
    assert client_search.search(db, "rosa quispe", archived=None) == client_search.search(db, "rosa quispe")


def test_rebuilding_leaves_whoever_is_changed_meanwhile(
    db: Db, rosa: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.clients.update_one({"_id": rosa["_id"]}, {"$unset": {"search_version": ""}})
    fields: Callable[[Document], Document] = client_search.fields

    def slowly(person: Document) -> Document:
        monkeypatch.setattr(client_search, "fields", fields)
        clients.update(db, rosa["_id"], {"given_names": "Julia"}, None, NOW)
        return fields(person)

    monkeypatch.setattr(client_search, "fields", slowly)
    assert client_search.rebuild(db) == 0
    assert names(client_search.search(db, "julia")) == ["Julia"]
    assert client_search.search(db, "rosa") == []
