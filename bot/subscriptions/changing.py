"""Changing: what people do to subscriptions that are there - end, pause, resume and move them, one or all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.chat import Context, Offer, Reply
from bot.managers import speaker
from bot.subscriptions.confirming import to_come
from bot.subscriptions.destinations import Destinations, is_local, team_of
from bot.subscriptions.phrases import moment, order, where
from bot.subscriptions.registry import EVERYWHERE, KEEP_ENDED
from summarizer.errors import BadInput
from summarizer.languages import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.grammar.commands import Options, ScheduleCommand, WatchCommand
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.ordering import Ordering
    from bot.subscriptions.registry import Registry
    from bot.subscriptions.sight import Sight


@dataclass(frozen=True, slots=True)
class Asked:
    """Where something was asked, and how to speak there. tz: of times that belong to no subscription."""

    context: Context
    words: Language
    tz: str

    def reply(self, lines: Iterable[str], offers: tuple[Offer, ...] = ()) -> Reply:
        return Reply("\n".join(lines), self.words.code, offers=offers)


class Changing:
    """Changes them for those who may."""

    def __init__(
        self,
        *,
        registry: Registry,
        sight: Sight,
        destinations: Destinations,
        ordering: Ordering,
        repo: str,
        now: Callable[[], datetime],
    ) -> None:
        """repo: the default one."""
        self._registry = registry
        self._sight = sight
        self._destinations = destinations
        self._ordering = ordering
        self._repo = repo
        self._now = now

    async def __call__(self, command: ScheduleCommand | WatchCommand, asked: Asked) -> Reply:
        """Do `unsubscribe`, `unwatch`, `pause`, `resume` or `move`. Raises BadInput, StoreError, and what the gate
        raises."""
        target = command.target or ""
        if target.lower() == "all":
            return await (self._pause_all(asked) if command.action == "pause" else self._resume_all(asked))
        one = await self._sight.own(target, asked.context)
        match command.action:
            case "pause":
                return await self._pause(one, asked)
            case "resume":
                return await self._resume(one, asked)
            case "move":
                return await self._move(one, command.options, asked)
            case _:
                return await self._end(one, command.action, asked)

    async def _end(self, one: Subscription, action: str, asked: Asked) -> Reply:
        if one.state == "ended":
            return self._unchanged(one, asked)
        one = await self._change(one, lambda each: replace(each, state="ended", reason=""), action, asked)
        line = asked.words.text("subscriptions.ended", n=KEEP_ENDED.days, **self._told(one, asked))
        return asked.reply([line], (Offer("undo", f"resume {one.id}"),))

    async def _pause(self, one: Subscription, asked: Asked) -> Reply:
        if one.state in ("paused", "ended"):
            return self._unchanged(one, asked)
        one = await self._change(one, lambda each: replace(each, state="paused", reason=""), "pause", asked)
        line = asked.words.text("subscriptions.paused", **self._told(one, asked))
        return asked.reply([line], (Offer("resume", f"resume {one.id}"),))

    async def _resume(self, one: Subscription, asked: Asked) -> Reply:
        if one.state == "active":
            return self._unchanged(one, asked)
        if not self._destinations.may(one.destination, asked.context):
            raise BadInput("subscriptions.managers")  # its owner may have ruled there once
        await self._ordering.readable(one, one.destination)
        now = self._now()

        def resumed(each: Subscription) -> Subscription:
            # a person wanted no posts meanwhile; what we suspended is caught up with
            starts = each.starts if each.state == "suspended" else now
            return replace(each, state="active", reason="", starts=starts)

        one = await self._change(one, resumed, "resume", asked)
        line = asked.words.text("subscriptions.resumed", **self._told(one, asked))
        return asked.reply([line, *to_come(one, asked.words, now, "next")])

    async def _move(self, one: Subscription, options: Options, asked: Asked) -> Reply:
        at = await self._destinations.chosen(options, asked.context)
        if one.state == "ended":
            return self._unchanged(one, asked)
        if str(at) == str(one.destination):
            return asked.reply([asked.words.text("subscriptions.there_already", **self._told(one, asked))])
        await self._ordering.readable(one, at)
        one = await self._change(one, lambda each: replace(each, destination=at), "move", asked)
        told = self._told(one, asked)
        lines = [asked.words.text("subscriptions.moved", **told)]
        if one.state != "active":
            state = asked.words.text(f"subscriptions.state.{one.state}")
            lines.append(asked.words.text("subscriptions.still", state=state, **told))
        return asked.reply(lines)

    async def _pause_all(self, asked: Asked) -> Reply:
        scope = self._scope(asked)
        told = {"scope": scope_told(scope, asked.words, own=scope)}
        halted = (await self._registry.halts()).get(scope)
        if halted is not None:
            when = moment(halted.at, asked.tz, asked.words)
            return asked.reply([asked.words.text("subscriptions.paused_all_already", when=when, **told)])
        await self._registry.halt(scope, speaker(asked.context))
        line = asked.words.text("subscriptions.paused_all", **told)
        return asked.reply([line], (Offer("resume", "resume all"),))

    async def _resume_all(self, asked: Asked) -> Reply:
        scope = self._scope(asked)
        was_halted = await self._registry.lift(scope, speaker(asked.context))
        key = "resumed_all" if was_halted else "resumed_none"
        lines = [asked.words.text(f"subscriptions.{key}", scope=scope_told(scope, asked.words, own=scope))]
        others = dict(await self._registry.halts())
        above = others.pop(EVERYWHERE, None)
        if above is not None:
            when = moment(above.at, asked.tz, asked.words)
            lines.append(asked.words.text("subscriptions.still_halted", when=when))
        if others and scope == EVERYWHERE:
            lines.append(asked.words.text("subscriptions.halted_by_others", scopes=sorted(others)))
        return asked.reply(lines)

    def _scope(self, asked: Asked) -> str:
        """What `all` are. Raises BadInput for those who do not manage them."""
        if is_local(asked.context):
            return EVERYWHERE
        if not self._sight.managers.includes(asked.context):
            raise BadInput("subscriptions.managers")
        team = team_of(asked.context)
        if not team:
            raise BadInput("subscriptions.no_team")
        return f"{asked.context.surface}:{team}"

    async def _change(
        self, one: Subscription, change: Callable[[Subscription], Subscription], what: str, asked: Asked
    ) -> Subscription:
        return await self._registry.change(one.id, change, by=speaker(asked.context), what=what)

    def _unchanged(self, one: Subscription, asked: Asked) -> Reply:
        state = asked.words.text(f"subscriptions.state.{one.state}")
        key = "unchanged_ended" if one.state == "ended" else "unchanged"
        line = asked.words.text(f"subscriptions.{key}", state=state, **self._told(one, asked))
        return asked.reply([line])

    def _told(self, one: Subscription, asked: Asked) -> dict[str, str]:
        return {
            "id": one.id,
            "order": order(one, repo=self._repo),
            "where": where(one.destination, asked.words, asked.context),
        }


def scope_told(scope: str, words: Language, *, own: str) -> str:
    """Where posts are stopped, in words. own: the scope of who is told."""
    if scope == EVERYWHERE:
        return words.text("subscriptions.scope.all")
    return words.text(f"subscriptions.scope.{scope.partition(':')[0]}") if scope == own else scope
