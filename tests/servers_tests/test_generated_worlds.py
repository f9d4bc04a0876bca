"""The generator of the benchmarks' data: one world from one seed, with the shape that is promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate import MAX_COMMENTS, REPO, generate_day, generate_week
from tests.servers.github import PullRequest

if TYPE_CHECKING:
    from tests.servers.github import Thread, World

DAY = date(2025, 12, 10)
SINCE = datetime(2025, 12, 10, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)


@pytest.fixture(scope="module")
def day() -> World:
    return generate_day(7, DAY)


def threads(world: World) -> list[Thread]:
    return list(world.repository(REPO).threads.values())


def told(world: World) -> list[tuple[object, ...]]:
    """All there is to tell of a world, in order."""
    return [
        (each.number, each.title, each.body, each.updated_at, [comment.body for comment in each.comments])
        for each in threads(world)
    ]


def inside(at: datetime | None) -> bool:
    return at is not None and SINCE <= at < UNTIL


def test_a_seed_and_a_day_make_one_world(day: World) -> None:
    assert told(generate_day(7, DAY)) == told(day)
    assert told(generate_day(8, DAY)) != told(day)


def test_a_day_has_the_counts_it_was_asked_for(day: World) -> None:
    repository = day.repository(REPO)
    touched = [each for each in threads(day) if inside(each.updated_at)]
    new_or_closed = [each for each in repository.issues if inside(each.created_at) or inside(each.closed_at)]
    assert len(new_or_closed) == 60
    assert sum(isinstance(each, PullRequest) for each in touched) == 110
    assert sum(inside(comment.created_at) for each in threads(day) for comment in each.comments) == 900
    assert max(each.updated_at for each in threads(day)) < UNTIL


def test_a_day_has_everything_that_can_happen(day: World) -> None:
    pulls = day.repository(REPO).pull_requests
    old = [each for each in threads(day) if each.created_at < SINCE and inside(each.updated_at)]
    people = {comment.author for each in threads(day) for comment in each.comments if comment.author}
    assert any(inside(pull.merged_at) for pull in pulls)
    assert any(inside(pull.closed_at) and pull.state == "CLOSED" for pull in pulls)
    assert any(event.typename == "ReopenedEvent" for each in threads(day) for event in each.events)
    assert any(inside(review.submitted_at) for pull in pulls for review in pull.reviews)
    assert any(not isinstance(each, PullRequest) and each.state == "OPEN" and each.comments for each in old)
    assert {who.login for who in people if who.typename == "Bot"} == {"mergify", "github-actions"}


def test_bodies_have_the_promised_lengths_and_languages(day: World) -> None:
    bodies = [each.body for each in threads(day)]
    assert 1_200 < median(len(body) for body in bodies) < 1_900
    assert max(len(body) for body in bodies) > 20_000
    assert 0.03 < sum("吞吐" in body or "显存" in body for body in bodies) / len(bodies) < 0.2
    assert max(len(each.comments) for each in threads(day)) <= MAX_COMMENTS
    assert any(body.endswith("NVIDIA H100 80GB HBM3\n```\n") for body in bodies)
    assert any(body.endswith("AMD Instinct MI300X\n```\n") for body in bodies)


def test_a_day_follows_its_zone() -> None:
    world = generate_day(7, DAY, comments=200, background=5, zone="Asia/Shanghai")
    last = max(each.updated_at for each in threads(world))
    assert SINCE - timedelta(hours=8) <= last < UNTIL - timedelta(hours=8)


def test_a_week_is_seven_days_of_it() -> None:
    world = generate_week(7, DAY, new_or_closed_issues=42, prs=77, comments=630, woken=14, background=60)
    days = {each.updated_at.date() for each in threads(world) if each.updated_at >= SINCE}
    assert days == {DAY + timedelta(days=number) for number in range(7)}
