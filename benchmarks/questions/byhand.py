"""Models that read questions: one of a provider, and answers that were made by hand and are played again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.questions.asked import previous
from benchmarks.questions.readers import Model
from summarizer.models import ChatModels, ModelSettings
from summarizer.questions.understanding import Understanding
from summarizer.spending import Unlimited
from tests.servers.model.hand import Hand, Recorded
from tests.servers.model.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from benchmarks.questions.asked import Asked
    from benchmarks.questions.readers import Rules
    from bot.questions.reading import Reading
    from summarizer.questions.query import Query

BY_HAND = "by hand"
_MODEL = "openai:by-hand"


@dataclass(frozen=True, slots=True)
class Recordings:
    """Answers by the id of their question, each by the name of its prompt. made: who answered; note: how."""

    made: str
    note: str
    answers: Mapping[str, Mapping[str, Any]]

    def dumped(self) -> str:
        kept = {"made": self.made, "note": self.note, "answers": self.answers}
        return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


class OfProvider:
    """Reads by the model of that name, at its provider, with the keys of the environment."""

    def __init__(self, rules: Rules, name: str) -> None:
        self._rules, self._name = rules, name

    async def __call__(self, asked: Asked, last: Query | None) -> Reading:
        async with _understanding(ModelSettings(model=self._name)) as understanding:
            return await Model(self._rules, understanding)(asked, last)


class OfRecordings:
    """Reads by answers that were made before; an answer to an earlier version of its prompt still stands. A question
    without one is read by the rules."""

    def __init__(self, rules: Rules, recordings: Recordings, server: ModelServer) -> None:
        self.made = recordings.made
        self._rules, self._recordings, self._server = rules, recordings, server

    async def __call__(self, asked: Asked, last: Query | None) -> Reading:
        answers = self._recordings.answers.get(str(asked.id))
        if answers is None:
            return await self._rules(asked, last)
        async with _understanding(_local(self._server.serve(Recorded(answers)))) as understanding:
            return await Model(self._rules, understanding)(asked, last)


async def answered_by_hand(questions: Sequence[Asked], rules: Rules, folder: Path) -> Recordings | None:
    """The answers in `folder`, one below it for each question that a model is asked; None until all are there."""
    before = previous(questions)
    answers, missing = {}, 0
    with ModelServer() as server:
        for asked in questions:
            hand = Hand(folder / str(asked.id))
            last = before[asked.after].queries[0] if asked.after is not None else None
            async with _understanding(_local(server.serve(hand))) as understanding:
                await Model(rules, understanding)(asked, last)
            if hand.answered:
                answers[str(asked.id)] = hand.answered
            missing += len(hand.unanswered) + len(hand.wrong)
            for name in hand.unanswered:
                print(f"to be answered: {hand.folder / name}.prompt.md")
            for name, why in hand.wrong.items():
                print(f"no answer: {hand.folder / name}.answer.json: {why}")
    note = "No provider was asked: each prompt was answered by hand."
    return None if missing else Recordings(BY_HAND, note, answers)


def _local(base_url: str) -> ModelSettings:
    return ModelSettings(model=_MODEL, base_url=base_url, api_key="none", retries=0)


@asynccontextmanager
async def _understanding(settings: ModelSettings) -> AsyncIterator[Understanding]:
    models = ChatModels.open(settings)
    try:
        yield Understanding(models, Unlimited())
    finally:
        if models is not None:
            await models.aclose()
