"""Denials of a topic: "no AMD updates" is for code to say, whatever a model has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.verify.case import Case


def faults(case: Case) -> Iterator[Fault]:
    text = case.claim.text
    topic = case.lexicon.one("topic.hints").search(text) and case.index.topics.search(text)
    if topic and case.index.denials.search(text):
        yield Fault(
            "topic", f"say nothing about the absence of {topic[0]}: membership in topics is counted by code"
        )
