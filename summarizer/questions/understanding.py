"""Understanding: a sentence becomes a query draft, by the fast model. What it may not, cannot or will not read is left
to the reader that needs no model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog

from summarizer.fence import tokens
from summarizer.injection import is_tainted
from summarizer.modelerrors import ModelError
from summarizer.models import Prompt, Usage
from summarizer.prompting import questions as prompts
from summarizer.questions.schema import QueryDraft
from summarizer.spending import Spent

if TYPE_CHECKING:
    from summarizer.models import ChatModels
    from summarizer.spending import Budget
    from summarizer.topics import TopicRules

log = structlog.get_logger()

DEADLINE_S: Final = 8.0
"""All that a model may cost a question before it is read without one: small models fill the form in 1 to 3 seconds, and
people who saw nothing for ten ask again."""

_ANSWER_TOKENS: Final = 200
"""Of a filled form, for estimates."""


class Understanding:
    """Reads questions by a model. One serves a process, in the event loop of its models."""

    def __init__(self, models: ChatModels | None, budget: Budget, deadline_s: float = DEADLINE_S) -> None:
        """models: None reads nothing. budget: the day's caps."""
        self._chat = models.fast if models else None
        self._budget = budget
        self._deadline_s = deadline_s

    async def understand(
        self,
        question: str,
        *,
        rules: TopicRules,
        today: str,
        last: dict[str, Any] | None,
        lang: str,
        key: str,
    ) -> QueryDraft | None:
        """What the question asks for, None where no model can tell.

        today: the day and time, with weekday and zone. last: the conversation's last query, as `Query.as_dict` tells
        it. lang: the question's language. key: whom it is spent for. Raises what the budget raises, never a model's
        failure.
        """
        if self._chat is None or not question.strip():
            return None
        if is_tainted(question):
            # it would see the rest alone, which is another question
            _unread("tainted")
            return None
        prompt = Prompt(
            prompts.understand_system(),
            prompts.understand_topics(rules),
            prompts.understand_task(question, today=today, last=last, lang=lang),
        )
        cost = tokens(prompt.system) + tokens(prompt.shared) + tokens(prompt.task)
        taken = await self._budget.take(key, self._chat.name, cost, _ANSWER_TOKENS)
        if taken is None:
            _unread("model.budget")
            return None
        usage = Usage()
        try:
            deadline = asyncio.get_running_loop().time() + self._deadline_s
            return await self._chat.ask(prompt, QueryDraft, usage, deadline=deadline)
        except ModelError as error:
            _unread(error.key)
            return None
        finally:
            await self._budget.settle(taken, usage.by_model.get(self._chat.name, Spent()))


def _unread(why: str) -> None:
    log.info("question not read by a model", reason=why)
