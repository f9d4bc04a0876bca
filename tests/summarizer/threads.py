"""Threads, and how they belong to the topics that come with the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer.items import Kind
from summarizer.topics import load_topics, match_topics
from tests.builders import item

if TYPE_CHECKING:
    from summarizer.topics import Tier

MODELS = tuple(f"vllm/model_executor/models/model_{number}.py" for number in range(20))
"""Paths of a wide change that belong to none of the topics that have tests of membership."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a thread shows of itself."""

    title: str
    kind: Kind = "pull_request"
    labels: tuple[str, ...] = ()
    author: str = "someone"
    body: str | None = None
    files: tuple[str, ...] | None = None


def named(value: object) -> str | None:
    """What pytest calls a case."""
    return value.title if isinstance(value, Thread) else None


def tier(topic: str, thread: Thread) -> Tier | None:
    """How the thread belongs to the topic; None: not at all."""
    member = item(
        title=thread.title,
        kind=thread.kind,
        labels=thread.labels,
        author=thread.author,
        body=thread.body,
        files=thread.files,
    )
    ledger = match_topics([member], [load_topics().find(topic)])[topic]
    return "about" if ledger.about else "tagged" if ledger.tagged else None
