"""The topic file while the bot runs: what is changed there is taken up, and what cannot be read changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat import Context
from bot import topicfile
from bot.topicfile import TopicFile
from summarizer.errors import NotConfigured
from summarizer.topics import BUNDLED
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.running import Host

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

FILE = """
[[topic]]
key = "{key}"
title = {{ en = "{title}", zh = "{title}" }}

  [[topic.rule]]
  on = "title"
  match = ["{word}"]
"""


def file_of(*topics: tuple[str, str, str]) -> str:
    return "".join(FILE.format(key=key, title=title, word=word) for key, title, word in topics)


AMD, CPU = ("amd", "AMD", "rocm"), ("cpu", "CPU", "numa")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "topics.toml"
    path.write_text(file_of(AMD), "utf-8")
    return path


def write(file: Path, text: str | None, *, keep_time: bool = False) -> None:
    """text: None removes the file."""
    told = file.stat() if keep_time else None
    if text is None:
        file.unlink()
        return
    file.write_text(text, "utf-8")
    if told is not None:
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


async def test_what_is_changed_is_taken_up(file: Path) -> None:
    topics = TopicFile(file, section_topics=("amd",))
    before = topics.rules.hash
    write(file, file_of(AMD, CPU))

    assert await topics.look()

    assert topics.words == {"amd", "cpu"}
    assert dict(topics.titles)["cpu"] == {"en": "CPU", "zh": "CPU"}
    assert set(topics.names) == {"amd", "cpu"}
    assert topics.rules.hash != before
    assert topics.problem is None


async def test_a_file_of_the_same_time_and_size_is_taken_up(file: Path) -> None:
    topics = TopicFile(file)
    write(file, file_of(("cpu", "AMD", "rocm")), keep_time=True)

    assert await topics.look()
    assert topics.words == {"cpu"}


async def test_another_layout_changes_nothing(file: Path) -> None:
    topics = TopicFile(file)
    write(file, f"# a remark\n{file_of(AMD)}")

    assert not await topics.look()
    assert topics.problem is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[[topic", "topics.toml"),
        (file_of(CPU), "topics.section_gone"),
        (None, "topics.unreadable"),
    ],
)
async def test_what_cannot_be_taken_up_leaves_the_old_rules_and_is_told_once(
    file: Path, text: str | None, key: str
) -> None:
    topics = TopicFile(file, section_topics=("amd",))
    write(file, text)

    with capture_logs() as logs:
        assert not await topics.look()
        assert not await topics.look()

    assert topics.words == {"amd"}
    assert topics.problem is not None
    assert topics.problem.key == key
    assert [each["error"] for each in logs] == [key]
    assert logs[0]["log_level"] == "error"

    write(file, file_of(AMD, CPU))
    assert await topics.look()
    assert topics.problem is None


def test_a_section_of_a_topic_that_is_not_there_stops_the_start(file: Path) -> None:
    with pytest.raises(NotConfigured, match="DIGEST_TOPICS"):
        TopicFile(file, section_topics=("cpu",))


async def test_the_file_of_the_package_is_not_looked_at() -> None:
    topics = TopicFile(None, section_topics=("rocm",))

    assert topics.name == BUNDLED
    assert topics.section_topics == ("amd",)
    assert not await topics.look()


async def test_a_hangup_has_it_looked_at_at_once(file: Path) -> None:
    topics = TopicFile(file)
    with topics.heeding_hangups():
        write(file, file_of(CPU))
        os.kill(os.getpid(), signal.SIGHUP)
        async with asyncio.timeout(20):
            while topics.words != {"cpu"}:  # noqa: ASYNC110 - a thread reads the file
                await asyncio.sleep(0.005)


async def test_a_running_bot_follows_the_file(
    host: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topicfile, "LOOK_S", 0.01)
    world = World()
    repository = world.repository(REPO)
    repository.open_issue("A fault of ROCm: rocm", by="ann", at=NOW - HOUR)
    repository.open_issue("Slow on numa", by="bob", at=NOW - HOUR)
    person = Context("terminal", tz="UTC")
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_TOPICS_FILE=file) as bot,
    ):
        before = json.loads((await bot.commands("today format:json", person)).text)
        unknown = await bot.commands("today topic:cpu", person)
        write(file, file_of(("amd", "AMD", "numa"), CPU))
        async with asyncio.timeout(20):
            while "cpu" not in bot.topics.words:  # noqa: ASYNC110 - another task looks
                await asyncio.sleep(0.005)

        listed = await bot.commands("topics", person)
        after = json.loads((await bot.commands("today format:json", person)).text)
        limited = json.loads((await bot.commands("today topic:cpu format:json", person)).text)
        asked = await bot.commands("any cpu issues today?", person)
        write(file, "[[topic")
        async with asyncio.timeout(20):
            while bot.topics.problem is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        broken = json.loads((await bot.commands("today format:json", person)).text)
        status = await bot.commands("status", person)

    assert before["topics"]["amd"]["about"] == [1]
    assert unknown.problem is not None
    assert unknown.problem.key == "topics.unknown"
    assert "CPU" in listed.text
    assert after["topics"]["amd"]["about"] == [2]
    assert after["id"] != before["id"]
    assert [row["number"] for row in limited["lists"]["issues_opened"]] == [2]
    assert "#2" in asked.text
    assert broken["id"] == after["id"]
    assert "not taken up" in status.text
