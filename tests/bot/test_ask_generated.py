"""Questions over repositories made by chance, through the real mirror, against a plain scan of what is on GitHub."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.bot.talk import ANN, NOW, REPO, on, talking
from tests.servers.github import PullRequest, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.running import Host
    from tests.servers.github import Issue

    Thread = Issue | PullRequest
    Window = tuple[datetime, datetime]

LOGINS = ("amy-x", "nia-y", "zoe-z")
HOUR = timedelta(hours=1)
WINDOWS: dict[str, Window] = {
    "today": (on(24, 0), NOW),
    "yesterday": (on(23, 0), on(24, 0)),
    "this week": (on(23, 0), NOW),
    "last week": (on(16, 0), on(23, 0)),
    "in March": (on(1, 0), NOW),
    "on 2026-03-20": (on(20, 0), on(21, 0)),
    "上周": (on(16, 0), on(23, 0)),
}


def made(seed: int, items: int = 60) -> World:
    """Issues and pull requests of the last 30 days, some closed, merged, labelled or talked about, the last word an
    hour ago."""
    chance, world = random.Random(seed), World()
    repository = world.repository(REPO)
    hours = sorted(chance.sample(range(2, 30 * 24), items), reverse=True)
    for ago in hours:
        opened, by = NOW - ago * HOUR, chance.choice(LOGINS)
        label = chance.choice(([], ["bug"], ["ci"]))
        title = chance.choice(("[ROCm] Kernel", "Scheduler", "[CUDA] Graphs"))
        later = [opened + chance.uniform(0, ago - 1) * HOUR for _ in range(3)]
        thread: Thread
        if chance.random() < 0.5:
            thread = repository.open_issue(title, by=by, at=opened, labels=label)
        else:
            thread = repository.open_pr(title, by=by, at=opened, labels=label)
        if chance.random() < 0.4:
            thread.comment(by=chance.choice(LOGINS), at=later[0], body="Why?")
        if isinstance(thread, PullRequest) and chance.random() < 0.4:
            thread.merge(by="max", at=later[1])
        elif chance.random() < 0.3:
            thread.close(by="max", at=later[1])
    return world


def within(at: datetime | None, window: Window) -> bool:
    return at is not None and window[0] <= at < window[1]


def is_pull(thread: Thread) -> bool:
    return isinstance(thread, PullRequest)


def merged(thread: Thread) -> datetime | None:
    return thread.merged_at if isinstance(thread, PullRequest) else None


def moved(thread: Thread, window: Window) -> bool:
    times = (thread.created_at, thread.closed_at, *(comment.created_at for comment in thread.comments))
    return any(within(at, window) for at in times)


def stood_open(thread: Thread, window: Window) -> bool:
    """At the window's end."""
    return thread.closed_at is None or thread.closed_at >= window[1]


def labelled(thread: Thread, name: str) -> bool:
    return any(label.name == name for label in thread.labels)


QUESTIONS: dict[str, Callable[[Thread, Window], bool]] = {
    "which PRs were merged {}?": lambda thread, window: within(merged(thread), window),
    "which issues were opened {}?": lambda thread, window: (
        not is_pull(thread) and within(thread.created_at, window)
    ),
    "which issues were closed {}?": lambda thread, window: (
        not is_pull(thread) and within(thread.closed_at, window)
    ),
    "any AMD PRs {}?": lambda thread, window: (
        is_pull(thread) and "ROCm" in thread.title and moved(thread, window)
    ),
    "how many PRs by nia-y {}?": lambda thread, window: (
        is_pull(thread) and thread.author is not None and thread.author.login == "nia-y" and moved(thread, window)
    ),
    "which issues were discussed {}?": lambda thread, window: (
        not is_pull(thread) and any(within(comment.created_at, window) for comment in thread.comments)
    ),
    "open PRs {} label:ci": lambda thread, window: (
        is_pull(thread) and stood_open(thread, window) and labelled(thread, "ci") and moved(thread, window)
    ),
}  # fmt: skip
"""What is asked -> whether an item belongs to the answer."""


@pytest.mark.parametrize("seed", range(3))
async def test_every_answer_holds_exactly_what_a_scan_finds(seed: int, host: Host) -> None:
    world = made(seed)
    threads = world.repository(REPO).threads.values()
    async with talking(host, world) as bot:
        for shape, belongs in QUESTIONS.items():
            for words, window in WINDOWS.items():
                question = shape.format(words)
                expected = {thread.number for thread in threads if belongs(thread, window)}
                reply = await bot.commands(
                    f"{question} format:json lang:en", replace(ANN, conversation=question)
                )
                told = json.loads(reply.text)

                assert told["complete"] is True, question
                assert told["unread"] == [], question
                assert told["total"] == len(expected), question
                listed = {item["number"] for item in told["items"]}
                assert listed == expected if not told["more"] else listed <= expected, question
                denies = "no " in told["first"].lower()
                assert denies == (not expected), (question, told["first"])
