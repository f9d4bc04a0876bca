"""How far the mirror of a repository reaches, and what it lacks: one small record each.

Changed only by who holds the repository's lease: each change carries the lease's fencing token, and one of an earlier
holder does nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_bytes
from typing import TYPE_CHECKING

from adapters.store.codec import Codec
from adapters.store.keys import repo_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.store.connection import Connection

MOST_GLANCES = 50
"""Looks at the far past that are remembered; what an older one looked at is looked at again when it is asked for."""

# What is sent again because its reply was lost is told that it was done: it must not be applied twice.
_CHANGE = """
if redis.call('HGET', KEYS[1], 'by') == ARGV[4] then return 1 end
if tonumber(ARGV[2]) < tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') then return -1 end
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[1], 'fence', ARGV[2], 'data', ARGV[3], 'by', ARGV[4])
return 1
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Items that GitHub's index counts among those updated in `[since, until)` and that could not be seen."""

    since: datetime
    until: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Glance:
    """Something is known of `[since, until)`, but not all. reasons: keys below `[coverage]` in the language files."""

    since: datetime
    until: datetime
    reasons: tuple[str, ...]

    def holds(self, since: datetime, until: datetime) -> bool:
        return self.since <= since and until <= self.until

    @property
    def of_a_file(self) -> bool:
        """Whether a file told it, and not GitHub."""
        return "imported" in self.reasons


@dataclass(frozen=True, slots=True)
class MirrorState:
    """How far the mirror of `repo` reaches. Instants are aware UTC.

    repo: the name as GitHub spells it; where that is another one than it is kept under, the repository was renamed, and
    nothing else is told here.
    synced_until: the watermark, by GitHub's clock: all that was updated before it is stored.
    synced_at: by our clock, when GitHub was last asked.
    mirror_from: every item updated since then is held; None: nothing yet. whole: there is nothing older.
    text_from: the text of items that were not updated since was dropped.
    gaps: what is missing inside the reach. glances: spans outside of it that something is known of.
    issues, pull_requests: how many GitHub has.
    reconciled_at: when the mirror was last held against GitHub item by item, by our clock.
    reconciling_since: the watermark at which that was begun and not ended.
    """

    repo: str
    is_private: bool = False
    synced_until: datetime | None = None
    synced_at: datetime | None = None
    mirror_from: datetime | None = None
    whole: bool = False
    text_from: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    glances: tuple[Glance, ...] = ()
    issues: int | None = None
    pull_requests: int | None = None
    reconciled_at: datetime | None = None
    reconciling_since: datetime | None = None

    def reaches(self, since: datetime) -> bool:
        """Whether everything since then is held, up to the watermark."""
        return self.mirror_from is not None and (self.whole or self.mirror_from <= since)

    def glanced_at(self, since: datetime, until: datetime) -> Glance | None:
        """What something is known by of that part of `[since, until)` which lies before the reach: rather a look at
        GitHub than a file."""
        until = min(until, self.mirror_from or until)
        holding = [glance for glance in self.glances if glance.holds(since, until)]
        return min(holding, key=lambda glance: glance.of_a_file, default=None)

    def with_glance(self, new: Glance) -> MirrorState:
        """The state with one more glance, without those that tell nothing beside it."""
        others = [
            each
            for each in self.glances
            if not new.holds(each.since, each.until) or (new.of_a_file and not each.of_a_file)
        ]
        files = [each for each in (*others, new) if each.of_a_file]
        looks = [each for each in (*others, new) if not each.of_a_file]
        return replace(self, glances=(*files, *looks[-MOST_GLANCES:]))


class Overtaken(Exception):
    """Another process holds the lease now; what this one was about to record is its business no more."""


_STATE: Codec[MirrorState] = Codec(MirrorState)


class States:
    """The states of the mirrors, by repository in any case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def load(self, repo: str) -> MirrorState:
        """The state; an empty one for a repository that was never mirrored, for a renamed one that of its new name."""
        state = (await self._load(repo))[1]
        return state if _is_called(state, repo) else await self.load(state.repo)

    async def rename(self, repo: str, fence: int, name: str, name_fence: int) -> None:
        """Know that `repo` is called `name` now, whose mirror begins anew unless there is one already. Needs the leases
        of both. Raises Overtaken."""
        # first the new name: if that was an old one of this repository it must not lead back here
        await self.change(
            name, name_fence, lambda state: state if _is_called(state, name) else MirrorState(name)
        )
        await self.change(repo, fence, lambda _state: MirrorState(name))

    async def change(
        self, repo: str, fence: int, change: Callable[[MirrorState], MirrorState]
    ) -> MirrorState:
        """Replace the state by what `change` makes of it. Raises Overtaken."""
        key = repo_key(repo, "state")
        while True:
            rev, state = await self._load(repo)
            changed = change(state)
            if changed == state:
                return state
            data = _STATE.dump(changed)
            done = await self._connection.call("EVAL", _CHANGE, 1, key, rev, fence, data, token_bytes(8))
            if done == 1:
                return changed
            if done == -1:
                raise Overtaken

    async def _load(self, repo: str) -> tuple[str, MirrorState]:
        rev, data = await self._connection.call("HMGET", repo_key(repo, "state"), "rev", "data")
        return (rev.decode() if rev else "0"), _STATE.load(data) if data else MirrorState(repo)


def _is_called(state: MirrorState, name: str) -> bool:
    return state.repo.lower() == name.lower()
