"""Watching: the word of progress comes neither for quick work nor too often, and never after the answer."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import watching
from adapters.chat.watching import Cadence, Step, step_told, watched
from summarizer import languages
from summarizer.errors import DigestError

AT_ONCE = Cadence(first_s=0.0, every_s=0.0)


class Heard:
    """What somebody was told; `more` is set with each word."""

    def __init__(self) -> None:
        self.told: list[Step] = []
        self.more = asyncio.Event()

    async def __call__(self, step: Step) -> None:
        self.told.append(step)
        self.more.set()

    async def next(self) -> None:
        async with asyncio.timeout(20):
            await self.more.wait()
        self.more.clear()


async def test_quick_work_needs_no_word() -> None:
    heard = Heard()
    async with watched(heard, Cadence(first_s=60.0)) as progress:
        progress("fetch", 1, 2)
    assert heard.told == []


async def test_a_word_tells_of_the_newest_step() -> None:
    heard = Heard()

    async with watched(heard, AT_ONCE) as progress:
        await heard.next()
        progress("fetch", 1, 2)
        progress("assess", 3, 10)
        await heard.next()

    assert heard.told == [Step("begin", 0, None), Step("assess", 3, 10)]


async def test_no_more_words_come_than_there_is_room_for_and_none_where_nothing_moves() -> None:
    heard = Heard()
    async with watched(heard, Cadence(0.0, 0.0, most=3)) as progress:
        for place in range(3):
            await heard.next()
            progress("write", place + 1, 9)
        for _ in range(20):
            await asyncio.sleep(0)
    assert len(heard.told) == 3

    still = Heard()
    async with watched(still, AT_ONCE):
        await still.next()
        for _ in range(20):
            await asyncio.sleep(0)
    assert len(still.told) == 1


async def test_words_that_cannot_be_told_do_not_stop_the_work() -> None:
    tries = 0

    async def refuse(_step: Step) -> None:
        nonlocal tries
        tries += 1
        raise DigestError("slack.unreachable")

    async with watched(refuse, AT_ONCE) as progress:
        for place in range(20):
            progress("write", place, 20)
            await asyncio.sleep(0)
    assert tries == 1


async def test_a_word_that_never_arrives_holds_the_answer_back_for_a_moment_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "LATE_S", 0.01)
    begun, was_cancelled = asyncio.Event(), False

    async def hang(_step: Step) -> None:
        nonlocal was_cancelled
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    async with asyncio.timeout(20), watched(hang, AT_ONCE):
        await begun.wait()

    assert was_cancelled


async def test_work_that_is_over_is_watched_no_longer() -> None:
    heard = Heard()

    async with watched(heard, AT_ONCE) as progress:
        await heard.next()
    progress("write", 1, 2)
    for _ in range(20):
        await asyncio.sleep(0)

    assert heard.told == [Step("begin", 0, None)]


@pytest.mark.parametrize(
    ("step", "bar", "words"),
    [
        (Step("threads", 12, 40), "███░░░░░░░ ", "Reading: 12/40 threads"),
        (Step("assess", 1_200, 1_200), "██████████ ", "Judging: 1,200/1,200 PRs and threads"),
        (Step("assess", 13, 12), "██████████ ", "Judging: 12/12 PRs and threads"),
        (Step("import", 3, None), "", "Reading the file: 3 items"),
        (Step("begin", 0, None), "", "Looking…"),
        (Step("history", 9, 0), "", "Reaching back: 9 items"),
    ],
)
def test_a_step_is_told_with_how_far_it_is(step: Step, bar: str, words: str) -> None:
    assert step_told(step, languages.load("en")) == (bar, words)


def test_a_step_is_told_in_the_readers_language() -> None:
    chinese = languages.load("zh")

    assert step_told(Step("assess", 3, 10), chinese)[1] == chinese.text(
        "chat.progress.assess", count="3/10", n=10
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_bar_is_full_only_when_all_is_done(done: int, total: int) -> None:
    bar, _ = step_told(Step("threads", done, total), languages.load("en"))

    assert bar == "" if not total else len(bar) == 11
    assert (bar.count("█") == 10) == (0 < total <= done)
