"""Whatever happens on GitHub while it is mirrored, nothing is lost: random histories, over real sockets."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, given, settings

from adapters.chat import unwatched
from adapters.github import edge, limits
from bot.grammar.expressions import Duration, Last
from tests.bot.histories import HISTORIES, REPO, History, Stage, opened_stage, truth
from tests.bot.truths import told
from tests.servers.github import PullRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager

    from bot.sync import Span
    from tests.servers.github import Thread


@pytest.fixture(scope="module")
def stage(
    redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, asyncio.Runner]]:
    """Pages are short here, so that small worlds need many."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )  # thousands of lines
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setattr(limits, "PAGE", 4)
        patch.setattr(edge, "NARROW_PAGE", 3)
        patch.setattr(edge, "SMALLEST_PAGE", 3)
        opened = opened_stage(redis_server, tmp_path_factory.mktemp("histories"))
        yield runner.run(_entered(opened)), runner
        runner.run(_left(opened))
    structlog.reset_defaults()


async def _entered(stage: AbstractAsyncContextManager[Stage]) -> Stage:
    return await stage.__aenter__()


async def _left(stage: AbstractAsyncContextManager[Stage]) -> None:
    await stage.__aexit__(None, None, None)


@given(HISTORIES)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_lost_and_after_a_reconcile_the_mirror_equals_github(
    stage: tuple[Stage, asyncio.Runner], history: History
) -> None:
    scene, runner = stage
    runner.run(_plays_out(scene, history))


async def _plays_out(stage: Stage, history: History) -> None:
    sync, reconcile = await stage.begin(history)

    # while deeds happen between any two requests
    window = Last(Duration(history.days, "d"))
    span = await sync.span(REPO, window, "UTC", unwatched)
    await _assert_nothing_of_the_window_is_lost(stage, span)

    # once the world is quiet, and its index has caught up with it
    while stage.play.left:
        stage.play.step()
    stage.play.now += timedelta(minutes=3)
    span = await sync.span(REPO, window, "UTC", unwatched)
    await _assert_listed_items_are_as_on_github(stage, span)

    state = await sync.history.extend(REPO, stage.now() - timedelta(days=9_000), lambda _done, _total: None)
    await reconcile(REPO, lambda _done, _total: None)
    await sync.threads.read(
        REPO, stage.now() - timedelta(days=9_000), stage.now(), lambda _done, _total: None
    )
    await _assert_the_mirror_equals_github(stage)
    assert state.whole


async def _assert_nothing_of_the_window_is_lost(stage: Stage, span: Span) -> None:
    since, until = span.window.since, span.window.until
    items = {item.number: item for item in await stage.store.mirror.items_between(REPO, since, until)}
    for number, thread in stage.play.repository.threads.items():
        happened = [event.created_at for event in thread.events] + [thread.created_at]
        said = [comment for comment in thread.comments if since <= comment.created_at < until]
        if "updated" in thread.lost_facets or not (said or any(since <= at < until for at in happened)):
            continue
        if number in stage.play.arrived and number not in items:
            continue  # transferred here, which no listing shows
        held = items[number]
        assert {comment.url for comment in said} <= {comment.url for comment in held.comments}
        assert _events(thread, until) <= {(event.name, event.at) for event in held.events}
    assert span.coverage.complete, span.coverage


async def _assert_listed_items_are_as_on_github(stage: Stage, span: Span) -> None:
    for item in await stage.store.mirror.items_between(REPO, span.window.since, span.window.until):
        thread = stage.play.repository.threads.get(item.number)
        assert thread is not None, f"#{item.number} is not there any more"
        assert told(item) == truth(thread)


async def _assert_the_mirror_equals_github(stage: Stage) -> None:
    numbers = await stage.store.mirror.updated_since(REPO)
    assert numbers == sorted(stage.play.repository.threads)
    for record in await stage.store.mirror.records(REPO, numbers, text=True):
        assert told(record.item) == truth(stage.play.repository.threads[record.item.number])
    buried = await stage.store.mirror.tombstones(REPO)
    assert not set(numbers) & set(buried)


def _events(thread: Thread, until: datetime) -> set[tuple[str, datetime]]:
    names = {"ClosedEvent": "closed", "ReopenedEvent": "reopened", "MergedEvent": "merged"}
    is_pull = isinstance(thread, PullRequest)
    merged = any(event.typename == "MergedEvent" for event in thread.events)
    events = {
        (names[event.typename], event.created_at)
        for event in thread.events
        if event.created_at < until and not (merged and event.typename == "ClosedEvent")
    }
    return {("closed_unmerged" if is_pull and name == "closed" else name, at) for name, at in events}
