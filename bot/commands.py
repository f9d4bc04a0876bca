"""Text -> command -> reply, the same on every surface."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.chat import Reply
from bot.access import principal_of
from bot.digests import DigestRequest
from bot.features import LATER
from bot.grammar import language_in, parse
from bot.grammar.commands import (
    Command,
    Options,
    Question,
    Refinement,
    ShellCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.help import help_page
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from adapters.chat import Context
    from bot.access import Access
    from bot.ask import Ask
    from bot.digests import Digests
    from bot.grammar.options import Surface
    from bot.mirrors import Mirrors
    from summarizer.models import Prompt
    from summarizer.topics import TopicRules

REMEMBERED = 1_000  # conversations whose last line can be refined
FURTHEST_H = 24 * 366 * 1_000  # a sync reaches back; longer spans are none that a timedelta takes


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where neither the line nor the person says otherwise. lang None: English."""

    repo: str
    tz: str
    lang: str | None

    def language(self, options: Options, context: Context) -> str:
        return options.lang or context.lang or self.lang or "en"

    def zone(self, options: Options, context: Context) -> str:
        return options.tz or context.tz or self.tz


def sentence(problem: DigestError, lang: str) -> str:
    """The one line that a person sees."""
    return languages.load(lang).text(f"errors.{problem.key}", **problem.values)


class Commands:
    """Answers lines. It is the `Answerer` of every chat platform."""

    def __init__(
        self,
        *,
        digests: Digests,
        ask: Ask,
        mirrors: Mirrors,
        topics: TopicRules,
        defaults: Defaults,
        access: Access,
    ) -> None:
        self._digests = digests
        self._mirrors = mirrors
        self._access = access
        self._ask = ask
        self._topics = topics
        self._defaults = defaults
        self._last: OrderedDict[str, WindowCommand | Question] = OrderedDict()

    async def __call__(self, line: str, context: Context) -> Reply:
        """See `adapters.chat.Answerer`."""
        surface: Surface = "shell" if context.surface == "shell" else "chat"
        lang = language_in(line, surface=surface) or context.lang or self._defaults.lang or "en"
        try:
            command = parse(
                line,
                surface=surface,
                conversation=context.conversation is not None,
                topics=self._topics.words,
            )
            lang = self._defaults.language(command.options, context)
            return await self.reply(command, context)
        except DigestError as problem:
            return Reply(sentence(problem, lang), lang, problem=problem)

    async def reply(self, command: Command | Question, context: Context) -> Reply:
        """Answer one command. Raises DigestError."""
        if isinstance(command, Refinement):
            command = self._refined(command, context)
        if isinstance(command, WindowCommand | Question):
            self._remember(command, context)
        if isinstance(command, WindowCommand):
            return await self._digest(command, context)
        if command.options.format not in (None, "md"):
            raise BadInput("option.not_here", option="format", example="today format:json")
        if isinstance(command, Question):
            return await self._ask(command, context)
        if isinstance(command, WordCommand) and command.word in ("help", "topics"):
            return self._word(command, context)
        if isinstance(command, WordCommand) and command.word in ("sync", "status"):
            return await self._mirror(command, context)
        if isinstance(command, ShellCommand) and context.surface != "shell":
            raise BadInput("command.shell_only", command=command.name)
        raise BadInput("command.feature_later", command=str(replace(command, options=Options())))

    async def _digest(self, command: WindowCommand, context: Context) -> Reply:
        options = command.options
        format_ = options.format or "md"
        if format_ == "slack" or format_ == "discord":
            raise BadInput("command.feature_later", command=f"format:{format_}")
        request = self._request(command, context)
        digest = await self._digests.digest(request, context.progress)
        from summarizer.render import render  # Jinja2 is slow to import, and help needs none of it

        text = render(digest, format_, languages.load(request.lang))
        return Reply(text, request.lang, format=format_, digest=digest)

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

    async def prompt(self, section_id: str, command: WindowCommand, context: Context) -> Prompt:
        """What the model would be asked for a section of that digest. Raises DigestError."""
        return await self._digests.prompt(self._request(command, context), section_id, context.progress)

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

    def _word(self, command: WordCommand, context: Context) -> Reply:
        lang = self._defaults.language(command.options, context)
        words = languages.load(lang)
        if command.word == "help":
            return Reply(
                help_page(words, *command.arguments, later=LATER, for_shell=context.surface == "shell"),
                lang,
                format="text",
            )
        lines = [
            words.text(
                "cli.topic",
                title=topic.title.get(lang, topic.title["en"]),
                name=topic.key,
                aliases=topic.aliases,
            )
            for topic in self._topics.topics
        ]
        return Reply("\n".join(lines), lang)

    def _refined(self, refinement: Refinement, context: Context) -> WindowCommand | Question:
        last = self._last.get(context.conversation or "")
        if last is None:
            return refinement.command
        options = last.options.refined_by(refinement.options)
        if isinstance(last, WindowCommand):
            return replace(last, options=options, window=refinement.window or last.window)
        return replace(last, options=options, window=refinement.window or last.window)

    def _remember(self, command: WindowCommand | Question, context: Context) -> None:
        if context.conversation is None:
            return
        self._last[context.conversation] = command
        self._last.move_to_end(context.conversation)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
