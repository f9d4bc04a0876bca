"""Who reads the questions: the rules, or a model whose draft they check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.questions.oracle import window_of
from bot.grammar import parse
from bot.grammar.commands import Question, Refinement, WindowCommand
from bot.questions import saved
from bot.questions.drafts import query_of
from bot.questions.reader import Reader
from bot.questions.reading import Reading
from summarizer.errors import BadInput
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.questions.asked import Asked
    from benchmarks.questions.oracle import Known
    from summarizer.questions.understanding import Understanding


class Rules:
    """Reads by rules alone."""

    def __init__(
        self, known: Known, is_login: Callable[[str], bool], is_label: Callable[[str], bool]
    ) -> None:
        self.known = known
        self.is_login, self.is_label = is_login, is_label
        self._reader = Reader(known.rules, is_login, is_label)

    async def __call__(self, asked: Asked, last: Query | None) -> Reading:
        """last: the query of the question before it."""
        try:
            question = _question(asked.text)
        except BadInput as error:
            return Reading(Query(), problems=(error,))
        if question is None:
            return Reading(Query())
        return self._in_time(self._reader.read(question, last=last))

    def _in_time(self, reading: Reading) -> Reading:
        """The reading, with the problem that a window is found to have once it is held against the clock."""
        try:
            window_of(reading.query.window, self.known)
        except BadInput as error:
            if not error.key.startswith("window."):
                return reading  # only this place does not know that release
            problems = (*reading.problems, error)
            return replace(reading, query=replace(reading.query, window=None), problems=problems)
        return reading


class Model:
    """Reads as the bot does that has a model: of what the rules do not understand whole, a model makes a draft."""

    def __init__(self, rules: Rules, understanding: Understanding) -> None:
        self._rules = rules
        self._understanding = understanding

    async def __call__(self, asked: Asked, last: Query | None) -> Reading:
        reading = await self._rules(asked, last)
        if reading.nod or reading.whole or not _is_question(asked.text):
            return reading
        known = self._rules.known
        local = known.now.astimezone(ZoneInfo(known.tz))
        draft = await self._understanding.understand(
            asked.text,
            rules=known.rules,
            today=f"{local:%A} {local:%Y-%m-%d %H:%M} ({known.tz})",
            last=saved.dump(last) if last else None,
            lang="en" if asked.text.isascii() else "zh",
            key="evaluation",
        )
        if draft is None:
            return reading
        return query_of(
            draft,
            known.rules,
            reading,
            text=asked.text,
            is_login=self._rules.is_login,
            is_label=self._rules.is_label,
        )


def _is_question(text: str) -> bool:
    try:
        return _question(text) is not None
    except BadInput:
        return False


def _question(text: str) -> Question | None:
    """The line as a conversation takes it; None is another command. Raises BadInput."""
    found = parse(text, surface="chat", conversation=True)
    if isinstance(found, Question):
        return found
    if isinstance(found, Refinement):
        return Question(found.text, found.options, found.window)
    return Question("", found.options, found.window) if isinstance(found, WindowCommand) else None
