"""People: who did what a query asks for, with how often. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Table
from summarizer.extract.words import code
from summarizer.questions import phrases
from summarizer.questions.statuses import status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.questions.found import Actor, Found
    from summarizer.questions.wording import Wording

_ALL_NAMED, _NAMED = 7, 5
"""So many people are all named in the line; of more the first ones, and a table."""
_MOST_ROWS = 15
_FEW = 3
"""Numbers whose standing, which tells who, is told one by one."""

_ROLES = {
    "reviewed": "reviewer",
    "discussed": "commenter",
    "merged": "merger",
    "closed": "closer",
    "reopened": "reopener",
    "opened": "author",
}


def told(found: Found, wording: Wording) -> tuple[str, tuple[Table, ...], tuple[str, ...]]:
    """The line that answers, tables of those that it does not name, and what these do not count.

    Those who did the events asked for; the authors where none was. Who merged something and whose it was may be asked
    in the same words, so that of what was merged a table of the authors follows.
    """
    role = _role(found)
    numbers = [match.number for match in found.matches]
    is_few = len(numbers) <= _FEW and all(number in found.items for number in numbers)
    if found.query.numbers and role in ("merger", "closer") and is_few:
        return wording.text("gap").join(status(found.items[number], wording) for number in numbers), (), ()
    first = wording.text("gap").join((_named(role, found, wording), *_left_out(found, wording)))
    if role != "merger" or found.query.numbers:
        return first, _tables(role, found, wording), ()
    return (
        first,
        (*_tables(role, found, wording), *_of_authors(found, wording)),
        tuple(_authors_left_out(found, wording)),
    )


def _role(found: Found) -> str:
    events = found.query.events or ("opened",)
    return _ROLES[events[0]] if len(events) == 1 else "actor"


def _named(role: str, found: Found, wording: Wording) -> str:
    """Who did it, most of them first, and how many people there are."""
    people, n = found.actors.people, len(found.matches)
    known = n - found.actors.unknown - found.actors.by_bots - found.actors.by_authors
    happened = {"subject": phrases.subject(found.query, wording, n), "happened": _happened(found, wording)}
    if not people and found.actors.by_authors == n:
        return wording.text("who.alone", n=n, **happened)
    if not people:
        unknown = n - found.actors.by_authors
        subject = wording.spaced(phrases.subject(found.query, wording, unknown))
        return wording.text("who.unknown", subject=subject, n=unknown)
    most = _most(found)
    names = wording.listing(
        wording.text("who.person", login=code(each.login), count=each.items) if n > 1 else code(each.login)
        for each in people[:most]
    )
    values = {"names": names, "people": _people(len(people), most, wording)}
    values["events"] = phrases.events(found.query, wording)
    if found.query.numbers:
        asked = wording.listing(f"#{match.number}" for match in found.matches)
        return wording.text(f"who.of_{role}", numbers=asked, **values)
    happened["subject"] = wording.spaced(happened["subject"])
    which = wording.text("who.which_all" if known == n else "who.which_some", n=n, known=known)
    return wording.text(f"who.{role}", n=n, which=which, **happened, **values)


def _most(found: Found) -> int:
    """How many people are named in the line."""
    return found.query.limit or (_ALL_NAMED if len(found.actors.people) <= _ALL_NAMED else _NAMED)


def _people(n: int, most: int, wording: Wording) -> str:
    """How many people there are, behind their names."""
    if most < n:
        return wording.text("who.people_first", n=n, most=most)
    return wording.text("who.people_all", n=n)


def _left_out(found: Found, wording: Wording) -> Iterator[str]:
    """Of how many items nobody is named, and why."""
    actors = found.actors
    if not actors.people:
        if 0 < actors.by_authors < len(found.matches):
            yield wording.text("who.by_authors", n=actors.by_authors)
        return
    if actors.unknown:
        yield wording.text("who.uncounted", n=actors.unknown)
    if actors.by_bots:
        yield wording.text("who.by_bots", n=actors.by_bots)
    if actors.by_authors:
        yield wording.text("who.by_authors", n=actors.by_authors)


def _happened(found: Found, wording: Wording) -> str:
    """ " merged this week": what happened, as it follows the subject."""
    shape = "happened" if found.query.events else "stirred" if found.window is not None else "there"
    return wording.text(
        f"who.that_{shape}",
        events=phrases.events(found.query, wording),
        period=phrases.then(found.query, found.window, wording),
    )


def _tables(role: str, found: Found, wording: Wording) -> tuple[Table, ...]:
    """A table of the people, where the line does not name them all although nobody said how many to name."""
    people = found.actors.people
    if found.query.limit or len(people) <= _most(found):
        return ()
    return (_table(role, people[:_MOST_ROWS], wording),)


def _of_authors(found: Found, wording: Wording) -> Iterator[Table]:
    people = found.authors.people[: found.query.limit or _MOST_ROWS]
    if people:
        yield _table("written", people, wording)


def _authors_left_out(found: Found, wording: Wording) -> Iterator[str]:
    if found.authors.unknown:
        yield wording.text("who.authors_uncounted", n=found.authors.unknown)
    if found.authors.by_bots:
        yield wording.text("who.authors_bots", n=found.authors.by_bots)


def _table(role: str, people: Sequence[Actor], wording: Wording) -> Table:
    rows = tuple((code(each.login), str(each.items)) for each in people)
    head = (wording.text(f"who.head_{role}"), wording.text("who.head_count"))
    return Table("", head, rows)
