"""The picture of hot files: how many of the window's pull requests change each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.markup import one_line
from summarizer.pictures.bars import Bars, Mark, Row
from summarizer.pictures.telling import listed, when_of

if TYPE_CHECKING:
    from summarizer.facts import Facts
    from summarizer.languages import Language

MOST: Final = 10
_LONGEST: Final = 80
"""Characters of a path in words; nobody listens to a longer one."""


def bars(facts: Facts, language: Language, most: int = MOST) -> Bars:
    """At most so many files."""
    window = when_of(facts)
    rows = []
    for heat in facts.files[:most]:
        path = one_line(heat.path)
        told = language.text("chart.rows.row", what=path, n=heat.prs)
        rows.append(Row(path, (Mark("now", heat.prs, str(heat.prs), told),)))
    notes = [language.text("chart.files.note")]
    if facts.passing is not None:
        notes.append(language.text("chart.filtered"))
    if not facts.complete:
        notes.append(language.text("chart.incomplete"))
    return Bars(
        "files",
        language.text("chart.titles.files"),
        one_line(facts.repo),
        window,
        alt(facts, language, most),
        tuple(rows),
        tuple(notes) if rows else (),
        is_of_paths=True,
        empty=language.text("chart.files.empty"),
    )


def alt(facts: Facts, language: Language, most: int = MOST) -> str:
    key = "alt" if facts.files else "alt_empty"
    rows = [
        language.text("chart.rows.row", what=_short(one_line(heat.path)), n=heat.prs)
        for heat in facts.files[:most]
    ]
    return language.text(f"chart.files.{key}", window=when_of(facts), rows=listed(rows, language))


def _short(path: str) -> str:
    if len(path) <= _LONGEST:
        return path
    tail = _LONGEST * 2 // 3
    return f"{path[: _LONGEST - tail - 1]}…{path[-tail:]}"
