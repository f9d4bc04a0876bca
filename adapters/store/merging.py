"""Merging two records of one item: the newer holds, and what only the older knows is not lost."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from summarizer.items import Comment, Event, Item, Review

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

_OF_THE_STATE = ("state_reason", "closed_at", "merged_at", "merged_by")
"""None is a fact here when the state has changed: a reopened item is closed no more."""

_NULLABLE = tuple(field.name for field in fields(Item) if field.default is None)

T = TypeVar("T", Comment, Event, Review)


def merged(stored: Item, fetched: Item) -> Item:
    """The one record of both. Newer is the later `updated_at`, at a tie the one fetched now.

    None never replaces a value. Events and reviews are never unmade on GitHub, so they add up; comments can
    be deleted, so the newer record's are all there are when it holds as many as GitHub counts.
    """
    newer, older = (stored, fetched) if _age(fetched) < _age(stored) else (fetched, stored)
    filled: dict[str, Any] = {
        name: getattr(older, name)
        for name in _NULLABLE
        if getattr(newer, name) is None and not (name in _OF_THE_STATE and newer.state != older.state)
    }
    all_comments = newer.comments_total is not None and len(newer.comments) >= newer.comments_total
    return replace(
        newer,
        **filled,
        events=_union(
            older.events, newer.events, lambda event: (event.at, event.name), lambda event: event.at
        ),
        comments=newer.comments
        if all_comments
        else _union(
            older.comments,
            newer.comments,
            lambda comment: comment.url or (comment.created_at, comment.author.login),
            lambda comment: comment.created_at,
        ),
        reviews=_union(
            older.reviews,
            newer.reviews,
            lambda review: (review.submitted_at, review.author.login),
            lambda review: review.submitted_at,
        ),
        node_id=newer.node_id or older.node_id,
    )


def _age(item: Item) -> datetime:
    return item.updated_at or datetime.min.replace(tzinfo=UTC)


def _union(
    older: Iterable[T], newer: Iterable[T], identity: Callable[[T], Hashable], time: Callable[[T], datetime]
) -> tuple[T, ...]:
    """Both, oldest first; of two with one identity the newer."""
    entries = {identity(entry): entry for entry in older} | {identity(entry): entry for entry in newer}
    return tuple(sorted(entries.values(), key=time))
