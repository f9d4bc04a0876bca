"""A model that counts: tokens by our own estimator, a prefix cache written at the first token, time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from summarizer.fence import tokens
from tests.servers.model.behaviours import Good
from tests.servers.model.prompts import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Mapping

    from starlette.responses import Response

    from tests.servers.model.behaviours import Payload

BLOCK = 64
"""Characters of a block of the prefix cache; real ones hold 16 tokens (vLLM) or 128 (OpenAI)."""


@dataclass(slots=True)
class Call:
    """One request. section: as asked; cached: input tokens that the prefix cache served; times in seconds."""

    section: str
    tokens_in: int
    cached: int
    tokens_out: int = 0
    began: float = 0.0
    ended: float = 0.0


class Metered(Good):
    """call_s: how long an answer takes; first: the part of it until its first token."""

    def __init__(self, call_s: float = 0.0, first: float = 0.2, seed: int = 0) -> None:
        super().__init__(seed)
        self.call_s, self.first = call_s, first
        self.calls: list[Call] = []
        self._cache: set[int] = set()

    async def answer(self, payload: Payload) -> Response:
        text = "\n".join(message["content"] for message in payload["messages"])
        blocks = _blocks(text)
        hit = next((place for place, block in enumerate(blocks) if block not in self._cache), len(blocks))
        call = Call(
            read(payload["messages"][-1]["content"]).section,
            tokens(text),
            tokens(text[: hit * BLOCK]) if hit else 0,
            began=time.monotonic(),
        )
        self.calls.append(call)
        response = await super().answer(payload)
        if isinstance(response, StreamingResponse):
            response.body_iterator = self._paced(response.body_iterator, call, blocks)
        return response

    def usage(self, payload: Payload, text: str) -> Mapping[str, Any]:
        call = self.calls[-1]  # nothing is awaited in between
        call.tokens_out = tokens(text)
        return {
            "prompt_tokens": call.tokens_in,
            "completion_tokens": call.tokens_out,
            "total_tokens": call.tokens_in + call.tokens_out,
            "prompt_tokens_details": {"cached_tokens": call.cached},
        }

    async def _paced(self, events: AsyncIterable[Any], call: Call, blocks: list[int]) -> AsyncIterator[Any]:
        said = 0
        async for event in events:
            if said == 1:
                await asyncio.sleep(self.first * self.call_s)
                self._cache.update(blocks)
            elif said == 2:
                await asyncio.sleep((1 - self.first) * self.call_s)
            yield event
            said += 1
        call.ended = time.monotonic()


def _blocks(text: str) -> list[int]:
    """What stands for each whole block of a text and all before it."""
    found: list[int] = []
    for start in range(0, len(text) - BLOCK + 1, BLOCK):
        found.append(hash((found[-1] if found else 0, text[start : start + BLOCK])))
    return found
