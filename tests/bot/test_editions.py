"""Editions through the front door: which line makes which, and what a weekly takes from its dailies."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Reply
from summarizer.digests import SECTIONS
from tests.bot.shell import vllm_digest
from tests.servers.github import World, github_server
from tests.servers.model.behaviours import Good
from tests.servers.model.prompts import read

if TYPE_CHECKING:
    from pathlib import Path

    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.model.server import ModelServer

REPO = "vllm-project/vllm"
MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
NOW = MONDAY + timedelta(days=9, hours=12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def week() -> World:
    """Two pull requests a day, one of them merged, with some talk."""
    world = World()
    repository = world.repository(REPO)
    for day in range(7):
        at = MONDAY + day * DAY + 9 * HOUR
        merged = repository.open_pr(
            f"[Core] Rework step {day} of the scheduler", by=f"ann{day}", at=at - 2 * HOUR
        )
        merged.comment(by="bob", at=at - HOUR, body=f"I would rather keep step {day} as it is.")
        merged.comment(by=f"ann{day}", at=at - HOUR / 2, body="It costs a copy for each request.")
        merged.merge(by="bob", at=at)
        repository.open_pr(f"[Doc] Describe step {day}", by="cleo", at=at + HOUR)
    return world


async def answered(bot: Services, line: str, lang: str = "en") -> Reply:
    reply = await bot.commands(line, Context("terminal", lang=lang, tz="UTC"))
    assert reply.digest is not None, reply.text
    return reply


def asked(server: ModelServer, base_url: str) -> list[str]:
    return [read(payload["messages"][-1]["content"]).section for payload in server.asked(base_url)]


@pytest.mark.parametrize(
    ("line", "edition", "title"),
    [
        ("2026-W12", "weekly", "2026 week 12"),
        ("上周", "weekly", "2026 第 12 周"),
        ("2026-03-16..2026-03-19T16:00 edition:weekly", "weekly", "2026 week 12"),
        ("2026-W12 edition:daily", "daily", "2026-W12"),
        ("2026-03", "monthly", "2026-03"),
        ("本月", "monthly", "2026"),
        ("2026-03-18", "daily", "2026-03-18"),
        ("last 6h", "daily", "2026-03-25"),
    ],
)
async def test_a_period_has_its_edition_unless_another_is_named(
    line: str, edition: str, title: str, host: Host
) -> None:
    async with github_server(week(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, line, "en" if line.isascii() else "zh")

    assert reply.digest is not None
    assert reply.digest.edition == edition
    assert reply.digest.id.startswith(f"{edition}-")
    assert title in reply.digest.title
    ids = {section.id for section in reply.digest.sections}
    assert ids <= {each.replace("topic-*", "topic-amd") for each in SECTIONS[reply.digest.edition]}
    assert ("hot" in ids) == (edition == "daily")


async def test_a_weekly_takes_its_judgements_from_the_dailies(
    host: Host, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    base_url = model_server.serve(Good())
    monkeypatch.setenv("OPENAI_BASE_URL", base_url)
    async with github_server(week(), clock=lambda: NOW) as server:
        async with host.bot(server, NOW, DIGEST_MODEL="openai:tests-model") as bot:
            for day in range(7):
                await answered(bot, f"{(MONDAY + day * DAY).date()}")
        before = len(asked(model_server, base_url))
        # another process, later
        async with host.bot(server, NOW, DIGEST_MODEL="openai:tests-model") as bot:
            weekly = await answered(bot, "2026-W12")
            first = asked(model_server, base_url)[before:]
            again = await answered(bot, "2026-W12")
            chinese = await answered(bot, "2026-W12", "zh")

    assert weekly.digest is not None
    assert again.digest is not None
    assert chinese.digest is not None
    assert "assess" not in first
    assert len(first) <= 10
    assert weekly.digest.generation.reused >= 14
    assert again.digest.generation.cached
    later = asked(model_server, base_url)[before + len(first) :]
    assert [section for section in later if section.startswith("assess")] == []
    assert chinese.digest.assessments == weekly.digest.assessments


async def test_the_facts_are_the_same_with_and_without_dailies_and_a_model(
    host: Host, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.serve(Good()))
    async with github_server(week(), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            offline = await answered(bot, "2026-W12")
        async with host.bot(server, NOW, DIGEST_MODEL="openai:tests-model") as bot:
            written = await answered(bot, "2026-W12")

    assert offline.digest is not None
    assert written.digest is not None
    assert offline.digest.facts == written.digest.facts
    tables = {section.id: section.tables for section in offline.digest.sections}
    assert {section.id: section.tables for section in written.digest.sections} == tables


async def test_importance_is_a_filter_by_what_the_items_were_judged(host: Host) -> None:
    async with github_server(week(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        whole = await answered(bot, "2026-W12")
        some = await answered(bot, "2026-W12 importance:3")

    assert whole.digest is not None
    assert some.digest is not None
    judged = whole.digest.assessments
    listed = {row.number for row in whole.digest.facts.lists["prs_opened"]}
    expected = {number for number in listed if judged[number].importance >= 3}
    assert {row.number for row in some.digest.facts.lists["prs_opened"]} == expected
    assert 0 < len(expected) < len(listed)
    assert some.digest.facts.counts == whole.digest.facts.counts


async def test_prompt_prints_what_a_model_would_be_asked_and_asks_nobody(tmp_path: Path) -> None:
    section = await vllm_digest("prompt", "summary", "2025-12-10T19:59:30..20:59", "--demo", cwd=tmp_path)
    weekly = await vllm_digest(
        "prompt", "risks", "2025-12-10", "edition:weekly", "lang:zh", "--demo", cwd=tmp_path
    )
    judging = await vllm_digest("prompt", "assess", "today", "--demo", cwd=tmp_path)

    assert section.code == 0, section.err
    assert section.out.startswith("=== system (about ")
    assert '<task section="summary">' in section.out
    assert "#30062" in section.out
    assert weekly.code == 0, weekly.err
    assert "Write in 中文" in weekly.out or "中文" in weekly.out.rsplit("<task", 1)[1]
    assert '<task section="assess">' in judging.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Write: vllm-digest prompt SECTION"),
        (["nosuch"], "A model does not write “nosuch”"),
        (["hot", "2026-W12"], "A model does not write “hot”"),
        (["summary", "why", "5"], "Write: vllm-digest prompt SECTION"),
    ],
)
async def test_a_prompt_that_there_is_not_is_one_line(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    done = await vllm_digest("prompt", *arguments, "--demo", cwd=tmp_path)

    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


async def test_the_json_tells_who_judged_and_what(host: Host) -> None:
    async with github_server(week(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.commands("2026-W12 format:json", Context("terminal", lang="en", tz="UTC"))

    shown = json.loads(reply.text)
    assert {item["importance"] is None for item in shown["lists"]["prs_merged"]} == {False}
    assert (
        shown["tally"]["window"]["categories"] if "window" in shown["tally"] else shown["tally"]["categories"]
    )
