"""Answered: each line that somebody says is counted by how it ended, and is a span."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from adapters import metrics
from adapters.metrics import table
from adapters.tracing import span
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat import Context, Reply
    from summarizer.errors import DigestError

Answers = TypeVar("Answers", bound="Callable[[Any, str, Context], Awaitable[Reply]]")
"""A method that answers lines, see `adapters.chat.Answerer`."""


def counted(answer: Answers) -> Answers:
    """The method, counted."""

    @wraps(answer)
    async def answered(self: object, line: str, context: Context) -> Reply:
        surface = context.surface
        with span("command", surface=surface) as command:
            try:
                reply = await answer(self, line, context)
            except Exception:
                metrics.count(table.COMMANDS, surface=surface, outcome="bug")
                raise
            outcome = outcome_of(reply.problem)
            command.note(outcome=outcome)
        metrics.count(table.COMMANDS, surface=surface, outcome=outcome)
        return reply

    return cast("Answers", answered)


def outcome_of(problem: DigestError | None) -> str:
    """refused: what was asked cannot be. failed: it may be another time."""
    if problem is None:
        return "answered"
    return "refused" if isinstance(problem, BadInput) else "failed"
