"""Filters and points: which of the digest's filters an item passes, and what it scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer import rubric
from summarizer.assessments import KEY_IMPORTANCE
from summarizer.extract.ranking import ranked
from summarizer.filters import select
from summarizer.topics import find_topic
from summarizer.why.findings import Scores, Tested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.assessments import Assessment
    from summarizer.facts import Facts
    from summarizer.filters import Filter
    from summarizer.items import Item
    from summarizer.topics import Ledger
    from summarizer.why.findings import Key


def tested(
    item: Item, facts: Facts, ledgers: Mapping[str, Ledger], assessments: Mapping[int, Assessment]
) -> tuple[Tested, ...]:
    """One for each filter of the facts. ledgers: of all topics, over the item."""
    judged = assessments.get(item.number)
    importance = {item.number: judged.importance} if judged else {}
    return tuple(
        Tested(
            each,
            item.number in select({item.number: item}, (each,), ledgers, importance),
            _seen(each, item, ledgers, importance),
        )
        for each in facts.filters
    )


def scores(item: Item, facts: Facts, assessments: Mapping[int, Assessment]) -> Scores:
    """item: as it stood at the window's end."""
    code = rubric.assess(item, facts)
    used = assessments.get(item.number, code)
    points = rubric.breakdown(item, facts)
    order = [each.number for _, each in ranked(facts, assessments)]
    return Scores(
        used,
        code,
        tuple(points.importance.parts),
        tuple(points.insight.parts),
        order.index(item.number) + 1 if item.number in order else None,
        len(order),
        _key(item, used, facts),
    )


def _key(item: Item, used: Assessment, facts: Facts) -> Key:
    if not item.is_pull_request:
        return "issue"
    if all(row.number != item.number for row in facts.lists.get("prs_merged", ())):
        return "not_merged"
    return "key" if used.importance >= KEY_IMPORTANCE else "below"


def _seen(
    each: Filter, item: Item, ledgers: Mapping[str, Ledger], importance: Mapping[int, int]
) -> tuple[str, ...] | None:
    """What of the item the filter looks at; None where it is not known."""
    match each.key:
        case "label":
            return item.labels
        case "author":
            return (item.author.login,) if item.author else ()
        case "path":
            return item.files if item.is_pull_request else ()
        case "is":
            kind = "pr" if item.is_pull_request else "issue"
            return (kind, "draft", item.state) if item.is_draft else (kind, item.state)
        case "importance":
            return (str(importance[item.number]),) if item.number in importance else None
        case "topic":
            topics = [ledger.topic for ledger in ledgers.values()]
            keys = dict.fromkeys(find_topic(value, topics).key for value in each.values)
            return tuple(key for key in keys if item.number in ledgers[key].reasons)
