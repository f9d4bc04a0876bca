"""Ranking: one order for all sections. Importance first, then insight, then the talk in the window; see `rubric`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer import rubric
from summarizer.reverts import REVERT
from summarizer.rubric import BREAKING, is_rfc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.assessments import Assessment
    from summarizer.facts import Facts
    from summarizer.items import Item

__all__ = ["BREAKING", "REVERT", "is_rfc", "listed", "ranked", "said_by_people", "score"]

_TALK_MAX = 49


def ranked(facts: Facts, assessments: Mapping[int, Assessment] | None = None) -> list[tuple[float, Item]]:
    """The listed items with their scores, best first; of equals the older one."""
    scored = [
        (score(facts.items[number], facts, assessments), facts.items[number]) for number in facts.listed
    ]
    return sorted(scored, key=lambda each: (-each[0], each[1].number))


def score(item: Item, facts: Facts, assessments: Mapping[int, Assessment] | None = None) -> float:
    """An item's place as one number: its importance, and behind the point insight, then talk.

    assessments: judgements by number; an item that has none there is judged by code.
    """
    judged = (assessments or {}).get(item.number) or rubric.assess(item, facts)
    return judged.importance + judged.insight / 20 + min(_TALK_MAX, rubric.remarks(item, facts)) / 1000


def listed(facts: Facts) -> tuple[int, ...]:
    """The numbers of every list but carried_over, each once."""
    return facts.listed


def said_by_people(item: Item, facts: Facts) -> list[tuple[str, str]]:
    """(login, text) of each comment and review of the window with a text and by no bot, oldest first."""
    window = facts.window
    said = [(comment.created_at, comment.author, comment.body) for comment in item.comments]
    said += [(review.submitted_at, review.author, review.body) for review in item.reviews]
    told = [each for each in said if each[0] in window and not each[1].is_bot and each[2].strip()]
    return [(author.login, text) for _, author, text in sorted(told, key=lambda each: each[0])]
