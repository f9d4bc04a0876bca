"""An item as JSON, as the published schemas of digests and answers describe it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from summarizer.categories import category
from summarizer.markup import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from summarizer.assessments import Assessment
    from summarizer.items import Item, Person


def item_object(
    item: Item,
    zone: ZoneInfo,
    *,
    comments_in_window: int | None,
    topics: Iterable[str] = (),
    assessment: Assessment | None = None,
) -> dict[str, Any]:
    """The published form. Times are ISO-8601 with the offset of `zone`; None is unknown.

    comments_in_window: by people. topics: keys of those the item is a member of.
    """
    return {
        "number": item.number,
        "kind": item.kind,
        "title": one_line(item.title),
        "url": item.url,
        "author": _login(item.author),
        "author_association": item.author_association,
        "is_bot": item.author.is_bot if item.author else None,
        "is_draft": item.is_draft,
        "labels": [one_line(label) for label in item.labels],
        "state": item.state,
        "created_at": _time(item.created_at, zone),
        "closed_at": _time(item.closed_at, zone),
        "merged_at": _time(item.merged_at, zone),
        "merged_by": _login(item.merged_by),
        "additions": item.additions,
        "deletions": item.deletions,
        "comments_in_window": comments_in_window,
        "topics": list(topics),
        "category": (assessment.category if assessment else None) or category(item),
        "importance": assessment.importance if assessment else None,
        "insight": assessment.insight if assessment else None,
        "risks": list(assessment.risks) if assessment else [],
    }


def _login(person: Person | None) -> str | None:
    return None if person is None else person.login


def _time(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else instant.astimezone(zone).isoformat()
