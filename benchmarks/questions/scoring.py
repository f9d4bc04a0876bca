"""How well questions were read: held against what they mean, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.questions.asked import Asked
from bot.questions.reading import Reading
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Score:
    """How one question was read. exact: as it is meant; told: what had to be told of the reading is, and no more.
    meant: the query to hold the items against, None where nothing may be answered."""

    asked: Asked
    reading: Reading
    exact: bool
    told: bool
    meant: Query | None

    @property
    def answers(self) -> bool:
        """Whether something would be looked for."""
        reading = self.reading
        return not (reading.nod or reading.problems or is_nothing(reading))

    def lines(self) -> str:
        """What was meant and what was read, a line each."""
        asked = self.asked
        meant = " | ".join(_told(query.as_dict()) for query in asked.queries) or (
            "nod" if asked.nod else "nothing"
        )
        return f"{asked.id:>4} {asked.shown}\n     meant {meant}\n     read  {_read(self.reading)}"


@dataclass(slots=True)
class Items:
    """Items found over several questions, added up."""

    found: int = 0
    meant: int = 0
    right: int = 0

    def add(self, found: frozenset[int], meant: frozenset[int]) -> None:
        self.found += len(found)
        self.meant += len(meant)
        self.right += len(found & meant)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.meant if self.meant else 1.0


def score(asked: Asked, reading: Reading) -> Score:
    """Hold a reading against what the question means."""
    matched = next((query for query in asked.queries if same(query, reading.query)), None)
    if asked.nod:
        exact = bool(reading.nod)
    elif asked.nothing:
        exact = not reading.nod and is_nothing(reading)
    else:
        exact = matched is not None and not reading.nod
        if asked.others:
            read = [reading.query, *reading.others]
            exact = exact and all(any(same(query, each) for each in read) for query in asked.queries)
    meant = matched or (asked.queries[0] if asked.queries else None)
    return Score(asked, reading, exact, _is_told(asked, reading), None if asked.problem else meant)


def is_nothing(reading: Reading) -> bool:
    """Whether no more was understood than what a default fills in."""
    said = reading.query.as_dict().keys() - {"form", *reading.assumed}
    return not said and not reading.nod


def same(meant: Query, read: Query) -> bool:
    """Whether two queries are equal. An entry of words that has several terms, as a glossary gives them, is right where
    the one that is meant is among them."""
    one, other = meant.as_dict(), read.as_dict()
    return _without_words(one) == _without_words(other) and _same_words(one, other)


def _same_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    meant, read = one.get("words", []), other.get("words", [])
    return len(meant) == len(read) and all(
        set(term.split("|")) <= set(entry.split("|")) for term, entry in zip(meant, read, strict=True)
    )


def _without_words(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "words"}


def _is_told(asked: Asked, reading: Reading) -> bool:
    if asked.nod:
        return not (reading.unread or reading.problems)
    if asked.nothing:
        return bool(reading.unread or reading.problems)
    return (
        asked.unread in (None, bool(reading.unread))
        and asked.problem in (None, bool(reading.problems))
        and asked.others == bool(reading.others)
    )


def _read(reading: Reading) -> str:
    if reading.nod:
        return f"nod {reading.nod}"
    told = [_told(reading.query.as_dict())]
    told += [f"or {_told(query.as_dict())}" for query in reading.others]
    if reading.unread:
        told.append(f"unread {' '.join(reading.unread)!r:.80}")
    told += [f"problem {problem.key}" for problem in reading.problems]
    return " ".join(told)


def _told(query: Mapping[str, Any]) -> str:
    told = (
        f"{name}=({_told(value)})" if isinstance(value, dict) else f"{name}={_value(value)}"
        for name, value in query.items()
    )
    return " ".join(told) or "anything"


def _value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
