"""The evaluation set: questions, and what each means.

The files beside this one hold tables `[[question]]`, a file a theme:

    id         consecutive over all files; even ones are for tuning, odd ones are held out
    text       as somebody would type it; `repeat` times over
    after      the question before it, whose text is another one's of the set: this one changes that one's query, unless
               it is `fresh`
    query      what it means, as `Query.as_dict` tells it
    queries    several, where any of them will do
    others     that both readings must be told
    nod        it asks nothing
    nothing    nothing can be understood in it, and it may not be answered
    unread     something in it cannot be understood, and must be told
    problem    it names what cannot be, and must be told so
    unread_any, problem_any    whether something is told is left open

What a question means was decided by people, from what docs/questions.md promises, without looking at the reader.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.questions.windows import parse_window
from summarizer.filters import FILTER_KEYS, Filter
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path(__file__).parent

_KEYS = frozenset(
    {"id", "text", "repeat", "after", "fresh", "query", "queries", "others", "nod", "nothing"}
    | {"unread", "unread_any", "problem", "problem_any"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the set. queries: those that it may be read as, the intended one first; none for a nod and where
    nothing can be understood. unread, problem: whether it must be told; None is left open."""

    id: int
    theme: str
    text: str
    queries: tuple[Query, ...]
    after: str | None
    fresh: bool
    others: bool
    nod: bool
    nothing: bool
    unread: bool | None
    problem: bool | None

    @property
    def held_out(self) -> bool:
        return self.id % 2 == 1

    @property
    def refines(self) -> bool:
        return self.after is not None and not (self.fresh or self.nod)

    @property
    def shown(self) -> str:
        """The text, cut where it is long."""
        text = self.text if len(self.text) <= 90 else f"{self.text[:60]}… ({len(self.text)} characters)"
        return text.replace("\n", " ")


def load(folder: Path = FOLDER) -> tuple[Asked, ...]:
    """All questions, by id. Raises ValueError, KeyError and TypeError for a file that is not of the form above."""
    found = [
        asked_of(table, path.stem.partition("-")[2])
        for path in sorted(folder.glob("*.toml"))
        for table in tomllib.loads(path.read_text("utf-8"))["question"]
    ]
    return tuple(sorted(found, key=lambda each: each.id))


def previous(questions: Sequence[Asked]) -> Mapping[str, Asked]:
    """The questions that others come after, by their text."""
    wanted = {each.after for each in questions}
    return {each.text: each for each in reversed(questions) if each.text in wanted}


def asked_of(table: Mapping[str, Any], theme: str) -> Asked:
    """The question that a table tells. Raises ValueError, KeyError and TypeError."""
    if unknown := table.keys() - _KEYS:
        raise KeyError(f"{table['id']}: {min(unknown)}")
    told = [table["query"]] if "query" in table else table.get("queries", [])
    nod, nothing = table.get("nod", False), table.get("nothing", False)
    if bool(told) == (nod or nothing):
        raise ValueError(f"{table['id']}: a query, or a nod, or nothing")
    return Asked(
        id=table["id"],
        theme=theme,
        text=table["text"] * table.get("repeat", 1),
        queries=tuple(query_of(each) for each in told),
        after=table.get("after"),
        fresh=table.get("fresh", False),
        others=table.get("others", False),
        nod=nod,
        nothing=nothing,
        unread=None if table.get("unread_any") else table.get("unread", nothing),
        problem=None if table.get("problem_any") else table.get("problem", False),
    )


def query_of(told: Mapping[str, Any]) -> Query:
    """The query that a table tells. Raises ValueError, KeyError and TypeError."""
    return Query.from_dict(told, window=parse_window, filters=filter_of)


def filter_of(text: str) -> Filter:
    """`[-]key:value,value`, without spaces in a value. Raises ValueError."""
    name, _, values = text.removeprefix("-").partition(":")
    for key in FILTER_KEYS:
        if key == name and values:
            return Filter(key, tuple(values.split(",")), negated=text.startswith("-"))
    raise ValueError(text)
