"""What other programs' models may ask: the same commands and questions, told as JSON. Read-only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.chat import Context
from bot.commands import sentence
from bot.grammar import parse
from bot.grammar.commands import Options, Question, WindowCommand
from bot.questions import saved
from bot.questions.windows import parse_window
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat import Progress, Reply
    from bot.commands import Commands
    from bot.topicfile import Topics
    from summarizer.errors import DigestError


class Tools:
    """Fills `adapters.mcp.Tools` for the local shell's person: who runs the server reads what the shell may read."""

    def __init__(self, commands: Commands, topics: Topics, *, lang: str) -> None:
        """lang: of replies, where a call names none."""
        self._commands = commands
        self._topics = topics
        self._lang = lang

    async def digest(
        self, window: str, *, repo: str, lang: str, tz: str, filters: str, progress: Progress
    ) -> dict[str, Any]:
        """See `adapters.mcp.Tools`."""
        command = self._parsed(f"{window} {filters}")
        if not isinstance(command, WindowCommand):
            raise BadInput("mcp.window", window=window)
        options = self._options(command.options, repo, lang, tz)
        return await self._reply(replace(command, options=options), progress)

    async def ask(
        self, question: str, *, repo: str, lang: str, tz: str, progress: Progress
    ) -> dict[str, Any]:
        """See `adapters.mcp.Tools`."""
        command = self._parsed(f"ask {question}")
        if not isinstance(command, Question):
            raise BadInput("command.ask_what", example="ask any AMD PRs this week?")
        options = self._options(command.options, repo, lang, tz)
        return await self._reply(replace(command, options=options), progress)

    async def find_items(
        self, query: Mapping[str, Any], *, repo: str, lang: str, tz: str, progress: Progress
    ) -> dict[str, Any]:
        """See `adapters.mcp.Tools`."""
        told = dict(query)
        if "topics" in told:
            told["topics"] = [self._topics.find(name).key for name in told["topics"]]
        if "window" in told:
            told["window"] = self._window(told["window"])
        try:
            wanted = saved.load(told)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput("mcp.query", problem=str(error)) from error
        for text in (*wanted.words, *wanted.phrases):
            if not any(map(str.isalnum, text)):
                raise BadInput("mcp.query", problem=f"{json.dumps(text)} holds no letter and no digit")
        return await self._about(wanted, repo, lang, tz, progress)

    async def item(self, number: int, *, repo: str, lang: str, tz: str, progress: Progress) -> dict[str, Any]:
        """See `adapters.mcp.Tools`."""
        return await self._about(Query(numbers=(number,), form="explain"), repo, lang, tz, progress)

    def sentence(self, problem: DigestError, lang: str) -> str:
        """See `adapters.mcp.Tools`."""
        return sentence(problem, lang if lang in languages.codes() else self._lang)

    async def _about(self, query: Query, repo: str, lang: str, tz: str, progress: Progress) -> dict[str, Any]:
        options = self._options(Options(), repo, lang, tz)
        return _object(await self._commands.about(query, options, self._context(progress)))

    async def _reply(self, command: WindowCommand | Question, progress: Progress) -> dict[str, Any]:
        return _object(await self._commands.reply(command, self._context(progress)))

    def _window(self, text: str) -> str:
        """A window in its canonical spelling, which is how queries tell it."""
        command = self._parsed(text)
        if isinstance(command, WindowCommand):
            return str(command.window)
        try:
            return str(parse_window(text))  # what questions alone can name, such as "before v0.11"
        except ValueError:
            raise BadInput("mcp.window", window=text) from None

    def _parsed(self, line: str) -> object:
        return parse(line, surface="chat", conversation=False, topics=self._topics.words)

    def _options(self, options: Options, repo: str, lang: str, tz: str) -> Options:
        """A line's options with those of the call, checked as those of a line are."""
        named = {"repo": repo, "lang": lang, "tz": tz}
        line = " ".join(f"{key}:{json.dumps(value)}" for key, value in named.items() if value)
        given = self._parsed(f"today {line}")
        if not isinstance(given, WindowCommand):
            raise BadInput("mcp.window", window=line)
        return replace(options.refined_by(given.options), format="json")

    def _context(self, progress: Progress) -> Context:
        return Context("shell", lang=self._lang, progress=progress)


def _object(reply: Reply) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(reply.text)
    return told
