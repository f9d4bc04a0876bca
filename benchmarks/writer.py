"""What a model is asked for a week: its seven dailies, then the weekly, against all text in one prompt."""

from __future__ import annotations

import gc
import os
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.chat import Context
from benchmarks.generate import generate_week
from benchmarks.measure import Row, at_least, at_most
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer.fence import tokens
from tests.servers.github import github_server
from tests.servers.model.metered import Metered
from tests.servers.model.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.wiring import Services
    from summarizer.digests import Digest
    from summarizer.items import Item
    from tests.servers.model.metered import Call

SEED = 11
MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
TOKEN = "ghp_testsonly"
PRS = 388
"""Touched in the week; half of them are merged, the 194 of a week of vLLM."""
CALL_S = 1.0


async def measure_writer() -> list[Row]:
    """The rows of a cold day, and of a weekly after its seven dailies."""
    world = generate_week(SEED, MONDAY, prs=PRS)
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder, ModelServer() as server:
        model = Metered()
        os.environ["OPENAI_BASE_URL"] = server.serve(model)
        try:
            async with github_server(world, token=TOKEN, clock=lambda: NOW) as github:
                settings = load_settings(
                    DIGEST_STATE_DIR=Path(folder),
                    GITHUB_TOKEN=TOKEN,
                    GITHUB_GRAPHQL_URL=github.url,
                    DIGEST_AT=NOW.isoformat(),
                    DIGEST_MODEL="openai:tests-model",
                )
                async with open_services(settings, demo=False, one_shot=True) as services:
                    return await _rows(services, model)
        finally:
            del os.environ["OPENAI_BASE_URL"]


async def _rows(services: Services, model: Metered) -> list[Row]:
    days = [MONDAY + timedelta(days=place) for place in range(7)]
    first = await _digest(services, f"{days[0]} tz:UTC")
    cold = list(model.calls)
    for day in days[1:]:
        await _digest(services, f"{day} tz:UTC")
    judged = [call for call in model.calls if call.section == "assess"]
    before = len(model.calls)
    model.call_s = CALL_S
    weekly = await _digest(services, "2026-W13 tz:UTC")
    asked = model.calls[before:]
    model.call_s = 0.0
    again = len(model.calls)
    await _digest(services, "2026-W13 tz:UTC")
    again = len(model.calls) - again
    other = len(model.calls)
    await _digest(services, "2026-W13 tz:UTC lang:zh")
    translated = Counter(call.section for call in model.calls[other:])
    sections = [call for call in asked if not call.section.startswith("assess")]
    later = sections[1:]
    served = sum(call.cached for call in later) / max(1, sum(call.tokens_in for call in later))
    took = max(call.ended for call in sections) - min(call.began for call in sections)
    naive_week, naive_day = _naive(weekly), _naive(first)
    weekly_tokens = _tokens(asked)
    with_map = weekly_tokens + _tokens(judged)
    in_weekly = sum(call.section == "assess" for call in asked)
    merged = weekly.facts.counts.prs_merged
    naive = "all its text in one prompt"
    return [
        Row("writer: pull requests merged in the week, judged in its dailies", f"{merged}, {_made(judged)} calls"),
        at_most("writer: new judgements of pull requests in the weekly", in_weekly, 0),
        at_most("writer: calls for the weekly after its dailies", len(asked), 10),
        at_most("writer: calls when it is asked for again", again, 0),
        Row("writer: calls for it in the other language", f"{translated.total()}, {translated['assess']} judge"),
        at_most(f"writer: tokens of the weekly / of {naive}", weekly_tokens / naive_week, 0.25, " x", 2),
        Row("writer: the same with its dailies' judgements", f"{with_map / naive_week:.2f} x of {naive_week}"),
        Row(f"writer: tokens of a cold day / of {naive}", f"{_tokens(cold) / naive_day:.2f} x of {naive_day}"),
        at_least("writer: of the later sections' prompts from the prefix cache", 100 * served, 60, " %", 0),
        at_most("writer: all sections, first token at 0.2 of a call", took / CALL_S, 1.5, " calls", 2),
    ]  # fmt: skip


async def _digest(services: Services, line: str) -> Digest:
    reply = await services.commands(line, Context("shell"))
    assert reply.digest is not None, reply.text
    assert reply.digest.generation.extracted == (), reply.digest.generation
    return reply.digest


def _made(calls: Sequence[Call]) -> int:
    return len(calls)


def _tokens(calls: Sequence[Call]) -> int:
    return sum(call.tokens_in + call.tokens_out for call in calls)


def _naive(digest: Digest) -> int:
    """Tokens of everything that the listed items and the hot threads say, once, without a word of instruction."""
    facts = digest.facts
    numbers = {row.number for rows in facts.lists.values() for row in rows} | {
        hot.number for hot in facts.hot
    }
    return sum(_text(facts.items[number]) for number in numbers)


def _text(item: Item) -> int:
    parts = [item.title, item.body or "", *(comment.body for comment in item.comments)]
    parts += [review.body for review in item.reviews]
    return tokens("\n".join(parts))
