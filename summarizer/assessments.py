"""Assessments: what one pull request or thread is worth knowing for, judged once and shared by every digest.

The judgement is a model's, or code's where there is none; `rubric` holds what the points mean. Words of a model are
in English whatever the digest's language, and each of its sentences was verified against the item alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from summarizer.categories import Category

Risk = Literal[
    "core_path",  # scheduler, engine, attention, KV cache, model runner: a fault there reaches everyone
    "missing_tests",  # changes code, and no test with it
    "compatibility",  # removes or changes what users call, set or store
    "platform_specific",  # behaves differently by hardware or backend
    "config_default",  # what nobody set changes
    "concurrency",  # threads, processes, locks, async scheduling
    "numerics",  # precision, quantization, sampling: results may change
    "performance",  # may slow something down, or take more memory
    "security",  # input from outside, secrets, what is downloaded
    "dependency",  # a version of something else moves
    "large_change",  # more than a review can hold
]
RISKS: Final[tuple[Risk, ...]] = get_args(Risk)

KEY_IMPORTANCE: Final = 7
"""From this importance on a pull request is a key one."""


@dataclass(frozen=True, slots=True)
class Position:
    """What somebody holds in a thread. logins: who; view: a sentence."""

    logins: tuple[str, ...]
    view: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one item is worth knowing for.

    category: None where nothing tells. importance, insight: 0 to 10, see `rubric`. by_model: whether a model judged.
    what, why, impact: a sentence each, "" where the item does not tell; questions: what it leaves open.
    positions, contention, standing: of threads, who holds what, what they disagree on, and how it stands.
    """

    number: int
    category: Category | None
    importance: int
    insight: int
    risks: tuple[Risk, ...] = ()
    by_model: bool = False
    what: str = ""
    why: str = ""
    impact: str = ""
    questions: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    contention: str = ""
    standing: str = ""

    @property
    def is_key(self) -> bool:
        return self.importance >= KEY_IMPORTANCE
