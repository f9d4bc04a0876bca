"""Activity over a period: who did what, who is new, how fast people were answered, what was talked about most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Table
from summarizer.extract.activity import counted, newcomers, talk, timing
from summarizer.extract.hot import entry
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Entry
    from summarizer.extract.words import Words

_THREADS, _TITLE = 8, 80
_LEAST = 3
"""Comments that make a thread one of the most discussed."""
_DISCUSSION, _DISCUSSIONS = 5, 3
"""Comments that make a thread worth reading who said what, and how many threads are told so."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """Labelled claims, an entry for each of the longest discussions, then a table of people and one of threads."""
    facts = words.facts
    claims = (*newcomers(words), *talk(words), *timing(words))
    tables = tuple(table for table in (_people(words), _threads(words)) if table.rows)
    if not claims and not tables:
        return (words.claim("activity.none" if facts.complete else "activity.none_seen"),), (), ()
    threads = [hot for hot in facts.hot if hot.comments_in_window >= _DISCUSSION][:_DISCUSSIONS]
    return claims, tuple(entry(hot, words) for hot in threads), tables


def _people(words: Words) -> Table:
    """A column that is zero throughout is left out, and so is a row."""
    known = counted(words)
    people = [one for one in words.facts.contributors if any(getattr(one, name) for name in known)]
    names = [name for name in known if any(getattr(one, name) for one in people)]
    rows = tuple((code(one.login), *(str(getattr(one, name)) for name in names)) for one in people)
    head = tuple(words.text(f"table.{name}") for name in ("person", *names))
    return Table(words.text("table.people_caption"), head, rows)


def _threads(words: Words) -> Table:
    head = ("thread", "comments", "people", "state")
    rows = tuple(
        (
            shorten(words.named(hot.number), _TITLE),
            str(hot.comments_in_window),
            str(len(hot.participants)),
            words.state(words.facts.items[hot.number]),
        )
        for hot in words.facts.hot[:_THREADS]
        if hot.comments_in_window >= _LEAST
    )
    return Table(
        words.text("table.threads_caption"), tuple(words.text(f"table.{name}") for name in head), rows
    )
