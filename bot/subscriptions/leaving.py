"""Leaving: where the bot was removed nothing is posted any more, and what is kept of it goes after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.forgetting import Forgetting
    from bot.forgetting.gone import Gone
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry
    from summarizer.languages import Language

log = structlog.get_logger()

REMOVED: Final = "removed"
"""See `adapters.chat.delivering.Reason`."""

LATE: Final = timedelta(minutes=5)
"""What is said in a workspace may be told so long after the bot was removed from it; later than that, it is back."""


class Leaving:
    """Every method raises StoreError."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        forgetting: Forgetting,
        *,
        tell: Callable[[Subscription, str], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        """tell: tells the owner of a subscription that it is suspended, and for which reason. now: of real time, which
        a clock that was set by hand does not change."""
        self._members = store.members
        self._workspaces = store.workspaces
        self._registry = registry
        self._forgetting = forgetting
        self._tell = tell
        self._now = now

    async def left(self, surface: str, team: str, channel: str = "") -> Sequence[Subscription]:
        """The bot was removed from a channel, or from a whole workspace or server: what is posted there is suspended,
        and each owner told once. Those that were."""
        if channel:
            stopped = await self._registry.suspend_channel(surface, team, channel, REMOVED)
        else:
            await self._members.depart(f"{surface}:{team}", self._now())
            stopped = await self._registry.suspend_team(surface, team, REMOVED)
        log.info("left", surface=surface, team=team, channel=channel, suspended=len(stopped))
        for one in stopped:
            await self._tell(one, REMOVED)
        return stopped

    async def came_back(self, surface: str, team: str) -> bool:
        """The bot was added again: what is kept of the workspace or server stays. What was suspended stays so until
        somebody resumes it. False where it was not known to be gone."""
        return await self._members.come_back(f"{surface}:{team}")

    async def purge(self, older_than: timedelta) -> Mapping[str, tuple[datetime, Gone]]:
        """Forget the workspaces and servers that were left so long ago; what went, and when each was left.
        Subscriptions that were ended long ago go as well."""
        await self._registry.purge()
        purged: dict[str, tuple[datetime, Gone]] = {}
        for team, at in sorted((await self._members.departed()).items()):
            if await self._is_back(team, at):
                await self._members.come_back(team)
                log.info("back again", team=team)
            elif at <= self._now() - older_than:
                gone = await self._forgetting.team(team)
                purged[team] = (at, gone)
                log.info("purged", team=team, gone=dict(gone.counts))
        return purged

    async def told(self, older_than: timedelta, words: Language) -> str:
        """`purge`, and Markdown that tells what went."""
        purged = await self.purge(older_than)
        if not purged:
            return words.text("forgetting.none")
        lines: list[str] = []
        for team, (at, gone) in purged.items():
            lines += ["", words.text("forgetting.purged", what=team, at=moment_label(at, "UTC"))]
            lines += gone.lines(words) or [words.text("forgetting.nothing", what=team)]
        return "\n".join([*lines[1:], "", words.text("forgetting.elsewhere")])

    async def _is_back(self, team: str, left_at: datetime) -> bool:
        """Whether the bot is there again although nobody told: somebody spoke to it, installed it, or resumed what is
        posted there."""
        seen = (await self._members.seen()).get(team)
        if seen is not None and seen > left_at + LATE:
            return True
        platform, _, id_ = team.partition(":")
        if platform == "slack" and id_ in await self._workspaces.ids():
            return True
        return any(one.state == "active" for one in await self._registry.of_team(platform, id_))
