"""Text -> command -> reply, the same on every surface."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from adapters.chat import Reply
from bot.access import principal_of
from bot.conversations import Said
from bot.digests import DigestRequest, Made
from bot.grammar import language_in, parse
from bot.grammar.commands import (
    Command,
    Options,
    Question,
    Refinement,
    ScheduleCommand,
    WatchCommand,
    WhyCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.help import first_help, help_page
from bot.grammar.spelling import problem_told
from bot.telemetry.answered import counted
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.chat import Context
    from bot.access import Access
    from bot.ask import Ask
    from bot.conversations import Conversations
    from bot.digests import Digests
    from bot.grammar.options import Surface
    from bot.mends import MendTopics
    from bot.mirrors import Mirrors
    from bot.people import Known, People
    from bot.subscriptions.commands import SubscriptionCommands
    from bot.topicfile import Topics
    from bot.why import Why
    from summarizer.models import Prompt
    from summarizer.render import Format as ShellFormat

_NUMBER = re.compile(r"\s*[(（]?([1-9])[.)。）、]?\s*")

AT_ONCE = 8
"""Lines that are taken apart at the same time: each takes a millisecond or two, and a hundred of them in one turn of
the event loop would keep all others waiting."""

FURTHEST_H = 24 * 366 * 1_000  # a sync reaches back; longer spans are none that a timedelta takes


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where neither the line nor the person says otherwise. lang None: English. catchup, holidays: of
    subscriptions."""

    repo: str
    tz: str
    lang: str | None
    catchup: Literal["once", "newest", "skip"] = "once"
    holidays: str = ""

    def language(self, options: Options, context: Context) -> str:
        return options.lang or context.lang or self.lang or "en"

    def zone(self, options: Options, context: Context) -> str:
        return options.tz or context.tz or self.tz


def sentence(problem: DigestError, lang: str) -> str:
    """The one line that a person sees."""
    return problem_told(problem, languages.load(lang))


class Commands:
    """Answers lines. It is the `Answerer` of every chat platform."""

    def __init__(
        self,
        *,
        digests: Digests,
        subscriptions: SubscriptionCommands,
        ask: Ask,
        why: Why,
        mirrors: Mirrors,
        mends: MendTopics,
        people: People,
        conversations: Conversations,
        topics: Topics,
        defaults: Defaults,
        access: Access,
    ) -> None:
        self._digests = digests
        self._subscriptions = subscriptions
        self._ask = ask
        self._why = why
        self._mirrors = mirrors
        self._mends = mends
        self._people = people
        self._conversations = conversations
        self._access = access
        self._topics = topics
        self._defaults = defaults
        self._room = asyncio.Semaphore(AT_ONCE)

    @counted
    async def __call__(self, line: str, context: Context) -> Reply:
        """See `adapters.chat.Answerer`."""
        surface: Surface = (
            "shell" if context.surface == "shell" else "slash" if context.is_command else "chat"
        )
        lang = context.lang or self._defaults.lang or "en"
        try:
            async with self._room:
                asked_in = language_in(line, surface=surface)
                lang = asked_in or lang
                known = await self._people.known(context)
                lang = asked_in or known.options.lang or lang
                # nothing was said where a slash command begins
                said = Said() if context.is_command else await self._conversations.load(context)
                choice = chosen(line, said.choices)
                command = choice or parse(
                    line,
                    surface=surface,
                    conversation=context.conversation is not None
                    and not (context.is_command or context.begins),
                    topics=self._topics.words,
                )
            if isinstance(command, Question):
                lang = self._ask.language(command, context, known)
            if not line.strip() and surface != "shell":
                words = languages.load(self._defaults.language(known.options, context))
                return Reply(first_help(words), words.code, format="text")
            reply = await self._reply(command, context, known, said)
            return replace(reply, in_channel=_goes_to_channel(command, known, reply))
        except DigestError as problem:
            return Reply(sentence(problem, lang), lang, problem=problem)

    async def reply(self, command: Command | Question, context: Context) -> Reply:
        """Answer one command. Raises DigestError."""
        known = await self._people.known(context)
        return await self._reply(command, context, known, await self._conversations.load(context))

    async def about(self, query: Query, options: Options, context: Context) -> Reply:
        """Answer a program's query. Raises DigestError."""
        known = await self._people.known(context)
        return await self._ask.about(query, context, known, await self._conversations.load(context), options)

    async def language(self, context: Context) -> str:
        """The language to speak with a person where no line tells one. Raises StoreError."""
        known = await self._people.known(context)
        return self._defaults.language(known.options, context)

    async def assumed_zone(self, context: Context) -> str:
        """The zone that holds because nobody chose one, "" where somebody did. Raises StoreError."""
        known = await self._people.known(context)
        return "" if known.options.tz or context.tz else self._defaults.tz

    async def preferences(self, context: Context) -> Mapping[str, str]:
        """See `adapters.chat.Desk`."""
        return await self._people.preferences(context)

    async def prefer(self, chosen: Mapping[str, str], context: Context) -> None:
        """See `adapters.chat.Desk`."""
        await self._people.prefer(chosen, context)

    async def remember(self, line: str, context: Context) -> None:
        """Let a conversation go on from a digest's line. Raises BadInput, StoreError."""
        await self._conversations.remember(line, context)

    async def prompt(self, section_id: str, command: WindowCommand, context: Context) -> Prompt:
        """What the model would be asked for a section of that digest. Raises DigestError."""
        return await self._digests.prompt(self._request(command, context), section_id, context.progress)

    async def _reply(
        self, command: Command | Question | Query, context: Context, known: Known, said: Said
    ) -> Reply:
        if isinstance(command, Query):
            return await self._ask.about(command, context, known, said)
        if isinstance(command, Refinement):
            # an edition is a digest's alone: how a digest is asked for while a question stands
            if said.query is not None and command.options.edition is None:
                return await self._ask.refined(command, context, known, said)
            command = _refined(command, said.digest)
        if isinstance(command, Question):
            return await self._ask(command, context, known, said)
        of_digest = isinstance(command, WindowCommand | WhyCommand)
        own = command.options
        filters = of_digest and not context.as_written
        command = replace(command, options=known.applied(own, filters=filters))
        if isinstance(command, WindowCommand):
            # whoever cuts it anew reads it in their own language and zone
            kept = replace(command, options=replace(command.options, lang=own.lang, tz=own.tz))
            await self._conversations.save(context, Said(digest=kept))
            return await self._digest(command, context)
        if isinstance(command, WhyCommand):
            return await self._why(command, context, last=said.digest)
        if command.options.format not in (None, "md"):
            raise BadInput("option.not_here", option="format", example="today format:json")
        if isinstance(command, WordCommand):
            return await self._word(command, context)
        if isinstance(command, ScheduleCommand | WatchCommand):
            return await self._subscriptions(command, context)
        raise BadInput("command.shell_only", command=str(replace(command, options=Options())))

    async def _word(self, command: WordCommand, context: Context) -> Reply:
        match command.word:
            case "help":
                return self._help(command, context)
            case "topics":
                return await self._list_topics(command, context)
            case "topic":
                return await self._mends(command, context)
            case "sync" | "status":
                return await self._mirror(command, context)
            case "prefs" | "iam":
                return await self._people(command, context)
            case "forget":
                lang = self._defaults.language(command.options, context)
                forgotten = await self._conversations.forget(context)
                key = "forgotten" if forgotten else "nothing_to_forget"
                return Reply(languages.load(lang).text(f"people.{key}"), lang)
        raise BadInput("command.shell_only", command=command.word)

    async def _digest(self, command: WindowCommand, context: Context) -> Reply:
        options = command.options
        format_ = options.format or "md"
        request = self._request(command, context)
        made = await self._digests.digest(request, context.progress)
        # whoever asks by this line again means the same, whatever their own defaults are
        plain = replace(
            options, lang=request.lang, tz=request.tz, repo=request.repo, reply_in=None, channels=()
        )
        line = str(replace(command, options=plain))
        text = ""
        if options.format is not None or not context.lays_out:
            text = await asyncio.to_thread(self._rendered, made, format_, request.lang, line)
        return Reply(text, request.lang, format=format_, digest=made.digest, handle=made.handle, line=line)

    def _rendered(
        self, made: Made, format_: ShellFormat | Literal["slack", "discord"], lang: str, line: str
    ) -> str:
        """The digest in a format of the grammar."""
        words = languages.load(lang)
        if format_ == "slack":
            from adapters.slack.layout.digest import in_channel

            message = in_channel(made.digest, words, handle=made.handle, line=line)
            return json.dumps({"blocks": message.blocks}, ensure_ascii=False, indent=2)
        if format_ == "discord":
            from adapters.discord.layout.digest import payload

            body = payload(made.digest, words, handle=made.handle, line=line)
            return json.dumps(body, ensure_ascii=False, indent=2)
        from summarizer.render import render  # Jinja2 is slow to import, and help needs none of it

        return render(made.digest, format_, words)

    def _request(self, command: WindowCommand, context: Context) -> DigestRequest:
        options = command.options
        return DigestRequest(
            repo=options.repo or self._defaults.repo,
            expr=command.window,
            tz=self._defaults.zone(options, context),
            lang=self._defaults.language(options, context),
            edition=command.edition,
            filters=options.filters,
            reader=principal_of(context),
        )

    async def _mirror(self, command: WordCommand, context: Context) -> Reply:
        options = command.options
        lang, tz = self._defaults.language(options, context), self._defaults.zone(options, context)
        repo, words = options.repo or self._defaults.repo, languages.load(lang)
        reader = principal_of(context)
        allow = self._access.gate(reader, repo)
        if command.word == "status":
            return Reply(await self._mirrors.status(repo, words, tz, allow, reader), lang)
        back = timedelta(hours=min(command.since.hours, FURTHEST_H)) if command.since else None
        text = await self._mirrors.sync(repo, back, words, tz, context.progress, context.say, allow)
        return Reply(text, lang)

    def _help(self, command: WordCommand, context: Context) -> Reply:
        lang = self._defaults.language(command.options, context)
        page = help_page(languages.load(lang), *command.arguments, for_shell=context.surface == "shell")
        return Reply(page, lang, format="text")

    async def _list_topics(self, command: WordCommand, context: Context) -> Reply:
        lang = self._defaults.language(command.options, context)
        words = languages.load(lang)
        lines = [
            words.text(
                "cli.topic",
                title=topic.title.get(lang, topic.title["en"]),
                name=topic.key,
                aliases=topic.aliases,
            )
            for topic in self._topics.topics
        ]
        return Reply("\n".join([*lines, *await self._mends.proposals(command, context)]), lang)


def _goes_to_channel(command: Command | Question | Query, known: Known, reply: Reply) -> bool:
    """Whether all may read the reply: what is said of oneself stays with oneself, and who wants digests and answers in
    the channel does not mean the help."""
    if isinstance(command, WordCommand) and command.word in ("prefs", "iam", "forget"):
        return False
    if isinstance(command, ScheduleCommand) and command.action == "test":
        return False
    own = None if isinstance(command, Query) else command.options.reply_in
    by_default = known.options.reply_in if reply.digest or reply.answer else None
    return (own or by_default) == "channel"


def _refined(refinement: Refinement, last: WindowCommand | None) -> WindowCommand:
    """The digest that a further line cuts anew; where there was none, one of its own."""
    if last is None and refinement.text and refinement.window is None:
        raise BadInput("ask.nothing_before", line=refinement.text)
    if last is None:
        return refinement.command
    options = last.options.refined_by(refinement.limited)
    return replace(last, options=options, window=refinement.window or last.window)


def chosen(line: str, choices: Sequence[Query]) -> Query | None:
    """The reading that a line picks by its number. Raises BadInput for a number that none has."""
    found = _NUMBER.fullmatch(line) if choices else None
    if found is None:
        return None
    place = int(found[1])
    if place > len(choices):
        raise BadInput("ask.choose", place=place, most=len(choices))
    return choices[place - 1]
