"""Every row of the grammar's tables, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.grammar import parse
from bot.grammar.commands import (
    Command,
    Hours,
    ItemRef,
    Options,
    Question,
    Refinement,
    Schedule,
    ScheduleCommand,
    Suboptions,
    WatchCommand,
    WhyCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.expressions import Duration, Month, Range, RelativeDay, Release, Time, Week
from summarizer.errors import BadInput
from summarizer.filters import Filter

TOPICS = ("amd", "rocm", "moe", "kv-transfer")
NOW = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
AMD = Filter("topic", ("amd",))


def chat(line: str) -> Command | Question:
    return parse(line, surface="chat", conversation=False, topics=TOPICS)


def shell(line: str) -> Command | Question:
    return parse(line, surface="shell", conversation=False, topics=TOPICS)


def resolved(line: str) -> tuple[str, str]:
    """The window a command names at NOW in Asia/Shanghai, or in its own zone, as local times there."""
    command = chat(line)
    assert isinstance(command, WindowCommand)
    window = command.window.resolve(now=NOW, synced_until=NOW, tz=command.options.tz or "Asia/Shanghai")
    since, until = (instant.astimezone(window.zone) for instant in (window.since, window.until))
    return f"{since:%Y-%m-%dT%H:%M:%S}", f"{until:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize(
    ("lines", "since", "until"),
    [
        (("today", "今天"), "2025-12-10T00:00:00", "2025-12-10T20:59:00"),
        (("yesterday", "昨天"), "2025-12-09T00:00:00", "2025-12-10T00:00:00"),
        (
            ("yesterday tz:America/Los_Angeles", "昨天 时区:America/Los_Angeles"),
            "2025-12-09T00:00:00",
            "2025-12-10T00:00:00",
        ),
        (("week", "week this", "this week", "本周"), "2025-12-08T00:00:00", "2025-12-10T20:59:00"),
        (("week last", "last week", "上周"), "2025-12-01T00:00:00", "2025-12-08T00:00:00"),
        (
            ("week 2025-W13", "2025-W13", "2025年第13周", "2025年第十三周"),
            "2025-03-24T00:00:00",
            "2025-03-31T00:00:00",
        ),
        (("2025-W13 tz:UTC", "week 2025-w13 tz:utc"), "2025-03-24T00:00:00", "2025-03-31T00:00:00"),
        (("month last", "last month", "上个月", "2025-11"), "2025-11-01T00:00:00", "2025-12-01T00:00:00"),
        (("month", "month this", "本月"), "2025-12-01T00:00:00", "2025-12-10T20:59:00"),
        (
            ("last 6h", "最近6小时", "最近 6 小时", "last 6 hours"),
            "2025-12-10T14:59:00",
            "2025-12-10T20:59:00",
        ),
        (("last 3d", "最近3天", "最近三天", "Last 3D"), "2025-12-07T20:59:00", "2025-12-10T20:59:00"),
        (("last 2w", "最近两周"), "2025-11-26T20:59:00", "2025-12-10T20:59:00"),
        (
            ("2025-12-08", "2025年12月8日", "12月8日", "date 2025-12-08", "日期 2025-12-08", "十二月八日"),
            "2025-12-08T00:00:00",
            "2025-12-09T00:00:00",
        ),
        (("12月11日", "2024-12-11"), "2024-12-11T00:00:00", "2024-12-12T00:00:00"),
        (("2月29日",), "2024-02-29T00:00:00", "2024-03-01T00:00:00"),
        (
            (
                "2025-12-07..2025-12-09",
                "12月7日到9日",
                "12月7日至12月9日",
                "2025-12-07 ～ 2025-12-09",
                "从12月7日 到 9日",
            ),
            "2025-12-07T00:00:00",
            "2025-12-10T00:00:00",
        ),
        (("2024-12-30..2025-01-02", "2024年12月30日到1月2日"), "2024-12-30T00:00:00", "2025-01-03T00:00:00"),
        (
            (
                "2025-12-10T17:53..18:53",
                "2025-12-10T17:53..2025-12-10T18:53",
                "2025-12-10 17:53～18:53",
                "2025-12-10 17:53...18:53",
                "2025-12-10 17:53 … 18:53",
                "2025-12-10t17:53+08:00..18:53",
                "2025-12-10T09:53Z..2025-12-10T10:53Z",
                "12月10日 17:53到18:53",
                "17:53..18:53",
                "17:53 ~ 18:53",
            ),
            "2025-12-10T17:53:00",
            "2025-12-10T18:53:00",
        ),
        (("2025-12-10T19:59:30..20:59",), "2025-12-10T19:59:30", "2025-12-10T20:59:00"),
        (
            ("2025-12-08..", "12月8日到现在", "2025-12-08~", "12月8日~现在"),
            "2025-12-08T00:00:00",
            "2025-12-10T20:59:00",
        ),
        (
            ("2025-03-24..2025-03-30T16:00 tz:UTC edition:weekly",),
            "2025-03-24T00:00:00",
            "2025-03-30T16:00:00",
        ),
        (("2025-12-09T22:00..24:00",), "2025-12-09T22:00:00", "2025-12-10T00:00:00"),
    ],
)
def test_window_in_every_spelling_is_the_same_window(lines: tuple[str, ...], since: str, until: str) -> None:
    for line in lines:
        assert resolved(line) == (since, until), line


ROWS: list[tuple[tuple[str, ...], Command | Question]] = [
    (("", " ", "。", "help", "帮助"), WordCommand("help")),
    (
        (
            "today lang:zh topic:amd",
            "今天 语言：zh 主题：amd",
            "topic:AMD today --lang zh",
            "today —lang=中文 topic:amd",
        ),
        WindowCommand(RelativeDay("today"), Options(lang="zh", filters=(AMD,))),
    ),
    (
        ("week 2026-W13", "2026-W13", "2026年第13周"),
        WindowCommand(Week("numbered", 2026, 13)),
    ),
    (("2026-03", "month 2026-03", "2026年3月"), WindowCommand(Month("numbered", 2026, 3))),
    (("release v0.11.0", "版本 v0.11.0"), WindowCommand(Release("v0.11.0"))),
    (("release v0.10.0..v0.11.0", "版本 v0.10.0～v0.11.0"), WindowCommand(Release("v0.11.0", "v0.10.0"))),
    (("release latest", "版本 最新"), WindowCommand(Release("latest"))),
    (("why #26701", "why 26701", "为什么 #26701", "为什么#26701", "Why ＃26701"), WhyCommand(ItemRef(26701))),
    (
        ("why not #30062 topic:amd", "为什么没有 #30062 主题:amd"),
        WhyCommand(ItemRef(30062), negated=True, options=Options(filters=(AMD,))),
    ),
    (
        (
            "why https://github.com/vllm-project/vllm/pull/26701",
            "why <https://github.com/vllm-project/vllm/pull/26701|#26701>",
            "为什么 vllm-project/vllm#26701",
        ),
        WhyCommand(ItemRef(26701, "vllm-project/vllm")),
    ),
    (
        ("why 26701 yesterday", "为什么 26701 昨天"),
        WhyCommand(ItemRef(26701), window=RelativeDay("yesterday")),
    ),
    (
        ("subscribe daily 09:00 topic:amd quiet-if-empty", "订阅 每天 09:00 主题：amd 无则不发"),
        ScheduleCommand(
            "subscribe",
            Schedule("daily", at=Time(9, 0)),
            options=Options(filters=(AMD,), suboptions=Suboptions(quiet_if_empty=True)),
        ),
    ),
    (
        ("subscribe weekly mon 10:00", "订阅 每周一 10:00", "订阅每周一10:00"),
        ScheduleCommand("subscribe", Schedule("weekly", weekday="mon", at=Time(10, 0))),
    ),
    (
        (
            "subscribe every 6h 8-20 on weekdays",
            "订阅 每6小时 8-20 工作日",
            "subscribe every 6h 8-20 on mon-fri",
        ),
        ScheduleCommand(
            "subscribe",
            Schedule(
                "every", every=Duration(6, "h"), hours=Hours(8, 20), days=("mon", "tue", "wed", "thu", "fri")
            ),
        ),
    ),
    (
        (
            "subscribe daily 18:00 cut:due label:rocm,amd -label:ci is:merged",
            "订阅 每天 18:00 截止:due 标签:rocm,amd -标签:ci is:合并",
        ),
        ScheduleCommand(
            "subscribe",
            Schedule("daily", at=Time(18, 0)),
            options=Options(
                filters=(
                    Filter("label", ("rocm", "amd")),
                    Filter("label", ("ci",), True),
                    Filter("is", ("merged",)),
                ),
                suboptions=Suboptions(cut="due"),
            ),
        ),
    ),
    (
        ('subscribe cron:"0 9 * * 1-5"', "订阅 cron:“0 9 * * 1-5”"),
        ScheduleCommand("subscribe", Schedule("cron", cron="0 9 * * 1-5")),
    ),
    (("subscribe hourly", "订阅 每小时"), ScheduleCommand("subscribe", Schedule("hourly"))),
    (
        ("subscribe monthly 1 09:00", "订阅 每月1号 九点"),
        ScheduleCommand("subscribe", Schedule("monthly", monthday=1, at=Time(9, 0))),
    ),
    (
        ("subscribe daily 08:30 on sat-mon,wed",),
        ScheduleCommand("subscribe", Schedule("daily", at=Time(8, 30), days=("mon", "wed", "sat", "sun"))),
    ),
    (("subscriptions", "订阅列表"), ScheduleCommand("subscriptions")),
    (("unsubscribe s3", "退订 s3", "退订 S3"), ScheduleCommand("unsubscribe", target="s3")),
    (("pause all", "暂停 全部"), ScheduleCommand("pause", target="all")),
    (("test s3", "试发 s3"), ScheduleCommand("test", target="s3")),
    (("history", "历史"), ScheduleCommand("history")),
    (("deliveries retry d12", "投递 重试 d12"), ScheduleCommand("deliveries", target="d12")),
    (
        ("retract s3-20251211T010000Z", "撤回 s3-20251211T010000Z"),
        ScheduleCommand("retract", target="s3-20251211T010000Z"),
    ),
    (
        ("retract daily-2025-12-10-0123456789",),
        ScheduleCommand("retract", target="daily-2025-12-10-0123456789"),
    ),
    (
        ("move s3 to:#general", "移到 s3 to:#general", "移到 s3 发到:＃general"),
        ScheduleCommand("move", target="s3", options=Options(suboptions=Suboptions(to="#general"))),
    ),
    (
        ("watch topic:amd label:quantization max:5/h", "关注 主题:amd 标签:quantization max:5/h"),
        WatchCommand(
            "watch",
            options=Options(
                filters=(AMD, Filter("label", ("quantization",))), suboptions=Suboptions(max_per_hour=5)
            ),
        ),
    ),
    (("unwatch w2", "取消关注 w2"), WatchCommand("unwatch", "w2")),
    (
        ("prefs topic:amd lang:en in:me", "偏好 主题:amd 语言:en 位置:我"),
        WordCommand("prefs", options=Options(lang="en", reply_in="me", filters=(AMD,))),
    ),
    (("topics", "主题"), WordCommand("topics")),
    (("status", "状态"), WordCommand("status")),
    (("forget", "忘记"), WordCommand("forget")),
    (("sync since:3d", "同步 起自:3d"), WordCommand("sync", since=Duration(3, "d"))),
    (("iam octocat", "我是 @octocat"), WordCommand("iam", ("octocat",))),
    (("topic amd add #26701", "主题 amd 加入 26701"), WordCommand("topic", ("amd", "add", "#26701"))),
    (
        (
            'topic amd add #26701 because:"MI300, and nothing else"',
            'because:"MI300, and nothing else" topic amd add 26701',
            "主题 amd 加入 26701 原因：“MI300, and nothing else”",
        ),
        WordCommand("topic", ("amd", "add", "#26701"), because="MI300, and nothing else"),
    ),
    (("topic amd remove @ci_acme[bot]",), WordCommand("topic", ("amd", "remove", "@ci_acme[bot]"))),
    (
        ("topic amd remove @octocat", "主题 amd 移除 @octocat"),
        WordCommand("topic", ("amd", "remove", "@octocat")),
    ),
    (("help subscribe", "帮助 订阅"), WordCommand("help", ("subscribe",))),
    (("ask today", "问 today"), Question("today", window=RelativeDay("today"))),
    (("问 昨天合并了什么",), Question("昨天合并了什么", window=RelativeDay("yesterday"))),
    (("help me find KV bugs",), Question("help me find KV bugs")),
    (("any AMD PRs this week?",), Question("any AMD PRs this week?", window=Week("this"))),
    (("本周有 AMD 的 PR 吗？",), Question("本周有 AMD 的 PR 吗?", window=Week("this"))),
    (("today any AMD PRs?",), Question("today any AMD PRs?", window=RelativeDay("today"))),
    (("今天 有 AMD 的 PR 吗",), Question("今天 有 AMD 的 PR 吗", window=RelativeDay("today"))),
    (("any AMD PRs? lang:zh",), Question("any AMD PRs?", Options(lang="zh"))),
    (("amd",), Question("amd")),
    (("#26701",), Question("#26701")),
    (("test failures this week",), Question("test failures this week", window=Week("this"))),
    (("本周测试失败",), Question("本周测试失败", window=Week("this"))),
    (("why was #26701 closed",), Question("why was #26701 closed")),
    (("why did CI break",), Question("why did CI break")),
    (("move the tests to AMD",), Question("move the tests to AMD")),
    (("pause in merges?",), Question("pause in merges?")),
    (("history of MoE",), Question("history of MoE")),
    (("release notes",), Question("release notes")),
    (("status of #26701",), Question("status of #26701")),
    (("week of the MoE refactoring",), Question("week of the MoE refactoring")),
]


@pytest.mark.parametrize(("lines", "meaning"), ROWS, ids=[lines[0] or "(empty)" for lines, _ in ROWS])
def test_line_means_the_same_in_every_spelling(lines: tuple[str, ...], meaning: Command | Question) -> None:
    for line in lines:
        assert chat(line) == meaning, line
        assert shell(line) == meaning, line


MISTAKES = [
    ("subscribe me to amd", "command.mistake", "subscribe daily 09:00 topic:amd"),
    ("订阅 一下 AMD", "command.mistake", "订阅 每天 09:00 主题:amd"),
    ("watch out for MoE regressions", "command.watch_what_or_ask", "watch topic:moe"),
    ("watch", "command.watch_what", "watch topic:amd"),
    ("last", "command.mistake", "last 6h"),
    ("last 6x", "command.mistake", "last 6h"),
    ("最近 6x", "command.mistake", "最近6小时"),
    ("today yesterday", "command.mistake", "today topic:amd"),
    ("今天 昨天", "command.mistake", "今天 主题:amd"),
    ("test", "command.mistake", "test s3"),
    ("pause s3 now", "command.mistake", "pause s3"),
    ("move s3", "command.move_where", "move s3 to:#general"),
    ("8-20", "command.mistake", "date 2025-12-10"),
    ("26701", "command.mistake", "why 26701"),
    ("v0.11.0", "command.mistake", "release v0.11.0"),
    ("s3", "command.mistake", "test s3"),
    ("daily 09:00", "command.mistake", "subscribe daily 09:00 topic:amd"),
    ("why", "command.mistake", "why 26701"),
    ("2025-12-10 17:53", "command.mistake", "date 2025-12-10"),
    ("lang:zh", "command.only_options", "today lang:zh"),
    ("ask", "command.ask_what", "ask any AMD PRs this week?"),
]


@pytest.mark.parametrize(("line", "key", "example"), MISTAKES, ids=[line for line, *_ in MISTAKES])
def test_mistake_is_an_error_with_the_nearest_example(line: str, key: str, example: str) -> None:
    for surface in (chat, shell):
        with pytest.raises(BadInput) as caught:
            surface(line)

        assert (caught.value.key, caught.value.values["example"]) == (key, example)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("2025-13-45", "window.no_such_day"),
        ("2025年2月30日", "window.no_such_day"),
        ("2025-W54", "window.no_such_week"),
        ("2025-13", "window.no_such_month"),
        ("2025-12-10..2025-12-08", "window.reversed"),
        ("18:53..17:53", "window.reversed"),
        ("25:00..26:00", "window.no_such_time"),
        ("2025-12-11", "window.future"),
        ("2025-12-11..", "window.future"),
        ("last 0h", "window.no_such_span"),
        ("last 999999999w", "window.no_such_span"),
        ("release v0.11.0", "release.unknown"),
    ],
)
def test_value_that_cannot_be_is_an_error_once_the_time_is_known(line: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolved(line)

    assert caught.value.key == key


def test_follow_ups_refine_in_a_conversation_and_are_questions_elsewhere() -> None:
    follow_ups = {
        "last week": Refinement(window=Week("last")),
        "what about last week?": Refinement(window=Week("last")),
        "那上周呢？": Refinement(window=Week("last")),
        "only merged ones": Refinement(limit=Filter("is", ("merged",))),
        "只看合并的": Refinement(limit=Filter("is", ("merged",))),
        "only amd": Refinement(limit=AMD),
        "lang:zh": Refinement(Options(lang="zh")),
        "17:53..18:53 lang:zh": Refinement(Options(lang="zh"), _range("17:53..18:53")),
    }

    for line, meaning in follow_ups.items():
        assert parse(line, surface="chat", conversation=True, topics=TOPICS) == meaning, line
    for line in ("what about last week?", "那上周呢？", "only merged ones", "只看合并的"):
        assert isinstance(chat(line), Question), line


def _range(text: str) -> Range:
    command = chat(text)
    assert isinstance(command, WindowCommand)
    assert isinstance(command.window, Range)
    return command.window
