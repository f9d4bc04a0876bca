"""People: who did what a query asks for, with how often. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from summarizer.digests import Table
from summarizer.extract.words import code
from summarizer.questions import phrases
from summarizer.questions.statuses import status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.items import Item
    from summarizer.questions.found import Found
    from summarizer.questions.wording import Wording

_ALL_NAMED, _NAMED = 7, 5
"""So many people are all named in the line; of more the first ones, and a table."""
_MOST_ROWS = 15


def told(found: Found, wording: Wording) -> tuple[str, tuple[Table, ...], tuple[str, ...]]:
    """The line that answers, a table where it does not name them all, and what was not counted.

    Reviewers and commenters where reviews or talk were asked for, who merged or closed it where one item was; else the
    authors.
    """
    role = _role(found)
    counts, uncounted = _counted(role, found)
    n = len(found.matches)
    if found.query.numbers and role in ("merger", "closer"):
        return status(found.items[found.matches[0].number], wording), (), ()
    beside = (wording.text("who.uncounted", n=uncounted),) if uncounted else ()
    looked = n if role == "author" else sum(match.number in found.items for match in found.matches)
    what = phrases.subject(found.query, wording, n)
    if not counts:
        return wording.text("who.unknown", subject=what, n=n), (), beside
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0].casefold()))
    named = found.query.limit or (_ALL_NAMED if len(ordered) <= _ALL_NAMED else _NAMED)
    names = [
        wording.text("who.person", login=code(login), count=count) if n > 1 else code(login)
        for login, count in ordered[:named]
    ]
    if found.query.numbers:
        asked = wording.listing(f"#{match.number}" for match in found.matches)
        first = wording.text(f"who.of_{role}", numbers=asked, names=wording.listing(names))
    else:
        first = wording.text(
            f"who.{role}",
            n=n,
            subject=what,
            names=wording.listing(names),
            happened=_happened(found, wording),
        )
    if looked < n:
        first = wording.text("who.among", said=first, n=looked, total=n)
    if named >= len(ordered):
        return first, (), beside
    first = wording.text("who.more", said=first, n=len(ordered), most=named)
    return first, () if found.query.limit else (_table(role, ordered, wording),), beside


def _happened(found: Found, wording: Wording) -> str:
    """ " merged this week": what happened, as it follows the subject."""
    shape = "happened" if found.query.events else "stirred" if found.window is not None else "there"
    return wording.text(
        f"who.that_{shape}",
        events=phrases.events(found.query, wording),
        period=phrases.then(found.query, found.window, wording),
    )


def _role(found: Found) -> str:
    events = found.query.events
    if events == ("reviewed",):
        return "reviewer"
    if events == ("discussed",):
        return "commenter"
    one = len(found.matches) == 1 and found.matches[0].number in found.items
    if one and events in (("merged",), ("closed",)):
        return "merger" if events == ("merged",) else "closer"
    return "author"


def _counted(role: str, found: Found) -> tuple[Counter[str], int]:
    """Login -> on how many of the items; and of how many items that is not known."""
    if role == "author":
        authors = Counter(match.author for match in found.matches)
        return authors, authors.pop("", 0)
    counts: Counter[str] = Counter()
    uncounted = 0
    for match in found.matches:
        item = found.items.get(match.number)
        logins = set(_logins(role, item, found)) if item else set()
        counts.update(logins)
        uncounted += item is not None and not logins
    return counts, uncounted


def _logins(role: str, item: Item, found: Found) -> Iterator[str]:
    window = found.window
    if role == "reviewer":
        for review in item.reviews:
            is_own = item.author is not None and review.author.login == item.author.login
            if not review.author.is_bot and not is_own and (window is None or review.submitted_at in window):
                yield review.author.login
    elif role == "commenter":
        for comment in item.comments:
            if not comment.author.is_bot and (window is None or comment.created_at in window):
                yield comment.author.login
    elif role == "merger" and item.merged_by is not None:
        yield item.merged_by.login
    else:
        names = ("merged",) if role == "merger" else ("closed", "closed_unmerged")
        last = next((event for event in reversed(item.events) if event.name in names), None)
        if last is not None and last.actor is not None:
            yield last.actor.login


def _table(role: str, ordered: list[tuple[str, int]], wording: Wording) -> Table:
    rows = tuple((code(login), str(count)) for login, count in ordered[:_MOST_ROWS])
    head = (wording.text(f"who.head_{role}"), wording.text("who.head_count"))
    return Table("", head, rows)
