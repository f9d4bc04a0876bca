"""What the benchmarks of chat platforms share: a week to talk about, a model that hangs, and how late the loop is."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, date, datetime
from statistics import median, quantiles
from typing import TYPE_CHECKING

from adapters.chat import Context
from benchmarks.generate import REPO, generate_week
from bot.settings import load_settings
from bot.settling import settle
from bot.wiring import open_services
from tests.servers.github import github_server
from tests.servers.model.metered import Metered
from tests.servers.model.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from pathlib import Path

    from starlette.responses import Response

    from bot.settings import Settings
    from bot.wiring import Services
    from tests.servers.model.behaviours import Payload

SEED = 11
MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 29, 23, 59, tzinfo=UTC)
PRS = 388
TOKEN = "ghp_testsonly"
MODEL = "openai:tests-model"

SAMPLE_S = 0.002
WEEK = "2026-W13"


class HangingModel(Metered):
    """Answers at once or, while it hangs, not at all."""

    def __init__(self) -> None:
        super().__init__(seed=SEED)
        self.hangs = False

    async def answer(self, payload: Payload) -> Response:
        while self.hangs:  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.05)
        return await super().answer(payload)

    def written(self) -> int:
        """How many summaries it was asked for: one a digest."""
        return sum(call.section == "summary" for call in self.calls)


@contextmanager
def hanging_model() -> Iterator[HangingModel]:
    """The model of `MODEL`, until the block ends."""
    with ModelServer() as server:
        model = HangingModel()
        os.environ["OPENAI_BASE_URL"] = server.serve(model)
        try:
            yield model
        finally:
            model.hangs = False
            del os.environ["OPENAI_BASE_URL"]


def settings_of(folder: Path, **more: object) -> Settings:
    """Of a bot over that folder. more: by their environment names."""
    return load_settings(
        DIGEST_STATE_DIR=folder, DIGEST_AT=NOW.isoformat(), DIGEST_TZ="UTC", GITHUB_TOKEN=TOKEN, **more
    )


async def fill(folder: Path) -> None:
    """A mirror of a week with vLLM's number of items, synced a moment ago."""
    world = generate_week(SEED, MONDAY, prs=PRS)
    gc.collect()
    gc.freeze()
    async with github_server(world, token=TOKEN, clock=lambda: NOW) as github:
        settings = settings_of(folder, GITHUB_GRAPHQL_URL=github.url)
        async with open_services(settings, demo=False, one_shot=True) as services:
            reply = await services.commands(f"{WEEK} tz:UTC lang:en", Context("shell"))
            assert reply.problem is None, reply.text


@asynccontextmanager
async def settled(services: Services) -> AsyncIterator[None]:
    """As `run` is before it serves: else the collector stops the loop for a quarter of a second now and then."""
    before = gc.get_threshold()
    await settle(services.ask, REPO)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@asynccontextmanager
async def lateness(lags: list[float]) -> AsyncIterator[None]:
    """Notes how many seconds later than it asked for a task of the loop is woken."""

    async def sample() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(SAMPLE_S)
            lags.append(max(0.0, time.monotonic() - asked - SAMPLE_S))

    sampler = asyncio.create_task(sample())
    try:
        yield
    finally:
        sampler.cancel()
        with suppress(asyncio.CancelledError):
            await sampler


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[-1]


def middle(of: Callable[[Sequence[float]], float], bursts: Sequence[Sequence[float]]) -> float:
    """The middle one of what `of` tells of each burst, which one that the machine disturbed does not move."""
    return median(map(of, bursts))


def ms(bursts: Sequence[Sequence[float]]) -> str:
    """The median and the 99th percentile of bursts that took so many seconds."""
    return f"{1000 * middle(median, bursts):.0f} ms, {1000 * middle(p99, bursts):.0f} ms"
