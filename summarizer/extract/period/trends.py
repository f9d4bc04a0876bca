"""Module and theme trends: tables against the window before, and sentences that name what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Table
from summarizer.extract.period.comparing import Count, categories, growth, topics
from summarizer.extract.trends import SMALL
from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Entry
    from summarizer.extract.words import Words

_TOPICS, _FILES, _NUMBERS, _MOVED = 12, 10, 8, 5
_HOT = 3
"""Pull requests that change a file and make it hot; two may meet by chance."""
_ALIKE = 4
"""Hottest files that are named together; of more the table tells."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """Sentences, and a table each of categories, topics and hot files."""
    if not words.merged:
        return (words.claim("trends.nothing"),), (), ()
    kinds, themes = categories(words), topics(words)
    if words.facts.filters:  # tallies are never filtered, so they would speak of other items than those shown
        kinds, themes = [], []
    claims = [*_moved(words, kinds, themes), *_hottest(words)]
    tables = [
        _compared("categories", kinds, words),
        _compared("topics", themes[:_TOPICS], words),
        _files(words),
    ]
    shown = tuple(table for table in tables if table.rows)
    if not claims and not shown:
        claims = [words.claim("trends.too_few", n=len(words.merged))]
    return tuple(claims), (), shown


def _moved(words: Words, kinds: list[Count], themes: list[Count]) -> list[Claim]:
    """What grew and what shrank against the window before, beyond what all did; nothing where numbers are small."""
    facts = words.facts
    if facts.filters or facts.counts.prs_merged < SMALL:
        return []
    if facts.baseline_tally is None or facts.baseline is None:
        return [words.claim("trends.none_before")]
    if growth(words) is None:
        return [words.claim("trends.quiet_before", before=words.before, n=facts.baseline.prs_merged)]
    moved = sorted(
        (each for each in (*kinds, *themes) if each.is_telling), key=lambda each: -abs(each.surplus)
    )
    if not moved:
        return [words.claim("trends.nothing_moved", before=words.before)]
    claims = []
    for key, chosen in (
        ("more", [each for each in moved if each.surplus > 0]),
        ("fewer", [each for each in moved if each.surplus < 0]),
    ):
        parts = [words.text("trends.change", what=each.name, now=each.now, then=each.then) for each in chosen]
        if parts:
            changes = words.text("trends.between").join(parts[:_MOVED])
            claims.append(words.claim(f"trends.{key}", before=words.before, changes=changes))
    return claims


def _hottest(words: Words) -> list[Claim]:
    """The file that most pull requests change, with them; where several share the place, all of those."""
    files = words.facts.files
    if not files or files[0].prs < _HOT:
        return []
    first = [each.path for each in files if each.prs == files[0].prs]
    if len(first) > _ALIKE:
        return []
    if len(first) > 1:
        paths = words.listing(code(path) for path in first)
        return [words.claim("trends.hottest_alike", paths=paths, n=files[0].prs)]
    path = first[0]
    numbers = [item.number for item in words.facts.items.values() if path in (item.files or ())]
    listed = {row.number for rows in words.facts.lists.values() for row in rows}
    numbers = [number for number in numbers if number in listed]
    return [
        words.claim(
            "trends.hottest",
            numbers[:_NUMBERS],
            path=code(path),
            n=files[0].prs,
            numbers=words.some(numbers, _NUMBERS),
        )
    ]


def _compared(name: str, counts: list[Count], words: Words) -> Table:
    """A row per kind or theme: now, before, change; without the last two where nothing is known of before."""
    first, now = words.text(f"table.{name}"), words.text("table.now")
    known = any(each.then is not None for each in counts)
    head = (first, now, words.text("table.before", before=words.before), words.text("table.change"))
    rows = tuple(
        (each.name, str(each.now), str(each.then), _signed(each.now - (each.then or 0))) for each in counts
    )
    caption = words.text(f"table.{name}_caption")
    if not known:
        return Table(caption, head[:2], tuple(row[:2] for row in rows))
    return Table(caption, head, rows)


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}" if change else "0"


def _files(words: Words) -> Table:
    rows = tuple((code(heat.path), str(heat.prs)) for heat in words.facts.files[:_FILES])
    return Table(
        words.text("table.files_caption"), (words.text("table.files"), words.text("table.prs")), rows
    )
