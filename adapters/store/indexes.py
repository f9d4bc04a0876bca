"""The mirror's indexes: under what an item can be found.

An entry carries the revision of the item that put it there. One of a later revision takes its place, and only who wrote
that revision or a later one takes it out. So whoever else writes meanwhile, and on whatever nodes the indexes and the
item lie: what a record tells stands in the indexes from before it can be read until after it is gone, however the
commands of several writers mix. What a writer that failed left behind may stand there as well.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from adapters.store.keys import repo_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from adapters.store.connection import Command
    from adapters.store.records import Record
    from summarizer.items import Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_REVISIONS = 1 << 20
"""A score is seconds times this plus the revision: a double holds both exactly until 2242."""

# an entry gives way to that of a later revision, of the same one to the higher
_ENTER = f"""
for at = 1, #ARGV, 2 do
  local known, score = redis.call('ZSCORE', KEYS[1], ARGV[at]), tonumber(ARGV[at + 1])
  known = known and tonumber(known)
  local older = known and known % {_REVISIONS} - score % {_REVISIONS}
  if not known or older < 0 or (older == 0 and known < score) then
    redis.call('ZADD', KEYS[1], ARGV[at + 1], ARGV[at])
  end
end
return 1
"""

_LEAVE = f"""
for at = 1, #ARGV, 2 do
  local known = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if known and tonumber(known) % {_REVISIONS} <= tonumber(ARGV[at + 1]) then
    redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
return 1
"""

Entries: TypeAlias = "dict[str, dict[int, int]]"
"""Numbers of items by index: with the score they enter with, or the revision at which they leave."""


def standing(record: Record) -> dict[str, int]:
    """The indexes that a record stands in, each with the seconds it stands at; the hours are not among them."""
    item = record.item
    updated = seconds(item.updated_at) if item.updated_at else 0
    found = {f"updated:{item.kind}": updated}
    if record.stale:
        found["stale"] = updated
    found |= {f"label:{label.lower()}": 0 for label in item.labels}
    if item.author is not None:
        found[f"author:{item.author.login.lower()}"] = 0
    return found


def hours(item: Item) -> set[int]:
    """The hours since 1970 in which anything happened to the item."""
    return {(at - _EPOCH) // _HOUR for at in moments(item)}


def moments(item: Item) -> Iterable[datetime]:
    """When anything happened to the item."""
    if item.created_at is not None:
        yield item.created_at
    for event in item.events:
        yield event.at
    for comment in item.comments:
        yield comment.created_at
    for review in item.reviews:
        yield review.submitted_at


def score(at_s: int, rev: int = 0) -> int:
    """The score of an entry at those seconds; without a revision it is the lowest of all."""
    return at_s * _REVISIONS + min(rev, _REVISIONS - 1)


def entering(repo: str, entries: Mapping[str, Mapping[int, int]]) -> list[Command]:
    """Commands that enter numbers into indexes, with their scores."""
    return _each(_ENTER, repo, entries)


def leaving(repo: str, entries: Mapping[str, Mapping[int, int]]) -> list[Command]:
    """Commands that take numbers out of indexes, as of their revisions."""
    return _each(_LEAVE, repo, entries)


def entering_hours(repo: str, numbers: Mapping[int, Collection[int]]) -> list[Command]:
    """Commands that enter items into their hours, which nothing leaves. numbers: the hours of each."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, of in numbers.items():
        for hour in of:
            members[hour].append(number)
    return [("SADD", repo_key(repo, f"hour:{hour}"), *found) for hour, found in members.items()]


def seconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(seconds=1)


def hours_between(since: datetime, until: datetime) -> range:
    """The hours that `[since, until)` has a part of."""
    return range((since - _EPOCH) // _HOUR, -((_EPOCH - until) // _HOUR))


def _each(script: str, repo: str, entries: Mapping[str, Mapping[int, int]]) -> list[Command]:
    return [
        ("EVAL", script, 1, repo_key(repo, index), *(part for pair in numbers.items() for part in pair))
        for index, numbers in entries.items()
    ]
