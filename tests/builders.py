"""Builders of items for tests: keyword-only, with defaults that are plain and valid."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.source import WHOLE_ONLY, Reading
from summarizer.items import Comment, Coverage, Event, Item, Person, Review, Seen, oldest_first
from summarizer.windows import Window

if TYPE_CHECKING:
    from adapters.source import Part
    from summarizer.items import EventName, Kind, State

REPO = "vllm-project/vllm"
NOON = datetime(2025, 12, 10, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1), "UTC")
"""The window most tests look at: an hour from NOON."""


def at(minutes: float) -> datetime:
    """That many minutes after NOON."""
    return NOON + timedelta(minutes=minutes)


def event(name: EventName, minutes: float, actor: str | None = None) -> Event:
    return Event(name, at(minutes), Person(actor) if actor else None)


def comment(login: str, minutes: float, body: str = "A thought.", *, is_bot: bool = False) -> Comment:
    return Comment(Person(login, is_bot), at(minutes), body)


def review(
    login: str, minutes: float, state: str = "APPROVED", body: str = "", *, is_bot: bool = False
) -> Review:
    return Review(Person(login, is_bot), at(minutes), state, body)


def coverage(*reasons: str, expected: int | None = 1, seen: int = 1) -> Coverage:
    return Coverage(Seen(expected, seen), Seen(expected, seen), reasons)


def item(
    number: int = 1,
    *,
    kind: Kind = "pull_request",
    title: str = "A change",
    author: str | None = "alice",
    is_bot: bool = False,
    author_association: str | None = None,
    labels: tuple[str, ...] = (),
    is_draft: bool | None = None,
    body: str | None = None,
    files: tuple[str, ...] | None = None,
    linked: tuple[int, ...] = (),
    events: tuple[Event, ...] = (),
    comments: tuple[Comment, ...] = (),
    reviews: tuple[Review, ...] = (),
    merged_by: str | None = None,
    updated: float | None = None,
    node_id: str = "",
) -> Item:
    """An item whose state and times follow from its events, oldest first. updated: minutes after NOON."""
    opened = next((each.at for each in events if each.name == "opened"), None)
    state, closed_at, merged_at = _state(events)
    return Item(
        repo=REPO,
        number=number,
        kind=kind,
        title=title,
        url=f"https://github.com/{REPO}/{'pull' if kind == 'pull_request' else 'issues'}/{number}",
        author=Person(author, is_bot) if author else None,
        author_association=author_association,
        labels=labels,
        is_draft=is_draft,
        state=state,
        created_at=opened,
        updated_at=None if updated is None else at(updated),
        closed_at=closed_at,
        merged_at=merged_at,
        merged_by=Person(merged_by) if merged_by else None,
        body=body,
        files=files,
        linked=linked,
        events=events,
        comments=comments,
        comments_total=len(comments),
        reviews=reviews,
        node_id=node_id,
    )


def reading(item: Item, part: Part = "whole", minutes: float = 1440) -> Reading:
    """What a source tells of the item when it is asked so many minutes after NOON."""
    return Reading(listed(item) if part == "light" else item, part, at(minutes))


def listed(item: Item) -> Item:
    """The item as a listing shows it: without what only a whole reading tells, with the events that its times tell."""
    unknown: dict[str, Any] = {
        field.name: field.default for field in fields(Item) if field.name in WHOLE_ONLY
    }
    closed: EventName = "closed_unmerged" if item.is_pull_request else "closed"
    times: tuple[tuple[EventName, datetime | None], ...] = (
        ("opened", item.created_at),
        (closed, None if item.merged_at else item.closed_at),
        ("merged", item.merged_at),
    )
    events = oldest_first(Event(name, when) for name, when in times if when is not None)
    return replace(item, **{**unknown, "events": events})


def _state(events: tuple[Event, ...]) -> tuple[State, datetime | None, datetime | None]:
    state: State = "open"
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    for each in events:
        if each.name == "merged":
            state, closed_at, merged_at = "merged", each.at, each.at
        elif each.name == "reopened":
            state, closed_at = "open", None
        elif each.name != "opened":
            state, closed_at = "closed", each.at
    return state, closed_at, merged_at
