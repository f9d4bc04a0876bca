"""A desk for tests that takes subscriptions and keeps them in memory: the grammar's lines in, sentences and offers out.
Everything else is answered by the desk behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from adapters.chat import Context, Offer, Reply, Subscribed
from bot.grammar import parse
from bot.grammar.commands import ScheduleCommand, WatchCommand
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from tests.bot.talk import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = tuple[str, str]
"""A channel with its workspace, or a person with ""."""


@dataclass
class Subscriptions:
    """desk: that answers what else is said. failures: what the next lines about subscriptions fail with. heard: those
    lines, each with where it was said. places: that the bot has left."""

    desk: Any = None
    failures: list[Exception] = field(default_factory=list)
    kept: dict[str, tuple[Place, Subscribed]] = field(default_factory=dict)
    heard: list[tuple[str, Context]] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)
    holds: asyncio.Event | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, desk: Any) -> Subscriptions:  # noqa: ANN401 - a desk
        """Before this one."""
        self.desk = desk
        return self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a desk does
        return getattr(self.desk, name)

    async def __call__(self, line: str, context: Context) -> Reply:
        try:
            command = parse(line, surface="chat", conversation=False)
        except BadInput:
            command = None
        if not isinstance(command, ScheduleCommand | WatchCommand):
            reply: Reply = await self.desk(line, context)
            return reply
        self.heard.append((line, context))
        if self.holds is not None:
            await self.holds.wait()
        lang = await self.desk.language(context)
        try:
            if self.failures:
                raise self.failures.pop(0)
            return await self._done(command, context, lang)
        except DigestError as problem:
            return Reply(languages.load(lang).problem(problem), lang, problem=problem)

    async def subscriptions(self, context: Context) -> Sequence[Subscribed]:
        if self.failures:
            raise self.failures.pop(0)
        return [each for place, each in self.kept.values() if _is_seen(place, context)]

    async def may_subscribe(self, context: Context) -> bool:
        return context.is_admin or not context.team

    async def left(self, surface: str, team: str, channel: str = "") -> None:
        self.places.append((surface, team, channel))
        self.changed.set()

    async def until_left(self, count: int) -> None:
        """So many places. Raises TimeoutError."""
        async with asyncio.timeout(20):
            while len(self.places) < count:
                self.changed.clear()
                await self.changed.wait()

    async def _done(self, command: ScheduleCommand | WatchCommand, context: Context, lang: str) -> Reply:
        words = languages.load(lang)
        if command.action == "subscribe":
            return await self._made(command, context, lang)
        id_ = command.target or ""
        place, kept = self.kept.get(id_, (("", ""), None))
        if kept is None or not _is_seen(place, context):
            raise BadInput("subscriptions.none", id=id_)
        told = {"id": id_, "order": kept.line, "where": kept.where}
        if command.action == "test":
            reply: Reply = await self.desk("yesterday", context)
            return replace(reply, in_channel=True)  # as somebody has their answers otherwise
        if command.action in ("unsubscribe", "unwatch"):
            del self.kept[id_]
            offers = (Offer("undo", f"resume {id_}"),)
            return Reply(words.text("subscriptions.ended", n=30, **told), lang, offers=offers)
        state: Literal["active", "paused"] = "paused" if command.action == "pause" else "active"
        self.kept[id_] = (place, replace(kept, state=state))
        name = "paused" if state == "paused" else "resumed"
        return Reply(words.text(f"subscriptions.{name}", **told), lang)

    async def _made(self, command: ScheduleCommand | WatchCommand, context: Context, lang: str) -> Reply:
        options = command.options
        to = (options.suboptions.to or "").removeprefix("#")
        channel = dict(options.channels).get(to, to) or context.channel
        place = (context.team, channel) if channel else ("", context.person)
        if channel and not await self.may_subscribe(context):
            raise BadInput("subscriptions.managers")
        id_ = f"s{len(self.kept) + 1}"
        order = str(
            replace(command, options=replace(options, suboptions=replace(options.suboptions, to=None)))
        )
        where = f"in #{channel}" if channel else "to you alone"
        due = NOW + timedelta(hours=21)
        self.kept[id_] = (place, Subscribed(id_, order.partition(" ")[2], where, "active", due))
        text = languages.load(lang).text("subscriptions.made", id=id_, order=order, where=where)
        offers = (Offer("now", f"test {id_}"), Offer("undo", f"unsubscribe {id_}"))
        return Reply(text, lang, offers=offers)


def _is_seen(place: Place, context: Context) -> bool:
    """A workspace's subscriptions by all who speak there, a person's own by them alone."""
    team, id_ = place
    return team == context.team if team else id_ == context.person
