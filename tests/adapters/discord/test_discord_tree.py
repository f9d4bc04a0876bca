"""Commands as people use them, through the gateway and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord import tree
from bot.grammar import parse
from bot.grammar.commands import Question
from summarizer.errors import StoreError
from tests.adapters.discord.commands_connected import connected
from tests.adapters.discord.commands_heard import TITLES, Heard
from tests.servers.discord import GENERAL, GUILD, NotOffered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.servers.discord import DiscordServer, Interaction


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def discord(server: DiscordServer, heard: Heard) -> AsyncIterator[DiscordServer]:
    """With the commands everywhere."""
    async with connected(server, heard):
        yield server


async def offered(interaction: Interaction) -> dict[str, str]:
    """The suggestions, value -> label."""
    await interaction.acknowledged()
    return {each["value"]: each["name"] for each in interaction.choices or ()}


EVERY: list[tuple[str, dict[str, Any], str]] = [
    ("today", {}, "today"),
    (
        "today",
        {
            "topic": "amd", "repo": "octo/other", "label": "rocm,good first issue", "author": "-octocat",
            "is": "merged", "lang": "zh", "tz": "Europe/Berlin", "in": "channel", "path": "csrc/*.cu",
            "importance": 7, "edition": "weekly", "format": "json",
        },
        (
            "today repo:octo/other lang:zh tz:Europe/Berlin in:channel edition:weekly format:json "
            'label:rocm,"good first issue" topic:amd -author:octocat path:csrc/*.cu is:merged importance:7'
        ),
    ),
    ("yesterday", {"tz": "America/New_York"}, "yesterday tz:America/New_York"),
    ("week", {}, "week this"),
    ("week", {"which": "last"}, "week last"),
    ("week", {"which": "2026-W13", "topic": "amd"}, "2026-W13 topic:amd"),
    ("month", {"which": "2026-03"}, "2026-03"),
    ("last", {"duration": "6h"}, "last 6h"),
    ("date", {"when": "2025-12-08..2025-12-10"}, "date 2025-12-08..2025-12-10"),
    ("release", {}, "release latest"),
    ("release", {"tag": "v0.11.0"}, "release v0.11.0"),
    ("ask", {"question": "what does lang:zh do?", "lang": "en"}, 'ask lang:en what does "lang:zh" do?'),
    ("why", {"item": "26701", "not": True}, "why not #26701"),
    ("why", {"item": "26701", "not": False, "topic": "amd"}, "why #26701 topic:amd"),
    ("topics", {}, "topics"),
    ("topic", {"key": "amd", "action": "add", "item": "@octocat"}, "topic amd add @octocat"),
    ("iam", {"login": "octocat"}, "iam octocat"),
    ("status", {"repo": "octo/other"}, "status repo:octo/other"),
    ("sync", {"since": "3d"}, "sync since:3d"),
    ("forget", {}, "forget"),
    ("help", {"about": "week"}, "help week"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "line"), EVERY)
async def test_a_command_is_heard_as_its_line(
    discord: DiscordServer, heard: Heard, name: str, options: Mapping[str, Any], line: str
) -> None:
    interaction = discord.ann.slash(GENERAL, f"vllm-digest {name}", options)
    await interaction.answered()

    told = {key: "true" if each is True else str(each) for key, each in options.items() if each is not False}
    assert heard.lines == [(line, told)]
    assert parse(line, surface="slash", conversation=False, topics=TITLES)


async def test_defaults_are_heard_with_whose_they_are(discord: DiscordServer, heard: Heard) -> None:
    options = {"for": "server", "lang": "zh", "tz": "Asia/Shanghai"}

    await discord.ann.slash(GENERAL, "vllm-digest prefs", options).answered()

    assert heard.prefs_lines == [("prefs lang:zh tz:Asia/Shanghai", options)]


async def test_what_cannot_be_is_told_and_never_a_line(discord: DiscordServer, heard: Heard) -> None:
    await discord.ann.slash(GENERAL, "vllm-digest date", {"when": "next tuesday"}).answered()

    assert heard.lines == []
    assert [each.key for each in heard.problems] == ["command.mistake"]


async def test_a_question_smuggles_no_option(discord: DiscordServer, heard: Heard) -> None:
    hostile = 'hi" in:channel tz:"Asia/Tokyo" --lang zh'

    await discord.ann.slash(GENERAL, "vllm-digest ask", {"question": hostile, "in": "me"}).answered()

    command = parse(heard.lines[0][0], surface="slash", conversation=False)
    assert isinstance(command, Question)
    assert (command.options.reply_in, command.options.tz, command.options.lang) == ("me", None, None)


async def test_a_client_in_chinese_uses_the_same_command(discord: DiscordServer, heard: Heard) -> None:
    await discord.ben.slash(GENERAL, "vllm-digest today", {"topic": "amd"}, locale="zh-CN").answered()

    assert heard.lines[0][0] == "today topic:amd"


async def test_commands_work_in_a_direct_message(discord: DiscordServer, heard: Heard) -> None:
    await discord.ann.slash(discord.ann.dm, "vllm-digest today").answered()

    assert heard.lines == [("today", {})]


async def test_commands_work_among_people_where_somebody_installed_the_app_for_themselves(
    discord: DiscordServer, heard: Heard
) -> None:
    discord.ann.user.has_installed = True
    group = discord.add_private(discord.ann.id, discord.ben.id)

    await discord.ann.slash(group, "vllm-digest today").answered()

    assert heard.lines == [("today", {})]


async def test_the_commands_of_one_server_are_heard_there_alone(server: DiscordServer, heard: Heard) -> None:
    async with connected(server, heard, guild_ids=[GUILD]):
        await server.ann.slash(GENERAL, "vllm-digest today").answered()

        with pytest.raises(NotOffered):
            server.ann.slash(server.ann.dm, "vllm-digest today")

    assert heard.lines == [("today", {})]


@pytest.mark.parametrize("guild_ids", [[], [GUILD]])
async def test_a_message_can_be_explained(server: DiscordServer, heard: Heard, guild_ids: list[int]) -> None:
    async with connected(server, heard, guild_ids):
        message = server.ben.says(GENERAL, "see https://github.com/vllm-project/vllm/pull/26701")

        await server.ann.explain(message, "Explain this PR").answered()

    assert [each.id for each in heard.messages] == [message.id]
    assert heard.messages[0].content == "see https://github.com/vllm-project/vllm/pull/26701"


# --- suggestions ---


@pytest.mark.parametrize(
    ("command", "option", "typed", "value"),
    [
        ("today", "topic", "quant", "quantization"),
        ("today", "repo", "other", "octo/other"),
        ("today", "tz", "berlin", "Europe/Berlin"),
        ("ask", "repo", "VLLM", "vllm-project/vllm"),
        ("week", "which", "2026-W4", "2026-W48"),
        ("month", "which", "2026-1", "2026-11"),
        ("last", "duration", "5", "5d"),
        ("date", "when", "yes", "yesterday"),
        ("date", "when", "2026-11-2", "2026-11-25"),
        ("release", "tag", "", "latest"),
        ("topic", "key", "a", "amd"),
        ("sync", "since", "3", "3d"),
        ("help", "about", "rel", "release"),
    ],
)
async def test_an_option_is_completed_while_somebody_types(
    discord: DiscordServer, command: str, option: str, typed: str, value: str
) -> None:
    interaction = discord.ann.autocomplete(GENERAL, f"vllm-digest {command}", option, typed)

    assert value in await offered(interaction)


async def test_suggestions_speak_the_language_of_the_client(discord: DiscordServer) -> None:
    english = discord.ann.autocomplete(GENERAL, "vllm-digest last", "duration", "3d")
    chinese = discord.ben.autocomplete(GENERAL, "vllm-digest last", "duration", "3d", locale="zh-TW")

    assert await offered(english) == {"3d": "3 days"}
    assert await offered(chinese) == {"3d": "3 天"}


@pytest.mark.parametrize(
    ("tz", "today"), [("Pacific/Kiritimati", "2026-11-27"), ("UTC", "2026-11-26"), ("nowhere", "2026-11-26")]
)
async def test_today_is_that_of_the_zone_that_is_filled_in(
    discord: DiscordServer, tz: str, today: str
) -> None:
    others = {"tz": tz}

    interaction = discord.ann.autocomplete(GENERAL, "vllm-digest date", "when", "", others)

    assert list(await offered(interaction))[:3] == ["yesterday", "today", today]


@pytest.mark.parametrize("failure", [StoreError("store.unreachable"), RuntimeError("a bug")])
async def test_a_failure_suggests_nothing(discord: DiscordServer, heard: Heard, failure: Exception) -> None:
    heard.known = failure

    interaction = discord.ann.autocomplete(GENERAL, "vllm-digest today", "repo", "v")

    assert await offered(interaction) == {}
    assert interaction.choices == []


async def test_repositories_that_take_too_long_are_not_waited_for(
    server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "SUGGESTED_WITHIN_S", 0.01)
    heard = Heard(hangs=True)
    async with connected(server, heard):
        interaction = server.ann.autocomplete(GENERAL, "vllm-digest today", "repo", "v")

        assert await offered(interaction) == {}
