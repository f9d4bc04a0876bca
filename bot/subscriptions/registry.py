"""The registry: which subscriptions there are. It is the same for all processes, and each change is written down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import structlog

from adapters.store.codec import Codec
from adapters.store.subscriptions import MOST_NOTES
from bot.subscriptions import records
from bot.subscriptions.audit import CHANGE, Change, change_of, line, team_of
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from adapters.store import Store
    from bot.subscriptions.model import Subscription

log = structlog.get_logger()

KEEP_ENDED: Final = timedelta(days=30)
"""How long one that was ended can be had back."""

EVERYWHERE: Final = "*"
"""The scope of a stop of all posts."""

US: Final = "us"
"""Who changes what no person asked for."""

_NOTES: Final = 500  # read at a time


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop of all posts. by: who asked for it, as `DIGEST_MANAGERS` names them or "shell"."""

    at: datetime
    by: str


_HALT: Codec[Halt] = Codec(Halt)


class Registry:
    """Subscriptions by id. What a process has seen it keeps, and asks only for what has changed since.

    Every method raises StoreError. Whatever a method has changed is on the server's disk when it returns, as far as the
    server tells (`add` says whether it does).
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """now: aware."""
        self._store = store.subscriptions
        self._now = now
        self._known: dict[str, Subscription] = {}  # not ended
        self._sequence = 0
        self._looking = asyncio.Lock()

    async def add(self, new: Subscription, by: str) -> tuple[Subscription, bool]:
        """Keep it under the next number; whether it is on disk too. by: who asks, as `DIGEST_MANAGERS` names them.

        Raises BadInput `subscriptions.twin` for one that is not ended and does the same.
        """
        kind: Literal["s", "w"] = "w" if new.is_watch else "s"
        note = self._note(by, "watch" if new.is_watch else "subscribe", None, new)
        written = await self._store.add(kind, records.dump(new), twin=records.twin(new), note=note)
        if written.twin:
            raise BadInput("subscriptions.twin", id=written.twin)
        if not written.on_disk:
            log.warning("subscription not yet on disk", id=written.id)
        return replace(new, id=written.id), written.on_disk

    async def get(self, id: str) -> Subscription | None:  # noqa: A002 - the word of all platforms
        """That one, also while it is ended and can be had back."""
        [stored] = await self._store.load(id)
        found = None if stored is None else records.load(stored)
        return None if found is None or records.is_erased(found) else found

    async def all(self) -> Sequence[Subscription]:
        """Those that are not ended, by number."""
        async with self._looking:
            sequence, changed = await self.changed(self._sequence)
            if sequence < self._sequence:  # an earlier state was restored
                self._known.clear()
            self._sequence = sequence
            for each in changed:
                if each.state == "ended":
                    self._known.pop(each.id, None)
                else:
                    self._known[each.id] = each
            return _by_number(self._known.values())

    async def changed(self, since: int) -> tuple[int, Sequence[Subscription]]:
        """The sequence now, and those that changed after `since`, in that order: ended ones too, all of them for 0."""
        sequence, stored = await self._store.changed(since)
        return sequence, [found for each in stored if (found := records.readable(each)) is not None]

    async def of_team(self, platform: str, team: str) -> Sequence[Subscription]:
        """Those that post in that workspace or on that server and are not ended, by number."""
        return [each for each in await self.all() if _is_in(each, platform, team)]

    async def of_owner(self, owner: str) -> Sequence[Subscription]:
        """Those that this person made ("slack-user:U0123") and that are not ended, by number."""
        return [each for each in await self.all() if each.owner == owner]

    async def change(
        self,
        id: str,  # noqa: A002
        change: Callable[[Subscription], Subscription],
        *,
        by: str,
        what: str,
    ) -> Subscription:
        """What `change` makes of it, which is asked again where another change came in between. Nothing is written
        where it stays as it is. what: for the audit list, such as "pause".

        Raises BadInput: `subscriptions.none` where there is none, `subscriptions.twin` where it would be like another;
        and what `change` raises.
        """
        changed = await self._change(id, change, by, what)
        if changed is None:
            raise BadInput("subscriptions.none", id=id)
        return changed[1]

    async def suspend(self, id: str, reason: str, by: str = US) -> bool:  # noqa: A002
        """Stop it until a person resumes it; False where it was not active. Whoever gets True tells the owner."""

        def suspended(one: Subscription) -> Subscription:
            return replace(one, state="suspended", reason=reason) if one.state == "active" else one

        changed = await self._change(id, suspended, by, f"suspend:{reason}")
        return changed is not None and changed[0].state != changed[1].state

    async def suspend_team(self, platform: str, team: str, reason: str) -> Sequence[Subscription]:
        """Suspend all that post in that workspace or on that server; those that were active, for their owners to be
        told."""
        return await self._suspend_all(await self.of_team(platform, team), reason)

    async def suspend_channel(
        self, platform: str, team: str, channel: str, reason: str
    ) -> Sequence[Subscription]:
        """Suspend all that post in that channel; those that were active."""
        there = [each for each in await self.of_team(platform, team) if each.destination.channel == channel]
        return await self._suspend_all(there, reason)

    async def audit(
        self,
        *,
        id: str | None = None,  # noqa: A002
        team: str | None = None,
        limit: int,
    ) -> Sequence[Change]:
        """The last changes, of one subscription or of one team ("slack:T0123") where that is given, newest first."""
        found: list[Change] = []
        start = 0
        while len(found) < limit:
            notes = await self._store.notes(start, _NOTES)
            for id_, data in notes:
                change = change_of(id_, data) if id in (None, id_) else None
                if change is not None and team in (None, change.team):
                    found.append(change)
            if len(notes) < _NOTES:
                break
            start += _NOTES
        return found[:limit]

    async def planned(self) -> Mapping[str, datetime]:
        """The last due that was planned, by id; none where none was."""
        return await self._store.planned()

    async def set_planned(self, at: Mapping[str, datetime]) -> None:
        """These were planned so far; what was planned further stays so."""
        await self._store.set_planned(at)

    async def replan(self, id: str, at: datetime) -> None:  # noqa: A002
        """Have what is due after that instant planned again."""
        await self._store.replan(id, at)

    async def halt(self, scope: str, by: str) -> None:
        """Stop all posts of a team ("slack:T0123") or `EVERYWHERE`; one that was stopped stays as it was."""
        halt = Halt(self._now(), by)
        team = "" if scope == EVERYWHERE else scope
        note = CHANGE.dump(Change(halt.at, by, "pause all", team=team))
        await self._store.halt(scope, _HALT.dump(halt), note=note)

    async def lift(self, scope: str, by: str) -> bool:
        """Let them go on; False where they were not stopped."""
        team = "" if scope == EVERYWHERE else scope
        return await self._store.lift(
            scope, note=CHANGE.dump(Change(self._now(), by, "resume all", team=team))
        )

    async def halts(self) -> Mapping[str, Halt]:
        """What is stopped, by scope."""
        return {scope: _HALT.load(data) for scope, data in (await self._store.halts()).items()}

    async def erase(self, ids: Collection[str]) -> int:
        """Drop all that is known of these, what the audit list tells of them too; how many there were.

        What is left of each is an ended one without a place or a person, so that all processes learn that it ended.
        """
        count = 0
        for id_ in ids:
            changed = await self._change(id_, records.erased, US, "erase")
            count += changed is not None and not records.is_erased(changed[0])
        await self._store.forget_notes(*ids)
        return count

    async def disown(self, ids: Collection[str]) -> int:
        """Let nobody have made these, which go on; how many that was changed of."""
        changed = [await self._change(id_, _without_owner, US, "disown") for id_ in ids]
        return sum(each is not None and each[0] != each[1] for each in changed)

    async def disown_halts(self, by: str, instead: str) -> int:
        """Let `instead` have stopped what `by` has; how many stops that were. They hold on."""
        theirs = {scope: halt for scope, halt in (await self.halts()).items() if halt.by == by}
        for scope, halt in theirs.items():
            await self._store.change_halt(scope, _HALT.dump(replace(halt, by=instead)))
        return len(theirs)

    async def forget_changes(self, chosen: Callable[[Change], bool]) -> int:
        """Drop what is chosen of the audit list; how much that was."""
        notes = await self._store.notes(0, MOST_NOTES)
        gone = [
            (id_, data)
            for id_, data in notes
            if (change := change_of(id_, data)) is not None and chosen(change)
        ]
        for id_, data in gone:
            await self._store.forget_note(id_, data)
        return len(gone)

    async def purge(self, older_than: timedelta = KEEP_ENDED) -> int:
        """Drop those that were ended longer ago than that; how many there were."""
        until = self._now() - older_than
        _, every = await self.changed(0)
        gone = [each.id for each in every if each.state == "ended" and (each.changed_at or until) <= until]
        await self._store.remove(*gone)
        return len(gone)

    async def _suspend_all(self, found: Iterable[Subscription], reason: str) -> Sequence[Subscription]:
        return [
            replace(each, state="suspended", reason=reason)
            for each in found
            if each.state == "active" and await self.suspend(each.id, reason)
        ]

    async def _change(
        self,
        id_: str,
        change: Callable[[Subscription], Subscription],
        by: str,
        what: str,
    ) -> tuple[Subscription, Subscription] | None:
        """How it was and how it is; None where there is none."""
        while True:
            [stored] = await self._store.load(id_)
            if stored is None:
                return None
            before = records.load(stored)
            after = replace(change(before), id=id_)
            if records.dump(after) == stored.data:
                return before, before
            after = replace(after, changed_at=self._now())
            written = await self._store.change(
                stored,
                records.dump(after),
                twin=records.twin(after),
                note=self._note(by, what, before, after),
            )
            if written is None:
                continue
            if written.twin:
                raise BadInput("subscriptions.twin", id=written.twin)
            if not written.on_disk:
                log.warning("change of a subscription not yet on disk", id=id_)
            return before, after

    def _note(self, by: str, what: str, before: Subscription | None, after: Subscription) -> bytes:
        earlier = "" if before is None else line(before)
        return CHANGE.dump(
            Change(self._now(), by, what, team=team_of(after), before=earlier, after=line(after))
        )


def _by_number(found: Iterable[Subscription]) -> list[Subscription]:
    return sorted(found, key=lambda each: int(each.id[1:]))


def _is_in(one: Subscription, platform: str, team: str) -> bool:
    return (one.destination.platform, one.destination.team) == (platform, team)


def _without_owner(one: Subscription) -> Subscription:
    return replace(one, owner="")
