"""Subscriptions as code: all of them as a TOML file, and a file put into effect once its plan was seen.

    [[subscription]]             [[watch]]
    id = "s3"                    id = "w4"
    to = "slack:T0123/C0123"     to = "discord:42/77"
    when = "daily 09:00"         filters = ["topic:amd", "-label:ci"]

What a file says is all there is: a table that is new adds one, and one that is missing ends it. A table belongs to the
one that posts the same to the same place, whatever its id, else to the one with its id: so a file from elsewhere can be
put into effect twice and changes nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.grammar.commands import Options
from bot.subscriptions.model import Subscription
from bot.subscriptions.reading import Entry, read
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.commands import Defaults
    from bot.subscriptions.choices import Choices
    from bot.subscriptions.registry import Registry


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change. add: without ids. change: how each is and how it would be. same: how many stay."""

    add: tuple[Subscription, ...] = ()
    change: tuple[tuple[Subscription, Subscription], ...] = ()
    end: tuple[Subscription, ...] = ()
    same: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.change or self.end)


class Code:
    """Writes and reads such files."""

    def __init__(
        self, registry: Registry, choices: Choices, defaults: Defaults, now: Callable[[], datetime]
    ) -> None:
        self._registry = registry
        self._choices = choices
        self._defaults = defaults
        self._now = now

    async def export(self, comment: str = "") -> str:
        """The file that says what there is. comment: a line that it begins with. Raises StoreError."""
        import tomli_w

        tables: dict[str, list[dict[str, Any]]] = {}
        for one in await self._registry.all():
            tables.setdefault("watch" if one.is_watch else "subscription", []).append(table(one))
        head = f"# {comment}\n\n" if comment else ""
        return head + tomli_w.dumps(tables)

    async def plan(self, text: str) -> Plan:
        """What the file would change; nothing is. Raises BadInput that names the table and the line of what is wrong,
        StoreError."""
        entries = read(text, self._choices, self._defaults, self._now())
        left = {one.id: one for one in await self._registry.all()}
        pairs = [(entry, _like(entry.one, left.values())) for entry in entries]
        taken = {found.id for _, found in pairs if found is not None}
        add: list[Subscription] = []
        change: list[tuple[Subscription, Subscription]] = []
        for entry, like in pairs:
            found = like or (left.get(entry.one.id) if entry.one.id not in taken else None)
            if found is None:
                add.append(replace(entry.one, id="", owner=entry.one.owner or "shell"))
                continue
            taken.add(found.id)
            after = self._put_over(found, entry)
            if after != found:
                change.append((found, after))
        end = tuple(one for one in left.values() if one.id not in taken)
        return Plan(tuple(add), tuple(change), end, len(left) - len(change) - len(end))

    async def apply(self, plan: Plan, by: str) -> None:
        """Put it into effect. by: who asks. Raises BadInput `subscriptions.file_stale` where one has changed since it
        was planned, StoreError; what was done until then stays, and the file can be planned again."""
        for one in plan.end:  # first, so that what takes their place is like no other
            await self._change(one, replace(one, state="ended", reason=""), by)
        for before, after in plan.change:
            await self._change(before, after, by)
        for one in plan.add:
            await self._registry.add(one, by)

    async def _change(self, before: Subscription, after: Subscription, by: str) -> None:
        def changed(now: Subscription) -> Subscription:
            if now != before:
                raise BadInput("subscriptions.file_stale", id=before.id)
            return after

        await self._registry.change(before.id, changed, by=by, what="apply")

    def _put_over(self, found: Subscription, entry: Entry) -> Subscription:
        """The subscription as the file has it; what a file does not tell stays."""
        told = entry.one
        starts = self._now() if found.state == "paused" and told.state == "active" else found.starts
        at = told.destination
        if at == found.destination:  # of which more may be known than a file says
            at = replace(found.destination, name=at.name or found.destination.name)
        return replace(
            told,
            id=found.id,
            destination=at,
            owner=told.owner or found.owner,
            created_at=found.created_at,
            starts=starts,
            changed_at=found.changed_at,
        )


def table(one: Subscription) -> dict[str, Any]:
    """A subscription as a file has it; what goes without saying is left out."""
    at = one.destination
    told: dict[str, Any] = {
        "id": one.id,
        "to": "terminal" if at.platform == "terminal" else str(at),
        "channel": at.name if at.channel else "",
        "is_shared": at.is_shared,
        "when": str(one.schedule or ""),
        "filters": [next(Options(filters=(each,)).words()) for each in one.filters],
        "repo": one.repo,
        "lang": one.lang,
        "tz": one.tz,
        "edition": "" if one.is_watch else one.edition,
        "cut": "" if one.is_watch else one.cut,
        "catchup": "" if one.is_watch else one.catchup,
        "sections": list(one.sections),
        "hush": str(one.hush or ""),
        "holidays": one.holidays,
        "max": f"{one.max_per_hour}/h" if one.is_watch else "",
        "quiet_if_empty": one.quiet_if_empty,
        "name": one.name,
        "state": "" if one.state == "active" else one.state,
        "reason": one.reason,
        "owner": one.owner,
    }
    return {key: value for key, value in told.items() if value not in ("", [], False)}


def _like(one: Subscription, among: Iterable[Subscription]) -> Subscription | None:
    twin = one.twin
    return next((each for each in among if each.twin == twin), None)
