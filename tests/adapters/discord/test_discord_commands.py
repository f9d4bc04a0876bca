"""The commands as Discord gets them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import discord
import pytest
from discord import app_commands

from adapters.discord import tree
from adapters.discord.commands import COMMANDS
from adapters.discord.sync import payload_of
from bot.grammar.commands import FORMATS, PLACES
from bot.grammar.options import PLAIN_KEYS
from summarizer import languages
from summarizer.filters import FILTER_KEYS, IS_VALUES
from tests.adapters.discord.commands_heard import TITLES, Heard
from tests.servers.discord.checks import commands as discords

if TYPE_CHECKING:
    from collections.abc import Iterator

    JSON = dict[str, Any]

NAMED: Final = (
    "today", "yesterday", "week", "month", "last", "date", "release", "ask", "why", "topics", "topic", "subscribe",
    "watch", "subscriptions", "unsubscribe", "pause", "resume", "posts", "prefs", "iam", "status", "sync", "forget",
    "help",
)  # fmt: skip
SUBSCRIBING: Final = ("subscribe", "watch", "unsubscribe", "pause", "resume")
"""See `test_discord_subscribing`."""
COMMON: Final = (
    "topic", "repo", "label", "author", "is", "path", "importance", "lang", "tz", "in", "edition", "format",
)  # fmt: skip


@pytest.fixture(name="payload")
async def _payload() -> list[JSON]:
    commands: app_commands.CommandTree[discord.Client] = app_commands.CommandTree(
        discord.Client(intents=discord.Intents.none())
    )
    for each in tree.build(Heard(), topics=TITLES, now=lambda: datetime.now(UTC)):
        commands.add_command(each)
    return await payload_of(commands)


def sub_commands(payload: list[JSON]) -> dict[str, JSON]:
    return {each["name"]: each for each in payload[0]["options"]}


def names(sub_command: JSON) -> list[str]:
    return [option["name"] for option in sub_command.get("options", ())]


def option(payload: list[JSON], command: str, name: str) -> JSON:
    return next(each for each in sub_commands(payload)[command]["options"] if each["name"] == name)


def entries(payload: list[JSON]) -> Iterator[tuple[JSON, list[JSON]]]:
    """Everything with a name, each with those beside it."""
    for each in payload:
        yield each, payload
        yield from entries_below(each)


def entries_below(entry: JSON) -> Iterator[tuple[JSON, list[JSON]]]:
    for beside in (entry.get("options") or [], entry.get("choices") or []):
        for each in beside:
            yield each, beside
            yield from entries_below(each)


def test_discord_takes_them(payload: list[JSON]) -> None:
    discords.check(payload)


def test_all_characters_leave_room_for_what_comes(payload: list[JSON]) -> None:
    assert _characters(payload[0]) <= 7_600
    assert len(payload[0]["options"]) < 25


def _characters(entry: JSON) -> int:
    """As Discord counts them against 8,000: of each text the longest translation."""
    texts = [
        max(map(len, (entry[key], *entry.get(f"{key}_localizations", {}).values())))
        for key in ("name", "description")
        if key in entry
    ]
    below = [_characters(each) for key in ("options", "choices") for each in entry.get(key) or ()]
    return sum(texts) + len(str(entry.get("value", ""))) + sum(below)


def test_there_is_one_command_with_its_sub_commands_and_one_menu(payload: list[JSON]) -> None:
    root, menu = payload

    assert (root["name"], root["type"]) == ("vllm-digest", 1)
    assert tuple(sub_commands(payload)) == NAMED
    assert (menu["name"], menu["type"]) == ("Explain this PR", discord.AppCommandType.message.value)


def test_they_are_for_servers_and_people_and_work_everywhere(payload: list[JSON]) -> None:
    for each in payload:
        assert sorted(each["contexts"]) == [0, 1, 2]
        assert sorted(each["integration_types"]) == [0, 1]
        assert each["default_member_permissions"] is None


def test_the_root_keeps_its_name_in_every_language(payload: list[JSON]) -> None:
    assert payload[0]["name_localizations"] == {}
    assert set(payload[0]["description_localizations"]) == {"zh-CN", "zh-TW"}


def test_all_the_rest_has_a_chinese_name_and_description(payload: list[JSON]) -> None:
    for each, _ in entries(payload):
        if "value" in each and each["value"] in languages.codes():
            continue  # a language is called as it calls itself
        if each is not payload[0]:
            assert set(each["name_localizations"]) == {"zh-CN", "zh-TW"}, each["name"]
        if "description" in each:
            assert re.search(r"[\u4e00-\u9fff]", each["description_localizations"]["zh-CN"]), each["name"]


@pytest.mark.parametrize("locale", ["", "zh-CN", "zh-TW"])
def test_no_two_beside_each_other_have_the_same_name(payload: list[JSON], locale: str) -> None:
    for each, beside in entries(payload):
        called = Counter(one.get("name_localizations", {}).get(locale, one["name"]) for one in beside)

        assert max(called.values()) == 1, (each["name"], called)


def test_chinese_names_are_those_of_the_issue(payload: list[JSON]) -> None:
    called = {name: each["name_localizations"]["zh-CN"] for name, each in sub_commands(payload).items()}

    assert (called["today"], called["topics"], called["why"]) == ("今天", "主题", "为什么")
    assert payload[1]["name_localizations"]["zh-TW"] == "解释这个 PR"


@pytest.mark.parametrize("name", ["today", "yesterday", "week", "month", "last", "date", "release"])
def test_every_digest_takes_the_options_of_the_grammar(payload: list[JSON], name: str) -> None:
    assert set(COMMON) <= set(names(sub_commands(payload)[name]))
    assert set(COMMON) == {*PLAIN_KEYS, *FILTER_KEYS}


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("last", ["duration"]),
        ("date", ["when"]),
        ("ask", ["question"]),
        ("why", ["item"]),
        ("topic", ["key", "action", "item"]),
        ("iam", ["login"]),
        ("week", []),
        ("release", []),
        ("prefs", []),
        ("help", []),
    ],
)
def test_what_a_command_cannot_do_without_is_required(
    payload: list[JSON], name: str, required: list[str]
) -> None:
    options = sub_commands(payload)[name]["options"]

    assert [each["name"] for each in options if each["required"]] == required
    assert names(sub_commands(payload)[name])[: len(required)] == required


def test_choices_are_what_the_grammar_knows(payload: list[JSON]) -> None:
    def values(name: str) -> list[str]:
        return [each["value"] for each in option(payload, "today", name)["choices"]]

    assert values("is") == list(IS_VALUES)
    assert values("in") == list(PLACES)
    assert values("lang") == list(languages.codes())
    assert values("edition") == ["daily", "weekly", "monthly"]
    assert set(values("format")) == set(FORMATS) - {"slack"}


def test_languages_are_called_as_they_call_themselves(payload: list[JSON]) -> None:
    choices = option(payload, "today", "lang")["choices"]

    assert [(each["name"], each["value"]) for each in choices] == [("English", "en"), ("中文", "zh")]


def test_numbers_and_texts_have_the_bounds_of_the_grammar(payload: list[JSON]) -> None:
    importance, question = option(payload, "today", "importance"), option(payload, "ask", "question")

    assert (importance["type"], importance["min_value"], importance["max_value"]) == (4, 0, 10)
    assert (question["min_length"], question["max_length"]) == (1, 3000)
    assert option(payload, "why", "not")["type"] == 5


def test_long_lists_are_completed_while_somebody_types(payload: list[JSON]) -> None:
    completed = {
        (name, each["name"])
        for name, sub_command in sub_commands(payload).items()
        for each in sub_command["options"]
        if each.get("autocomplete") and name not in SUBSCRIBING
    }

    common = {(name, key) for name in NAMED[:7] for key in ("topic", "repo", "tz")}
    assert common < completed
    assert completed - common == {
        ("week", "which"), ("month", "which"), ("last", "duration"), ("date", "when"), ("release", "tag"),
        ("ask", "repo"), ("ask", "tz"), ("why", "topic"), ("why", "repo"), ("topic", "key"), ("topic", "repo"),
        ("prefs", "tz"), ("prefs", "topic"), ("prefs", "repo"), ("status", "repo"), ("sync", "repo"),
        ("sync", "since"), ("help", "about"),
    }  # fmt: skip


def test_the_words_hold_no_more_than_the_table_needs() -> None:
    used = {each.words for command in COMMANDS.values() for each in command.options}
    chosen = {each.words for command in COMMANDS.values() for each in command.options if each.choices} - {
        "lang"
    }

    for code in languages.codes():
        words = languages.load(code).get("discord.command")

        assert set(words["options"]) == used
        assert set(words["choices"]) == chosen
        assert set(words["commands"]) == {each.name for each in COMMANDS.values()}
        assert set(words["groups"]) == {each.group for each in COMMANDS.values()} - {""}
