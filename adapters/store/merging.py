"""Merging what is known of an item with what was just read: the newer holds, and what only the older knows is not lost.

Pure. A record has two groups of fields with an age of their own each: what a listing shows (aged by `updated_at`), and
what only a whole reading tells (`source.WHOLE_ONLY`, aged by when it was read).
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.source import WHOLE_ONLY
from adapters.store.records import Record
from summarizer.items import Item, oldest_first

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from adapters.source import Reading
    from summarizer.items import Comment, Event

TWIN = timedelta(minutes=1)
"""A listing's `closedAt` and the timeline's event of the same close are at most seconds apart."""

_LISTED = tuple(field.name for field in fields(Item) if field.name not in WHOLE_ONLY)
_CLOSES = ("closed", "closed_unmerged")


def merged(stored: Record | None, reading: Reading) -> Record:
    """The one record of both. At a tie the reading is the newer one."""
    read = reading.item
    if reading.part == "whole":
        if stored is None:
            return Record(read, read.updated_at, reading.at)
        if stored.whole_at is not None and reading.at < stored.whole_at:
            return stored
        comments = _comments(stored.item, read)
        if _age(read) >= _age(stored.item):
            return Record(replace(read, comments=comments), read.updated_at, reading.at)
        item = _taken(read, stored.item, _LISTED)
        item = replace(item, comments=comments, events=_with(read, stored.item))
        return Record(item, read.updated_at, reading.at)
    if stored is None:
        return Record(read)
    # a whole reading that was asked for later told all of this
    told = stored.whole_at is not None and reading.at < stored.whole_at
    age, known = _age(read), _age(stored.item)
    if told and age <= known:
        return stored
    # an older listing is not how things are any more, but what it tells has happened
    item = stored.item if age < known else _taken(read, stored.item, WHOLE_ONLY)
    return replace(stored, item=replace(item, events=_with(stored.item, read)))


def filled(stored: Record | None, item: Item, told: Collection[str]) -> Record:
    """The record with what a file tells of its item. told: the fields it tells; the others are unknown there.

    A value that is known is never replaced by an unknown one, nor by an older one: what GitHub told goes before any
    file, and of two files the one that knows later events.
    """
    if stored is None:
        return Record(item)
    newer = stored.whole_of is None and not stored.item.node_id and _age(item) >= _age(stored.item)
    changes = {
        name: getattr(item, name)
        for name in told
        if _tells(getattr(item, name)) and (newer or not _tells(getattr(stored.item, name)))
    }
    record = replace(stored, item=replace(stored.item, **changes))
    return replace(record, item=replace(record.item, events=_with(stored.item, item)))


def _age(item: Item) -> datetime:
    return item.updated_at or datetime.min.replace(tzinfo=UTC)


def _tells(value: object) -> bool:
    return value is not None and value != () and value != ""


def _taken(item: Item, other: Item, names: Collection[str]) -> Item:
    """`item` with those fields of `other`."""
    changes: dict[str, Any] = {name: getattr(other, name) for name in names}
    return item if other is item else replace(item, **changes)


def _comments(stored: Item, read: Item) -> tuple[Comment, ...]:
    """The comments that were read; those known before as well when the reading broke off before it had all."""
    if read.comments_total is None or len(read.comments) >= read.comments_total:
        return read.comments
    known = {_identity(comment): comment for comment in (*stored.comments, *read.comments)}
    return tuple(sorted(known.values(), key=lambda comment: comment.created_at))


def _identity(comment: Comment) -> Hashable:
    return comment.url or (comment.created_at, comment.author.login)


def _with(stored: Item, read: Item) -> tuple[Event, ...]:
    """What is known to have happened, and what follows from the times that were read."""
    new = [event for event in read.events if not any(_is_same(event, known) for known in stored.events)]
    return oldest_first((*stored.events, *new)) if new else stored.events


def _is_same(event: Event, known: Event) -> bool:
    same_kind = event.name == known.name or (event.name in _CLOSES and known.name in _CLOSES)
    return same_kind and abs(event.at - known.at) <= TWIN
