"""A topic file of one's own: its organisations and its bots reach the digest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.running import Host

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

FILE = """
[project]
repo = "vllm-project/vllm"
name = "Ours"

[people]
bots = ["our-ci"]

[[organisation]]
key = "amd"
logins = ["octocat"]

[[organisation]]
key = "example"
title = "Example Inc."
patterns = ['.+-example']

[[topic]]
key = "amd"
title = { en = "AMD", zh = "AMD" }

  [[topic.rule]]
  on = "organisation"
  match = ["amd", "example"]
  except = ["leaver-example"]
"""


def world() -> World:
    world = World()
    repository = world.repository(REPO)
    repository.open_pr("Of a person of AMD", by="octocat", at=NOW - 5 * HOUR)
    repository.open_pr("Of a person of Example", by="ann-example", at=NOW - 5 * HOUR)
    repository.open_pr("Of one who left", by="leaver-example", at=NOW - 5 * HOUR)
    other = repository.open_pr("Of anybody", by="bob", at=NOW - 5 * HOUR)
    for minute in range(4):
        other.comment(by="our-ci", at=NOW - 2 * HOUR + minute * MINUTE, body="Build failed.")
    for login in ("cy", "dee"):
        repository.threads[1].comment(by=login, at=NOW - HOUR, body="A thought.")
    other.merge(by="our-ci", at=NOW - HOUR)
    return world


@pytest.fixture
def topics_file(tmp_path: Path) -> Path:
    file = tmp_path / "topics.toml"
    file.write_text(FILE, "utf-8")
    return file


@pytest.mark.parametrize(
    ("lang", "why"), [("en", "indirectly: author `octocat`"), ("zh", "间接相关：作者 `octocat`")]
)
async def test_whose_people_an_author_is_one_of_makes_a_member_of_the_topic(
    lang: str, why: str, host: Host, topics_file: Path
) -> None:
    async with (
        github_server(world(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_TOPICS_FILE=topics_file) as bot,
    ):
        context = Context("terminal", lang=lang, tz="UTC")
        page = await bot.commands("today", context)
        data = await bot.commands("today format:json topic:amd", context)

    digest = json.loads(data.text)
    assert page.text.startswith("# Ours ")
    assert why in page.text
    assert digest["topics"]["amd"]["tagged"] == [1, 2]
    assert digest["topics"]["amd"]["about"] == []
    assert [row["number"] for row in digest["lists"]["prs_opened"]] == [1, 2]


async def test_its_bots_are_no_participants_and_make_no_thread_hot(host: Host, topics_file: Path) -> None:
    async with github_server(world(), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            before = await bot.commands("today format:json", Context("terminal", tz="UTC"))
        async with host.bot(server, NOW, DIGEST_TOPICS_FILE=topics_file) as bot:
            after = await bot.commands("today format:json", Context("terminal", tz="UTC"))
            page = await bot.commands("today", Context("terminal", tz="UTC"))

    unmarked, marked = json.loads(before.text), json.loads(after.text)
    assert unmarked["hot"][0]["number"] == 4
    assert [(row["number"], row["comments_in_window"]) for row in marked["hot"]] == [(1, 2)]
    assert (unmarked["counts"]["comments"], marked["counts"]["comments"]) == (6, 2)
    assert unmarked["counts"]["participants"] - marked["counts"]["participants"] == 1
    assert "our-ci" not in json.dumps(marked["contributors"])
    assert "our-ci" not in page.text.partition("Appendix")[0]
    assert unmarked["id"] != marked["id"]  # other rules, another digest
