"""Lines of the sub-commands about subscriptions: what somebody filled in is parsed to what they meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.commands import COMMANDS
from adapters.discord.typed import line_of
from bot.grammar import parse
from bot.grammar.commands import Command, Question, ScheduleCommand, WatchCommand
from summarizer.errors import BadInput
from tests.adapters.discord.test_discord_typed import TOPICS, solid, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL: Final = "1300000000000000001"


def meant(line: str) -> Command | Question:
    return parse(line, surface="slash", conversation=False, topics=TOPICS)


def outcome(name: str, values: Mapping[str, str]) -> Command | Question | BadInput:
    """What the values mean, or what is told of them."""
    try:
        return meant(line_of(name, values, topics=TOPICS))
    except BadInput as error:
        return error


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("daily 09:00", "daily 09:00"),
        ("Daily 9:30 on mon,wed", "daily 09:30 on mon,wed"),
        ("weekly fri 10:00", "weekly fri 10:00"),
        ("monthly 15 08:00", "monthly 15 08:00"),
        ("every 6h 8-20 on weekdays", "every 6h 8-20 on weekdays"),
        ("hourly", "hourly"),
        ("每天 09：00", "daily 09:00"),
        ("每周一 10:00", "weekly mon 10:00"),
        ("每6小时 8-20 工作日", "every 6h 8-20 on weekdays"),
        ("每月1号 9点", "monthly 1 09:00"),
        ("0 9 * * 1-5", 'cron:"0 9 * * 1-5"'),
        ("*/20 8-18 * * mon-fri", 'cron:"*/20 8-18 * * mon-fri"'),
        ("cron 0 9 * * 1-5", 'cron:"0 9 * * 1-5"'),
        ("cron:“0 9 * * 1-5”", 'cron:"0 9 * * 1-5"'),
    ],
)
def test_a_schedule_is_read_as_the_grammar_reads_it(schedule: str, expected: str) -> None:
    command = meant(line_of("subscribe", {"schedule": schedule}))

    assert isinstance(command, ScheduleCommand)
    assert (command.action, str(command.schedule)) == ("subscribe", expected)


def test_all_options_of_a_subscription_stand_on_one_line() -> None:
    values = {
        "schedule": "daily 09:00", "topic": "amd,-quantization", "channel": CHANNEL, "lang": "zh",
        "tz": "Asia/Shanghai", "label": "-ci", "author": "@octocat", "is": "merged", "path": "csrc/*.cu",
        "importance": "7", "repo": "vllm-project/vllm", "edition": "weekly", "sections": "summary,topic-amd",
        "quiet-if-empty": "true", "hush": "22-8", "holidays": "cn", "name": "AMD every morning", "cut": "due",
        "catchup": "newest",
    }  # fmt: skip

    command = meant(line_of("subscribe", values | {"topic": "amd,quantization"}))

    assert set(values) == {each.name for each in COMMANDS["subscribe"].options}
    assert isinstance(command, ScheduleCommand)
    assert command.options.channels == ((CHANNEL, CHANNEL),)
    assert str(command) == (
        "subscribe daily 09:00 repo:vllm-project/vllm lang:zh tz:Asia/Shanghai edition:weekly -label:ci "
        f"topic:amd,quantization author:octocat path:csrc/*.cu is:merged importance:7 to:#{CHANNEL} "
        'name:"AMD every morning" sections:summary,topic-amd cut:due catchup:newest hush:22-8 holidays:CN '
        "quiet-if-empty"
    )


def test_all_options_of_a_watch_stand_on_one_line() -> None:
    values = {
        "topic": "amd", "channel": CHANNEL, "lang": "en", "tz": "UTC", "label": "rocm", "author": "octocat",
        "is": "pr", "path": "csrc/", "importance": "5", "repo": "vllm-project/vllm", "max": "5", "hush": "22-8",
        "holidays": "DE", "name": "AMD",
    }  # fmt: skip

    command = meant(line_of("watch", values))

    assert set(values) == {each.name for each in COMMANDS["watch"].options}
    assert isinstance(command, WatchCommand)
    assert str(command) == (
        "watch repo:vllm-project/vllm lang:en tz:UTC label:rocm topic:amd author:octocat path:csrc/ is:pr "
        f"importance:5 to:#{CHANNEL} name:AMD hush:22-8 holidays:DE max:5/h"
    )


@pytest.mark.parametrize(
    ("name", "values", "line"),
    [
        ("subscriptions", {}, "subscriptions"),
        ("unsubscribe", {"id": "s3"}, "unsubscribe s3"),
        ("unsubscribe", {"id": "S3"}, "unsubscribe s3"),
        ("unsubscribe", {"id": "w4"}, "unwatch w4"),
        ("pause", {"id": "s3"}, "pause s3"),
        ("pause", {"id": "all"}, "pause all"),
        ("pause", {"id": "全部"}, "pause all"),
        ("resume", {"id": "w4"}, "resume w4"),
        ("resume", {"id": "ALL"}, "resume all"),
        ("posts test", {"id": "s3"}, "test s3"),
        ("posts move", {"id": "s3", "channel": CHANNEL}, f"move s3 to:#{CHANNEL}"),
        ("posts history", {}, "history"),
        ("posts history", {"id": "s3"}, "history s3"),
        ("posts retract", {"post": "daily-2025-12-10-0123456789"}, "retract daily-2025-12-10-0123456789"),
        (
            "posts retract",
            {"post": "<https://discord.com/channels/1/2/3>"},
            "retract https://discord.com/channels/1/2/3",
        ),
        ("posts deliveries", {}, "deliveries"),
        ("posts deliveries", {"retry": "s3-20251210T0900"}, "deliveries retry s3-20251210T0900"),
    ],
)
def test_a_command_about_subscriptions_is_the_one_that_was_chosen(
    name: str, values: Mapping[str, str], line: str
) -> None:
    assert str(meant(line_of(name, values))) == line


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("subscribe", {"schedule": "tomorrow, please!"}),
        ("subscribe", {"schedule": " "}),
        ("subscribe", {"schedule": "daily 09:00 lang:zh"}),
        ("subscribe", {"schedule": "daily 09:00 quiet-if-empty"}),
        ("subscribe", {"schedule": "daily 09:00 无则不发"}),
        ("subscribe", {"schedule": "daily --lang zh"}),
        ("unsubscribe", {"id": "all"}),
        ("unsubscribe", {"id": "3"}),
        ("posts test", {"id": "s3 lang:zh"}),
        ("posts move", {"id": "s3", "channel": "#general"}),
        ("posts retract", {"post": "that one"}),
        ("posts deliveries", {"retry": "lang:5"}),
        ("posts deliveries", {"retry": "all"}),
    ],
)
def test_what_cannot_be_is_refused(name: str, values: Mapping[str, str]) -> None:
    with pytest.raises(BadInput):
        line_of(name, values)


def test_a_watch_without_any_filter_is_told_so() -> None:
    assert isinstance(outcome("watch", {"lang": "zh"}), BadInput)


PLAIN: Final[dict[str, dict[str, str]]] = {
    "subscribe": {"schedule": "daily 09:00"},
    "watch": {"topic": "amd"},
    "unsubscribe": {"id": "s3"},
    "pause": {"id": "s3"},
    "posts move": {"id": "s3", "channel": CHANNEL},
    "posts history": {},
    "posts retract": {"post": "daily-2025-12-10-0123456789"},
    "posts deliveries": {},
}


@given(
    st.sampled_from(
        [
            ("subscribe", "schedule"), ("subscribe", "name"), ("subscribe", "hush"), ("subscribe", "holidays"),
            ("subscribe", "sections"), ("watch", "name"), ("unsubscribe", "id"), ("pause", "id"),
            ("posts move", "channel"), ("posts history", "id"), ("posts retract", "post"),
            ("posts deliveries", "retry"),
        ]
    ),
    texts,
)  # fmt: skip
@example(("subscribe", "schedule"), "daily 09:00 to:#other")
@example(("subscribe", "schedule"), "me to amd")
@example(("subscribe", "schedule"), "daily\nlang:zh")
@example(("subscribe", "name"), '" to:#other "')
@example(("posts retract", "post"), "https://discord.com/channels/1/2/3?lang:zh")
def test_nothing_that_is_filled_in_becomes_another_command_or_an_option(
    which: tuple[str, str], text: str
) -> None:
    name, key = which
    values: dict[str, Any] = {**PLAIN[name], key: text}

    command = outcome(name, values)

    if isinstance(command, BadInput):
        return
    assert isinstance(command, WatchCommand if name == "watch" else ScheduleCommand | WatchCommand)
    action = COMMANDS[name].name
    assert command.action == action or (action, command.action) == ("unsubscribe", "unwatch")
    assert (command.options.lang, command.options.repo, command.options.tz) == (None, None, None)
    assert bool(command.options.suboptions.to) == ("channel" in values)
    assert command.options.suboptions.quiet_if_empty is None


@given(solid)
@example('his "best" one, lang:zh')
@example("quiet-if-empty")
def test_a_name_is_read_as_it_was_written(text: str) -> None:
    command = outcome("subscribe", {"schedule": "daily 09:00", "name": text})

    if isinstance(command, BadInput):
        assert command.key.startswith("option.")
        return
    assert isinstance(command, ScheduleCommand)
    assert command.options.suboptions.name
    assert command.options.filters == ()
