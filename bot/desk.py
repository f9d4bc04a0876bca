"""The desk: what chat platforms may ask for. Who asks is let in first, then answered, and may come back to it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from adapters import metrics
from adapters.chat import Context, Feedback, Recent, Reply, Scope
from adapters.metrics import table
from adapters.store.shown import RecentEntry
from bot.access import principal_of
from bot.belonging import note
from bot.commands import sentence
from bot.grammar import parse
from bot.grammar.commands import WindowCommand
from bot.grammar.expressions import Release
from bot.managers import speaker
from bot.telemetry.answered import outcome_of
from summarizer import languages
from summarizer.errors import BadInput, DigestError, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.chat import Subscribed, Surface
    from adapters.store import Store
    from bot.access import Access
    from bot.commands import Commands
    from bot.digests import Digests
    from bot.editions import Editions
    from bot.feedback import FeedbackBook
    from bot.places import Places
    from bot.rules import Rules
    from bot.subscriptions.commands import SubscriptionCommands
    from summarizer.digests import Digest

log = structlog.get_logger()

KEEP_LINE_S = 7 * 24 * 3600  # as long as a digest that was asked for
RECENT = 5
TOLD_ZONE_S = 10 * 365 * 24 * 3600
"""For how long somebody is not told again which time zone is assumed for them."""
LANGUAGE_S = 1.0
"""How long the store may take to tell somebody's language: nothing can be said before."""


class Desk:
    """See `adapters.chat.Desk`."""

    def __init__(
        self,
        *,
        commands: Commands,
        subscriptions: SubscriptionCommands,
        left: Callable[[str, str, str], Awaitable[object]],
        digests: Digests,
        editions: Editions,
        rules: Rules,
        feedback: FeedbackBook,
        places: Places,
        store: Store,
        access: Access,
        repos: Sequence[str],
        now: Callable[[], datetime],
    ) -> None:
        """repos: those of the settings, the default one first. left: takes note that the bot was removed from a team,
        or from a channel of it."""
        self._commands = commands
        self._subscriptions = subscriptions
        self._left = left
        self._digests = digests
        self._editions = editions
        self._rules = rules
        self._feedback = feedback
        self._places = places
        self._store = store
        self._access = access
        self._repos = tuple(repos)
        self._now = now

    async def __call__(self, line: str, context: Context) -> Reply:
        """See `adapters.chat.Desk`."""
        try:
            await self._rules.admit(context)
        except DigestError as problem:
            metrics.count(table.COMMANDS, surface=context.surface, outcome=outcome_of(problem))
            return await self._problem(problem, context)
        context = await self._places.filled(context)
        reply = await self._commands(line, context)
        if reply.answer is not None:
            reply = replace(reply, line=line)  # which asks the same where others read it
        if reply.digest is not None:
            await self._keep(reply, context)
            reply = await self._with_page(reply, reply.digest)
        return reply

    async def open(self, handle: str, context: Context, *, lang: str | None = None) -> Reply:
        """See `adapters.chat.Desk`."""
        try:
            # to turn its pages is no new line of anybody's; another language may take a model
            await self._rules.admit(context, is_counted=lang is not None)
            context = await self._places.filled(context)
            reader = principal_of(context)
            digest = await self._digests.open(handle, reader)
            line = await self._line(handle)
            if lang is None or lang == digest.lang:
                return await self._with_page(
                    Reply("", digest.lang, digest=digest, handle=handle, line=line), digest
                )
            command = parse(line, surface="chat", conversation=False) if line else None
            if isinstance(command, WindowCommand):
                command = replace(command, options=replace(command.options, lang=lang))
                line = str(command)
            if isinstance(command, WindowCommand) and isinstance(command.window, Release):
                # its window alone does not tell which pull requests went into it
                again = replace(context, conversation=None, as_written=True)
                reply = await self._commands.reply(command, again)
            else:
                made = await self._digests.again(digest, lang, reader, context.progress)
                reply = Reply("", lang, digest=made.digest, handle=made.handle, line=line)
            await self._keep(reply, context)
            return await self._with_page(reply, reply.digest or digest)
        except DigestError as problem:
            return await self._problem(problem, context)

    async def remember(self, line: str, context: Context) -> None:
        """See `adapters.chat.Desk`."""
        await self._commands.remember(line, context)

    async def recent(self, context: Context) -> Sequence[Recent]:
        """See `adapters.chat.Desk`."""
        found: list[Recent] = []
        for entry in await self._store.shown.newest(speaker(context)):
            state = await self._store.states.load(entry.repo)
            # what only this person sees may be what they asked for in a channel or in a direct message
            readers = (principal_of(context), principal_of(replace(context, team="")))
            # what only a file told, or nobody any more, is not known to be public
            is_private = state.is_private or state.synced_until is None
            if any(self._access.may_read(each, state.repo, private=is_private) for each in readers):
                found.append(Recent(entry.handle, entry.title, entry.repo, entry.at, entry.line))
        return found[:RECENT]

    async def preferences(self, context: Context, *, scope: Scope = "me") -> Mapping[str, str]:
        """See `adapters.chat.Desk`."""
        await self._rules.admit(context)
        if scope != "me":
            return await self._places.preferences(scope, context)
        return await self._commands.preferences(context)

    async def prefer(self, chosen: Mapping[str, str], context: Context, *, scope: Scope = "me") -> None:
        """See `adapters.chat.Desk`."""
        await self._rules.admit(context)
        if scope != "me":
            await self._places.prefer(chosen, scope, context)
        else:
            await self._commands.prefer(chosen, context)

    async def assumed_zone(self, context: Context) -> str:
        """See `adapters.chat.Desk`."""
        context = await self._places.filled(context)
        try:
            zone = await self._commands.assumed_zone(context)
            is_first = zone and await self._store.handled.claim(f"zone {speaker(context)}", TOLD_ZONE_S)
        except StoreError as error:
            log.warning("assumed zone not looked up", error=error.key)
            return ""
        return zone if is_first else ""

    async def repos(self, context: Context) -> Sequence[str]:
        """See `adapters.chat.Desk`."""
        if not self._rules.includes(context):
            return ()
        reader = principal_of(context)
        states = await asyncio.gather(*map(self._store.states.load, self._repos))
        return [
            name
            for name, state in zip(self._repos, states, strict=True)
            # nobody knows yet whether one is private that was never looked at
            if self._access.may_read(
                reader, state.repo, private=state.is_private or state.synced_until is None
            )
        ]

    async def subscriptions(self, context: Context) -> Sequence[Subscribed]:
        """See `adapters.chat.Desk`."""
        return await self._subscriptions.listed(context) if self._rules.includes(context) else ()

    async def may_subscribe(self, context: Context) -> bool:
        """See `adapters.chat.Desk`."""
        return self._rules.includes(context) and await self._subscriptions.may(context)

    async def left(self, surface: Surface, team: str, channel: str = "") -> None:
        """See `adapters.chat.Desk`."""
        await self._left(surface, team, channel)

    async def take(self, feedback: Feedback, context: Context) -> str:
        """See `adapters.chat.Desk`."""
        await self._rules.admit(context)
        revision, repo = 0, ""
        if feedback.about:
            with suppress(BadInput):  # a digest that has gone may still have been good or bad
                digest = await self._digests.open(feedback.about, principal_of(context))
                revision, repo = digest.revision, digest.facts.repo
        await self._feedback.take(feedback, context, revision, repo=repo)
        return languages.load(await self.language(context)).text("chat.said.thanks")

    async def language(self, context: Context) -> str:
        """See `adapters.chat.Desk`."""
        try:
            async with asyncio.timeout(LANGUAGE_S):
                return await self._commands.language(await self._places.filled(context))
        except (StoreError, TimeoutError):
            return context.lang or "en"  # something has to be said, above all that the store is away

    async def _problem(self, problem: DigestError, context: Context) -> Reply:
        lang = await self.language(context)
        return Reply(sentence(problem, lang), lang, problem=problem)

    async def _with_page(self, reply: Reply, digest: Digest) -> Reply:
        try:
            return replace(reply, page=await self._editions.page(digest))
        except StoreError as error:
            log.warning("page not looked up", error=error.key)
            return reply

    async def _line(self, handle: str) -> str:
        data = await self._store.cache.get(f"line:{handle}")
        return data.decode() if data else ""

    async def _keep(self, reply: Reply, context: Context) -> None:
        """What a digest was asked for with, and by whom. Without it the digest is as good."""
        assert reply.digest is not None  # noqa: S101 - told by whoever calls
        entry = RecentEntry(
            reply.handle, reply.digest.title, reply.digest.facts.repo, self._now(), reply.line
        )
        try:
            await self._store.cache.put(f"line:{reply.handle}", reply.line.encode(), KEEP_LINE_S)
            await note(self._store, context)
            await self._store.shown.add(speaker(context), entry)
        except StoreError as error:
            log.warning("shown digest not kept", error=error.key)
