"""Mends of topics, by repository: those that hold and those that were proposed, in one hash each.

Of each target only the newest mend is kept, so a hash is as small as what was decided. A proposal is known by what it
proposes: to propose the same again adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from adapters.store.codec import Codec
from summarizer.topics.mends import Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from adapters.store.connection import Connection

# What is sent again because its reply was lost is not applied twice, even if others changed something in between: the
# last 64 changes are remembered, more than there are in the seconds for which a command is sent again.
_CHANGE: Final = """
local done = redis.call('HGET', KEYS[1], 'done') or ''
if string.find(done, ARGV[2], 1, true) then return 1 end
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[1], 'done', string.sub(done .. ARGV[2], -1024))
local gone = tonumber(ARGV[3])
for at = 4, 3 + gone do redis.call('HDEL', KEYS[1], ARGV[at]) end
for at = 4 + gone, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
"""
_ACTIONS: Final = ("add", "remove")
_MEND: Final[Codec[Mend]] = Codec(Mend)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mend that somebody proposed who may not decide. id: the same for the same action on the same target."""

    id: str
    mend: Mend


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a repository. revision: grows with every change, 0 where there never was one.

    mends: those that hold, one a target; proposals: those that wait. Both from the oldest to the newest.
    """

    mends: tuple[Mend, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    revision: int = 0

    def held(self, mend: Mend) -> Mend | None:
        """What was decided about the target of `mend`."""
        same = (each for each in self.mends if (each.topic, each.target) == (mend.topic, mend.target))
        return next(same, None)

    def proposed(self, id_: str) -> Mend | None:
        """The proposal of that id."""
        return next((each.mend for each in self.proposals if each.id == id_), None)


def proposal_id(mend: Mend) -> str:
    """The id that the mend has, or would have, as a proposal."""
    return _proposal(mend, mend.action)


class Mends:
    """The mends of topics, by repository in any case. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def revision(self, repo: str) -> int:
        """That of `load`, read alone."""
        return int(await self._connection.call("HGET", _key(repo), "rev") or 0)

    async def load(self, repo: str) -> Kept:
        fields: Mapping[bytes, bytes] = await self._connection.call("HGETALL", _key(repo))
        mends: list[Mend] = []
        proposals: list[Proposal] = []
        for field, value in fields.items():
            kind, _, id_ = field.decode().partition(":")
            if kind == "mend":
                mends.append(_MEND.load(value))
            elif kind == "proposal":
                proposals.append(Proposal(id_, _MEND.load(value)))
        mends.sort(key=lambda mend: (mend.at, mend.topic, mend.target))
        proposals.sort(key=lambda proposal: (proposal.mend.at, proposal.id))
        return Kept(tuple(mends), tuple(proposals), int(fields.get(b"rev", 0)))

    async def add(self, repo: str, mend: Mend, *, proposed: bool) -> Kept:
        """Keep a mend, or a proposal unless the same waits already; what is kept then.

        A mend takes the place of that on its target, and settles what was proposed for it: so a proposal is accepted.
        """
        self._connection.room.admit()
        if not proposed:
            return await self._change(repo, lambda _kept: (_proposals(mend), {_mend(mend): mend}))
        id_ = proposal_id(mend)
        return await self._change(
            repo, lambda kept: None if kept.proposed(id_) else ((), {f"proposal:{id_}": mend})
        )

    async def reject(self, repo: str, id_: str) -> Kept:
        """Drop a proposal."""
        self._connection.room.admit()
        return await self._change(
            repo, lambda kept: ((f"proposal:{id_}",), {}) if kept.proposed(id_) else None
        )

    async def disown(self, repo: str, by: str, instead: str) -> int:
        """Let `instead` have decided and proposed what `by` has; how much that is."""
        count = 0

        def disowned(kept: Kept) -> _Change | None:
            nonlocal count
            theirs = {_mend(each): each for each in kept.mends if each.by == by}
            theirs |= {f"proposal:{each.id}": each.mend for each in kept.proposals if each.mend.by == by}
            count = len(theirs)
            return (
                ((), {field: replace(each, by=instead) for field, each in theirs.items()}) if theirs else None
            )

        await self._change(repo, disowned)
        return count

    async def drop(self, repo: str, target: str) -> int:
        """Forget what was decided and proposed about a target; how much that was."""
        count = 0

        def without(kept: Kept) -> _Change | None:
            nonlocal count
            gone = [_mend(each) for each in kept.mends if each.target == target]
            gone += [f"proposal:{each.id}" for each in kept.proposals if each.mend.target == target]
            count = len(gone)
            return (gone, {}) if gone else None

        await self._change(repo, without)
        return count

    async def _change(self, repo: str, change: Callable[[Kept], _Change | None]) -> Kept:
        """Apply what `change` makes of what is kept: fields that go and mends by the fields that they are put in."""
        while True:
            kept = await self.load(repo)
            changed = change(kept)
            if changed is None:
                return kept
            gone, new = changed
            values = [part for field, mend in new.items() for part in (field, _MEND.dump(mend))]
            done = await self._connection.call(
                "EVAL", _CHANGE, 1, _key(repo), kept.revision, token_hex(8), len(gone), *gone, *values
            )
            if done == 1:
                return await self.load(repo)


_Change = tuple["Collection[str]", "Mapping[str, Mend]"]


def _key(repo: str) -> str:
    return f"vllm-digest:mends:{{{repo.lower()}}}"  # GitHub ignores case in names


def _mend(mend: Mend) -> str:
    return f"mend:{mend.topic}:{mend.target}"


def _proposal(mend: Mend, action: str) -> str:
    return f"{action}:{mend.topic}:{mend.target}"


def _proposals(mend: Mend) -> tuple[str, ...]:
    """The fields of all that may be proposed for the target."""
    return tuple(f"proposal:{_proposal(mend, action)}" for action in _ACTIONS)
