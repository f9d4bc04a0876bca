"""The nouns of a report that somebody wrote: its window, statistics, lists, sentences and links, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from summarizer.facts import CountName, ListName
from summarizer.items import Kind


@dataclass(frozen=True, slots=True)
class Period:
    """The window as the report tells it.

    since, until: aware UTC; of `days` the first one's and the last one's end, in `tz`. tz: an IANA name, None where the
    report tells no zone, and then UTC is taken. days: the first and the last day, where it tells no times.
    """

    line: int
    since: datetime
    until: datetime
    tz: str | None
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the statistics line."""

    name: CountName
    value: int
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """`[#number](address)`: number as the text says, the rest as the address does. kind None: told by neither."""

    line: int
    number: int
    repo: str
    kind: Kind
    leads_to: int


@dataclass(frozen=True, slots=True)
class Address:
    """A link in the prose. repo, number: of the issue or pull request it leads to; "" and None where to none."""

    line: int
    text: str
    url: str
    repo: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. labels, author, at: None where the row does not tell; no labels at all are ().

    at: to the minute, aware UTC. moment: the lists whose time the row names ("merged: ..."), empty where it names none.
    """

    line: int
    list_name: ListName
    number: int
    title: str
    kind: Kind | None
    labels: tuple[str, ...] | None
    author: str | None
    at: datetime | None
    text: str
    moment: frozenset[ListName] = frozenset()
    no_such_time: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the appendix. declared: the number in its heading, e.g. "New issues (3)"."""

    name: ListName
    line: int
    rows: tuple[Row, ...]
    declared: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of prose without its markup.

    cites: the numbers of the line above that it hangs under.
    section: a count of headings, equal for what stands under the same. heading: that heading.
    leads: it opens an entry, so that what is below hangs under it.
    """

    line: int
    text: str
    cites: tuple[int, ...]
    section: int
    heading: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report, read. repo: owner/name, "" where nothing tells it. lang: the language most of it is in."""

    repo: str
    lang: str
    title: str
    period: Period | None
    counts: tuple[Count, ...]
    lists: tuple[Listing, ...]
    statements: tuple[Statement, ...]
    links: tuple[Link, ...]
    filtered: bool = False
    """The report holds only what passes a filter; its statistics hold everything."""
    keys: tuple[int, int] | None = None
    """How many key pull requests it says at its head that there are, and in which line."""
    addresses: tuple[Address, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for each in self.lists for row in each.rows)
