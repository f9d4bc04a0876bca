"""The commands about subscriptions as Discord gets them and as people use them, through the gateway and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import discord
import pytest
from discord import app_commands

from adapters.chat import Subscribed
from adapters.discord import tree
from adapters.discord.sync import payload_of
from bot.grammar import parse
from summarizer.errors import StoreError
from tests.adapters.discord.commands_connected import connected
from tests.adapters.discord.commands_heard import TITLES, Heard
from tests.servers.discord import ANNOUNCEMENT, CATEGORY, FORUM, GENERAL, GUILD, NotOffered

if TYPE_CHECKING:
    from tests.servers.discord import DiscordServer, Interaction

    JSON = dict[str, Any]

KNOWN: Final = (
    Subscribed("s3", "daily 09:00 topic:amd", "#general", "active"),
    Subscribed("s5", "weekly mon 10:00", "#random", "paused"),
    Subscribed("w4", "topic:amd", "#general", "active"),
)
USES: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("subscribe", {"schedule": "daily 09:00"}, "subscribe daily 09:00"),
    (
        "subscribe",
        {
            "schedule": "每周一 10:00",
            "topic": "amd",
            "lang": "zh",
            "quiet-if-empty": True,
            "channel": GENERAL,
        },
        f"subscribe 每周一 10:00 lang:zh topic:amd to:<#{GENERAL}> quiet-if-empty",
    ),
    (
        "subscribe",
        {
            "schedule": "0 9 * * 1-5",
            "sections": "summary,hot",
            "hush": "22-8",
            "holidays": "CN",
            "cut": "day",
        },
        'subscribe cron:"0 9 * * 1-5" sections:summary,hot cut:day hush:22-8 holidays:CN',
    ),
    ("watch", {"topic": "amd", "max": 5}, "watch topic:amd max:5/h"),
    ("subscriptions", {}, "subscriptions"),
    ("unsubscribe", {"id": "s3"}, "unsubscribe s3"),
    ("unsubscribe", {"id": "w4"}, "unwatch w4"),
    ("pause", {"id": "all"}, "pause all"),
    ("resume", {"id": "s3"}, "resume s3"),
    ("posts test", {"id": "s3"}, "test s3"),
    ("posts move", {"id": "s3", "channel": GENERAL}, f"move s3 to:<#{GENERAL}>"),
    ("posts history", {}, "history"),
    (
        "posts retract",
        {"post": f"https://discord.com/channels/{GUILD}/{GENERAL}/5"},
        f"retract https://discord.com/channels/{GUILD}/{GENERAL}/5",
    ),
    ("posts deliveries", {"retry": "d-5"}, "deliveries retry d-5"),
]


async def registered() -> JSON:
    """`/vllm-digest` as Discord is told of it."""
    commands: app_commands.CommandTree[discord.Client] = app_commands.CommandTree(
        discord.Client(intents=discord.Intents.none())
    )
    for each in tree.build(Heard(), topics=TITLES, now=lambda: datetime.now(UTC)):
        commands.add_command(each)
    return (await payload_of(commands))[0]


def options_of(payload: JSON, *path: str) -> dict[str, JSON]:
    """The options of a command, by name."""
    found = payload
    for name in path:
        found = next(each for each in found["options"] if each["name"] == name)
    return {each["name"]: each for each in found["options"]}


async def offered(interaction: Interaction) -> dict[str, str]:
    """The suggestions, value -> label."""
    await interaction.acknowledged()
    return {each["value"]: each["name"] for each in interaction.choices or ()}


async def test_what_concerns_posts_is_a_group_of_its_own() -> None:
    payload = await registered()
    (group,) = [each for each in payload["options"] if each["type"] == 2]

    assert group["name"] == "posts"
    assert group["name_localizations"]["zh-CN"] == "推送"
    assert list(options_of(payload, "posts")) == ["test", "move", "history", "retract", "deliveries"]


async def test_chinese_names_are_the_grammars_own() -> None:
    payload = await registered()
    called = {each["name"]: each["name_localizations"]["zh-CN"] for each in payload["options"]}

    for name in ("subscribe", "watch", "subscriptions", "unsubscribe", "pause", "resume"):
        written = {"subscriptions": ""}.get(name, " w4" if name != "subscribe" else " 每天 09:00")
        line = f"{called[name]}{written if name != 'watch' else ' 主题:amd'}"
        assert str(parse(line, surface="slash", conversation=False)).split()[0] == name


async def test_options_are_of_the_kind_that_they_are_filled_with() -> None:
    payload = await registered()
    subscribe, watch = options_of(payload, "subscribe"), options_of(payload, "watch")
    move = options_of(payload, "posts", "move")

    assert [name for name, each in subscribe.items() if each["required"]] == ["schedule"]
    assert (subscribe["channel"]["type"], subscribe["quiet-if-empty"]["type"]) == (7, 5)
    assert sorted(subscribe["channel"]["channel_types"]) == [0, 5, 10, 11, 12, 15, 16]
    assert (watch["max"]["type"], watch["max"]["min_value"]) == (4, 1)
    assert [name for name, each in watch.items() if each["required"]] == []
    assert [name for name, each in move.items() if each["required"]] == ["id", "channel"]


async def test_what_can_be_listed_is_completed_while_somebody_types() -> None:
    payload = await registered()
    top = [
        (name, key)
        for name in ("subscribe", "watch", "unsubscribe", "pause", "resume")
        for key, each in options_of(payload, name).items()
        if each.get("autocomplete")
    ]
    below = [
        (name, key)
        for name in options_of(payload, "posts")
        for key, each in options_of(payload, "posts", name).items()
        if each.get("autocomplete")
    ]

    assert top == [
        ("subscribe", "schedule"), ("subscribe", "topic"), ("subscribe", "tz"), ("subscribe", "repo"),
        ("subscribe", "sections"), ("subscribe", "holidays"), ("watch", "topic"), ("watch", "tz"),
        ("watch", "repo"), ("watch", "holidays"), ("unsubscribe", "id"), ("pause", "id"), ("resume", "id"),
    ]  # fmt: skip
    assert below == [("test", "id"), ("move", "id"), ("history", "id")]


async def test_each_command_is_heard_as_its_line(server: DiscordServer) -> None:
    heard = Heard()
    async with connected(server, heard):
        for name, options, _ in USES:
            await server.ann.slash(GENERAL, f"vllm-digest {name}", options).answered()

    assert heard.problems == []
    assert [line for line, _ in heard.lines] == [line for *_, line in USES]
    for line, _ in heard.lines:
        assert parse(line, surface="slash", conversation=False, topics=TITLES)


async def test_a_channel_is_one_that_can_be_posted_to(server: DiscordServer) -> None:
    heard = Heard()
    kinds = {
        kind: server.add_channel(name=f"of-{kind}", kind=kind) for kind in (ANNOUNCEMENT, FORUM, CATEGORY)
    }
    async with connected(server, heard):
        for kind in (ANNOUNCEMENT, FORUM):
            values = {"id": "s3", "channel": kinds[kind].id}
            await server.ann.slash(GENERAL, "vllm-digest posts move", values).answered()
        with pytest.raises(NotOffered):
            server.ann.slash(GENERAL, "vllm-digest posts move", {"id": "s3", "channel": kinds[CATEGORY].id})

    assert [line for line, _ in heard.lines] == [
        f"move s3 to:<#{kinds[kind].id}>" for kind in (ANNOUNCEMENT, FORUM)
    ]


async def test_what_is_no_schedule_is_told_and_never_a_line(server: DiscordServer) -> None:
    heard = Heard()
    async with connected(server, heard):
        for schedule in ("whenever you like!", "daily 09:00 to:#other"):
            options = {"schedule": schedule}
            await server.ann.slash(GENERAL, "vllm-digest subscribe", options).answered()

    assert heard.lines == []
    assert [each.key for each in heard.problems] == ["command.mistake"] * 2


async def test_an_option_is_completed_while_somebody_types(server: DiscordServer) -> None:
    uses: list[tuple[str, str, str, list[str]]] = [
        ("subscribe", "schedule", "7:45", ["daily 07:45", "daily 07:45 on weekdays"]),
        ("subscribe", "sections", "summary,h", ["summary,hot"]),
        ("subscribe", "holidays", "german", ["DE"]),
        ("watch", "topic", "quant", ["quantization"]),
        ("unsubscribe", "id", "", ["s3", "s5", "w4"]),
        ("pause", "id", "", ["s3", "w4", "all"]),
        ("resume", "id", "", ["s5"]),
        ("posts test", "id", "", ["s3", "s5"]),
        ("posts move", "id", "rand", ["s5"]),
        ("posts history", "id", "w", ["w4", "s5"]),
    ]
    async with connected(server, Heard(subscribed=KNOWN)):
        for command, option, typed, expected in uses:
            found = await offered(server.ann.autocomplete(GENERAL, f"vllm-digest {command}", option, typed))
            assert list(found)[: len(expected)] == expected, (command, option)


async def test_suggestions_speak_the_language_of_the_client(server: DiscordServer) -> None:
    async with connected(server, Heard(subscribed=KNOWN)):
        schedule = server.ben.autocomplete(GENERAL, "vllm-digest subscribe", "schedule", "", locale="zh-TW")
        paused = server.ben.autocomplete(GENERAL, "vllm-digest resume", "id", "", locale="zh-CN")

        assert (await offered(schedule))["daily 09:00"] == "每天 09:00"
        assert await offered(paused) == {"s5": "s5 · 已暂停 · weekly mon 10:00 · #random"}


@pytest.mark.parametrize("failure", [StoreError("store.unreachable"), RuntimeError("a bug")])
async def test_a_failure_suggests_nothing(server: DiscordServer, failure: Exception) -> None:
    async with connected(server, Heard(subscribed=failure)):
        interaction = server.ann.autocomplete(GENERAL, "vllm-digest pause", "id", "s")

        assert await offered(interaction) == {}
        assert interaction.choices == []
