"""Records in this process's memory."""

from __future__ import annotations

import pytest

from adapters.store import recent
from adapters.store.recent import Recent
from adapters.store.records import Record
from tests import builders
from tests.builders import NOON, REPO, at

RECORD = Record(builders.item(1))
OTHER = Record(builders.item(2))


@pytest.fixture
def memory() -> Recent:
    """One that follows the feed of a repository to its third position."""
    memory = Recent()
    memory.follow(REPO, (), 3)
    return memory


def test_record_is_kept_until_the_feed_tells_that_it_changed(memory: Recent) -> None:
    memory.keep(REPO, {1: RECORD, 2: OTHER}, 3)

    memory.follow(REPO, {1}, 4)

    assert (memory.get(REPO, 1), memory.get(REPO, 2)) == (None, OTHER)
    assert memory.position(REPO) == 4


def test_what_was_read_before_the_feed_went_on_is_not_kept(memory: Recent) -> None:
    memory.follow(REPO, {1}, 4)

    memory.keep(REPO, {1: RECORD}, 3)

    assert memory.get(REPO, 1) is None


def test_repositories_are_followed_on_their_own(memory: Recent) -> None:
    memory.follow("other/repo", (), 7)
    memory.keep("other/repo", {1: OTHER}, 7)
    memory.keep(REPO, {1: RECORD}, 3)

    memory.follow(REPO, {1}, 4)

    assert (memory.get("other/repo", 1), memory.get(REPO, 1)) == (OTHER, None)


def test_least_lately_used_record_is_forgotten_first(memory: Recent) -> None:
    memory.keep(REPO, dict.fromkeys(range(recent.MOST), RECORD), 3)
    assert memory.get(REPO, 0)

    memory.keep(REPO, {recent.MOST: RECORD}, 3)

    assert (memory.get(REPO, 0), memory.get(REPO, 1)) == (RECORD, None)


def test_window_is_kept_until_anything_changed(memory: Recent) -> None:
    memory.keep_window(REPO, NOON, at(60), [RECORD.item], 3)
    memory.follow(REPO, (), 3)
    assert memory.window(REPO, NOON, at(60)) == (RECORD.item,)
    assert memory.window(REPO, NOON, at(59)) is None

    memory.follow("other/repo", {1}, 9)
    assert memory.window(REPO, NOON, at(60))
    memory.follow(REPO, {7}, 4)
    assert memory.window(REPO, NOON, at(60)) is None


def test_window_that_was_cut_before_the_feed_went_on_is_not_kept(memory: Recent) -> None:
    memory.follow(REPO, {1}, 4)

    memory.keep_window(REPO, NOON, at(60), [RECORD.item], 3)

    assert memory.window(REPO, NOON, at(60)) is None


def test_least_lately_used_window_is_forgotten_first(memory: Recent) -> None:
    for minutes in range(recent.MOST_WINDOWS):
        memory.keep_window(REPO, NOON, at(minutes), [], 3)
    assert memory.window(REPO, NOON, at(0)) == ()

    memory.keep_window(REPO, NOON, at(99), [], 3)

    assert (memory.window(REPO, NOON, at(0)), memory.window(REPO, NOON, at(1))) == ((), None)


def test_windows_hold_no_more_items_than_are_remembered_at_most(memory: Recent) -> None:
    memory.keep_window(REPO, NOON, at(1), [RECORD.item] * (recent.MOST - 1), 3)
    memory.keep_window(REPO, NOON, at(2), [RECORD.item] * 2, 3)
    memory.keep_window(REPO, NOON, at(3), [RECORD.item] * (recent.MOST + 1), 3)

    assert [memory.window(REPO, NOON, at(minutes)) for minutes in (1, 3)] == [None, None]
