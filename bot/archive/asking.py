"""Asking: questions from the pages, answered as those from chats are.

Nothing is kept of who asks. Of a talk what was asked last is, under a name that only those can say who know the talk's,
may read what its readers may, and ask on the page of the same repository.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.chat import Context, Reply
from bot.archive.speaking import counted_as
from bot.commands import chosen, sentence
from bot.grammar import parse
from bot.grammar.commands import Options, Question, Refinement, WhyCommand, WindowCommand
from bot.questions.language import language_of
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.questions.query import Query
from summarizer.windows import known_zone

if TYPE_CHECKING:
    from adapters.web.archive import Asked, Visitor
    from bot.access import Principal
    from bot.commands import Commands, Defaults
    from bot.conversations import Conversations, Said
    from bot.rules import Rules
    from bot.topicfile import Topics

FORMATS: Final = (None, "md")

_TALK = re.compile(r"[\w.~-]{16,128}", re.ASCII)
"""Shorter names could be guessed, and begin no talk."""

_SAID_ANYHOW: Final = frozenset({"command.too_long"})
"""What is wrong with a line here as anywhere; of other mistakes with commands a page can tell something better."""


class WebQuestions:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        commands: Commands,
        rules: Rules,
        conversations: Conversations,
        *,
        topics: Topics,
        defaults: Defaults,
    ) -> None:
        self._commands = commands
        self._rules = rules
        self._conversations = conversations
        self._topics = topics
        self._defaults = defaults

    async def ask(self, asked: Asked, reader: Principal, visitor: Visitor) -> Reply:
        """See `adapters.web.archive.Archive`."""
        lang = (
            _known_language(asked.lang)
            or language_of(asked.line)
            or _spoken(asked)
            or self._defaults.lang
            or "en"
        )
        try:
            await self._rules.admit(counted_as(reader, visitor))
            context = self._context(asked, reader)
            said = await self._conversations.load(context)
            command = self._read(asked, said, context)
            if isinstance(command, Query):
                reply = await self._commands.about(command, self._options(asked, said), context)
            else:
                reply = await self._commands.reply(self._of_page(command, asked, said), context)
        except DigestError as problem:
            told = _told(problem)
            return Reply(sentence(told, lang), lang, problem=told)
        return replace(reply, line=asked.line) if reply.answer is not None else reply

    def _context(self, asked: Asked, reader: Principal) -> Context:
        return Context(
            "web",
            conversation=_conversation(asked, reader),
            lang=_spoken(asked),
            tz=_zone(asked.tz),
            progress=asked.progress,
            show=asked.show,
            reader=str(reader),
        )

    def _read(self, asked: Asked, said: Said, context: Context) -> Question | Refinement | WhyCommand | Query:
        """What may be asked on a page. Raises BadInput for all else."""
        if not asked.line.strip():
            raise BadInput("archive.nothing_asked")
        if choice := chosen(asked.line, said.choices):
            return choice
        command = parse(
            asked.line,
            surface="chat",
            conversation=context.conversation is not None,
            topics=self._topics.words,
        )
        if isinstance(command, WindowCommand):
            raise BadInput("archive.window")
        if isinstance(command, Refinement) and (said.query is None or command.options.edition is not None):
            raise BadInput("archive.window" if command.window else "archive.nothing_asked")
        if not isinstance(command, Question | Refinement | WhyCommand):
            raise BadInput("archive.command")
        if command.options.format not in FORMATS:
            raise BadInput("archive.format", format=command.options.format)
        return command

    def _of_page(
        self, command: Question | Refinement | WhyCommand, asked: Asked, said: Said
    ) -> Question | Refinement | WhyCommand:
        """The command with what the page says besides."""
        options = self._options(asked, said).refined_by(command.options)
        if isinstance(command, WhyCommand) and command.item.repo:
            options = replace(options, repo=command.options.repo)
        return replace(command, options=options)

    def _options(self, asked: Asked, said: Said) -> Options:
        """The repository of the page, unless it is the usual one or the talk is about one already, and the language."""
        is_usual = asked.repo.lower() == self._defaults.repo.lower()
        repo = None if is_usual or said.query is not None else asked.repo
        return Options(repo=repo, lang=_known_language(asked.lang))


def _conversation(asked: Asked, reader: Principal) -> str | None:
    """What was said before of the same talk; nobody else's can be named, whatever a page says."""
    if not _TALK.fullmatch(asked.talk):
        return None
    told = "\n".join((str(reader), asked.repo.lower(), asked.talk))
    return hashlib.sha256(told.encode()).hexdigest()


def _spoken(asked: Asked) -> str | None:
    """What is spoken where the sentence has no language of its own."""
    return _known_language(asked.lang) or _known_language(asked.page_lang)


def _known_language(lang: str) -> str | None:
    return lang if lang in languages.codes() else None


def _zone(tz: str) -> str | None:
    try:
        return known_zone(tz) if tz else None
    except BadInput:
        return None


def _told(problem: DigestError) -> DigestError:
    """The problem as it can be mended on a page."""
    if problem.key == "ask.who_are_you":
        return BadInput("archive.who_are_you")
    if problem.key.startswith("command.") and problem.key not in _SAID_ANYHOW:
        return BadInput("archive.command")
    return problem
