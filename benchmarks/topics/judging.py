"""Verdicts on which items belong to a topic, and how the rules' ledgers do against them.

A verdict file is TOML, named by its topic: lists of item numbers `about`, `tagged` and `not`, which share no number,
and `doubtful`, whose numbers stand in one of the others too. Rules are tuned on even numbers and judged by odd ones.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from adapters.jsonl import read_file
from adapters.store.merging import filled
from benchmarks.measure import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from adapters.store.records import Record
    from summarizer.items import Item
    from summarizer.topics import Ledger

AIMS = {"amd": 0.97}
"""Topic -> what precision and recall should reach for items that are about it; other topics have no aim."""

Parity = Literal["even", "odd"]
Level = Literal["about", "member"]
PARITIES: tuple[Parity, ...] = ("even", "odd")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What reading said of a topic's items. judged: every number; doubtful: those that were a close call."""

    topic: str
    about: frozenset[int]
    tagged: frozenset[int]
    judged: frozenset[int]
    doubtful: frozenset[int]


@dataclass(frozen=True, slots=True)
class Score:
    """The rules against the verdicts, over the numbers of one parity.

    level: of what is about the topic, or of its members: about it or tagged with it. hits: how many both say.
    """

    topic: str
    parity: Parity
    level: Level
    hits: int
    misses: frozenset[int]
    false_alarms: frozenset[int]
    doubtful: frozenset[int]

    @property
    def precision(self) -> float:
        return _part(self.hits, self.hits + len(self.false_alarms))

    @property
    def recall(self) -> float:
        return _part(self.hits, self.hits + len(self.misses))

    @property
    def row(self) -> Row:
        """A line of the table."""
        value = (
            f"precision {self.precision:.3f}  recall {self.recall:.3f}  of {self.hits + len(self.misses):>3}:"
            f" {self._counted('missed', self.misses)}, {self._counted('false alarms', self.false_alarms)}"
        )
        what = f"{self.topic}, {self.parity} numbers, {self.level}"
        aim = AIMS.get(self.topic)
        if aim is None or self.level != "about":
            return Row(what, value)
        return Row(what, value, f">= {aim:g}", min(self.precision, self.recall) >= aim)

    def _counted(self, what: str, numbers: frozenset[int]) -> str:
        close = len(numbers & self.doubtful)
        return f"{len(numbers)} {what}" + (f" ({close} doubtful)" if close else "")


def read_verdicts(folder: Path) -> Iterator[Verdicts]:
    """Those of each file in `folder`, by name. Raises ValueError where a number has two verdicts or none."""
    for path in sorted(folder.glob("*.toml")):
        lists: Mapping[str, list[int]] = tomllib.loads(path.read_text("utf-8"))
        numbers = [number for name in ("about", "tagged", "not") for number in lists[name]]
        judged = frozenset(numbers)
        if len(numbers) != len(judged) or not judged.issuperset(lists["doubtful"]):
            raise ValueError(f"{path.name}: a number has two verdicts, or a doubtful one has none")
        yield Verdicts(
            topic=path.stem,
            about=frozenset(lists["about"]),
            tagged=frozenset(lists["tagged"]),
            judged=judged,
            doubtful=frozenset(lists["doubtful"]),
        )


def read_items(folder: Path) -> list[Item]:
    """The items of the folder's JSON Lines, by number; one that several files tell of is merged as the mirror does.

    Raises BadInput as `adapters.jsonl.read_file` does.
    """
    records: dict[int, Record] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for read in read_file(path):
            number = read.item.number
            records[number] = filled(records.get(number), read.item, read.told)
    return [records[number].item for number in sorted(records)]


def judge(ledger: Ledger, verdicts: Verdicts, numbers: Iterable[int]) -> Iterator[Score]:
    """The ledger's scores over `numbers` that have a verdict: for each parity about the topic, then members."""
    seen = verdicts.judged.intersection(numbers)
    for parity in PARITIES:
        part = frozenset(number for number in seen if number % 2 == PARITIES.index(parity))
        about = Score(
            verdicts.topic,
            parity,
            "about",
            *_compared(part & frozenset(ledger.about), part & verdicts.about),
            doubtful=verdicts.doubtful,
        )
        yield about
        found = part & (frozenset(ledger.about) | frozenset(ledger.tagged))
        hits, misses, false_alarms = _compared(found, part & (verdicts.about | verdicts.tagged))
        yield replace(about, level="member", hits=hits, misses=misses, false_alarms=false_alarms)


def _compared(found: frozenset[int], wanted: frozenset[int]) -> tuple[int, frozenset[int], frozenset[int]]:
    return len(found & wanted), wanted - found, found - wanted


def _part(some: int, whole: int) -> float:
    return some / whole if whole else 1.0
