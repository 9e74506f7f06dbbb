"""Citas drawn: a column a psychotherapist for a day, a day for a week of one; a week of all as a table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from flask_babel import ngettext

from service import current, formats
from service.blueprints.pages import lists, period
from service.blueprints.pages.back import BACK
from service.blueprints.pages.period import Period
from service.documents import months, psychotherapists
from service.documents.store import Document
from service.domain import agenda
from service.domain.agenda import Block
from service.domain.free_hours import clock
from service.domain.people import full_name

#: More than a week of any centre.
MOST = 1000
#: Filters that may leave out a session of the day, so that nothing is said to be free.
_NARROWING = ("q", "estado", "tipo", "moneda", "cliente", "clientes")
Row = dict[str, Any]
#: A psychotherapist's day: (id, local day).
Place = tuple[str, str]


class Item(NamedTuple):
    """A piece of a column: a session (`block`, `row`), or free time to press (`href`)."""

    start: int
    end: int
    block: Block | None = None
    row: Row | None = None
    href: str = ""

    @property
    def hour(self) -> str:
        """ "09:00"."""
        return clock(self.start)


class Column(NamedTuple):
    """A psychotherapist's day; `title` and `href` are the person's or the day's, `now` is of today."""

    title: str
    href: str
    note: str
    items: Sequence[Item]
    now: int | None


class Grid(NamedTuple):
    """Columns between two hours, in minutes since midnight."""

    columns: Sequence[Column]
    opens: int
    closes: int
    now: int | None


class View:
    """The sessions of an address's day or week, and what is drawn of them."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.common = lists.shared(args)
        self.period: Period = self.common["period"]
        found = months.lines(current.db(), self.common["condition"], limit=MOST)
        self.rows = {row["session"]["_id"]: row for row in lists.rows(current.db(), found)}
        self.blocks = _blocks(found)
        self.only = args.get("psicoterapeuta", "")
        self.is_whole = not any(args.get(name) for name in _NARROWING)
        self.people = [person for person in psychotherapists.search(current.db()) if self._has(person)]

    def grid(self) -> Grid:
        """Columns by hours: of a day's people, or of one person's days."""
        if self.period.view == period.WEEK:
            places = {(self.only, day): (formats.short_day(day), self.day(day)) for day in self.period.days}
        else:
            keys = [(person["_id"], self.period.day) for person in self.people]
            names = map(full_name, self.people)
            places = {key: (name, self.new(key)) for key, name in zip(keys, names, strict=True)}
        hours = agenda.hours_shown(block for key in places for block in self.blocks[key])
        columns = [self._column(key, hours, *said) for key, said in places.items()]
        return Grid(columns, *hours, next((each.now for each in columns if each.now is not None), None))

    def week(self) -> dict[str, Any]:
        """{days: [{day, href, count}], lines: [{name, note, href, cells: [{day, rows}]}]}."""
        days: list[dict[str, Any]] = [
            {"day": day, "href": self.day(day), "count": 0} for day in self.period.days
        ]
        lines = [self._line(person) for person in self.people]
        for number, day in enumerate(days):
            cells = [line["cells"][number]["rows"] for line in lines]
            day["count"] = sum(row["session"]["counts"] for rows in cells for row in rows)
        return {"days": days, "lines": lines}

    def groups(self) -> list[dict[str, Any]]:
        """[{title, rows}]: by day, or those of one day by the hour they begin in."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows.values():
            session = row["session"]
            at = formats.local_time(session["starts_at"], current.settings().zone)
            title = f"{at[:2]}:00" if len(self.period.days) == 1 else formats.long_day(session["local_date"])
            groups[title[:1].upper() + title[1:]].append(row)
        return [{"title": title, "rows": rows} for title, rows in groups.items()]

    def overlapping(self) -> set[str]:
        """Ids of the sessions that meet another without a reason on record."""
        drawn = (block for blocks in self.blocks.values() for block in blocks)
        return {block.session["_id"] for block in drawn if block.overlaps and not block.explained}

    def day(self, day: str) -> str:
        """The address of a day, with the filters."""
        return self._address(self.period.as_view(period.DAY).at(day).args)

    def new(self, place: Place, **more: str) -> str:
        """The address of a new session with a psychotherapist on a day."""
        values: dict[str, Any] = {"psicoterapeuta": place[0], "fecha": place[1], **more}
        return url_for("pages.sessions.new", **values | {BACK: urlencode(self.common["here"])})

    def _has(self, person: Document) -> bool:
        """Whoever works or has sessions; under a filter only those whom it leaves."""
        if self.only:
            return bool(person["_id"] == self.only)
        return (self.is_whole and person["active"]) or any(place[0] == person["_id"] for place in self.blocks)

    def _column(self, place: Place, hours: tuple[int, int], title: str, href: str) -> Column:
        blocks = self.blocks[place]
        items = [Item(b.start, b.end, b, self.rows[b.session["_id"]]) for b in blocks]
        for start, end in agenda.free_pieces(blocks, *hours) if self.is_whole else ():
            until = clock(agenda.usual_end(start, blocks))
            items.append(Item(start, end, href=self.new(place, inicio=clock(start), fin=until)))
        note = _count([block.session for block in blocks])
        return Column(title, href, note, sorted(items, key=lambda item: item[:2]), _now(place[1]))

    def _line(self, person: Document) -> dict[str, Any]:
        cells: list[dict[str, Any]] = []
        for day in self.period.days:
            blocks = self.blocks[(person["_id"], day)]
            cells.append({"day": day, "rows": [self.rows[block.session["_id"]] for block in blocks]})
        own = [row["session"] for cell in cells for row in cell["rows"]]
        href = self._address({**self.period.args, "psicoterapeuta": person["_id"]})
        return {"name": full_name(person), "note": _count(own), "href": href, "cells": cells}

    def _address(self, more: Mapping[str, str]) -> str:
        values: dict[str, Any] = {**self.common["here"], **more}
        return url_for("pages.sessions.index", **values)


def shown(args: Mapping[str, str]) -> dict[str, Any]:
    """What the page of a day or a week takes (templates/pages/sessions/agenda.html, week.html)."""
    view = View(args)
    overlapping = view.overlapping()
    drawn = (
        {"week": view.week()} if view.period.view == period.WEEK and not view.only else {"grid": view.grid()}
    )
    given = {"rows": view.rows, "groups": view.groups(), "overlapping": overlapping}
    return {**view.common, **given, **drawn}


def _blocks(found: Sequence[Document]) -> dict[Place, list[Block]]:
    days: dict[Place, list[Document]] = defaultdict(list)
    for session in found:
        days[(session["psychotherapist_id"], session["local_date"])].append(session)
    zone = current.settings().zone
    return defaultdict(list, {place: agenda.blocks(some, zone) for place, some in days.items()})


def _count(some: Sequence[Mapping[str, Any]]) -> str:
    number = sum(1 for session in some if session["counts"])
    return str(ngettext("%(num)s cita", "%(num)s citas", number)) if some else formats.DASH


def _now(day: str) -> int | None:
    if day != current.today():
        return None
    return agenda.minute_of(current.now(), day, current.settings().zone)
