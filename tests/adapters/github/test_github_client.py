"""One query in, its data out: what it waits for, what it may spend, and the instant its answer is of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.github import errors, limits
from adapters.github.client import Client, Patience
from tests.adapters.github.connecting import HOUR, MINUTE, NOW, REPO, SINCE, TOKEN, WEEK, Kept, silent, wanted
from tests.servers.github import Request, faults, github_server, peak_in_flight

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.github.client import Answer
    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository, World

COUNT = {"first": 1, "q0": f"repo:{REPO} is:issue"}


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


async def count(client: Client) -> Answer:
    return await client.query("counts", COUNT, times=1)


@pytest.fixture
def client(naps: list[float]) -> Callable[..., Client]:
    """Opens a client on a server, with our clock at NOW unless told otherwise."""

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def opened(server: Server, *, now: Callable[[], datetime] = lambda: NOW, budget: float = 1.0) -> Client:
        patience = Patience(attempts=3, backoff_s=0.01)
        return Client(server.url, TOKEN, now=now, budget=budget, patience=patience, sleep=nap)

    return opened


async def test_a_share_of_the_hour_is_spent_and_no_more_until_the_next_hour(
    world: World, repo: Repository, client: Callable[..., Client], naps: list[float]
) -> None:
    clock = Hand()
    async with (
        github_server(world, clock=clock, points=20) as server,
        client(server, now=clock, budget=0.5) as asking,
    ):
        for _ in range(11):
            await count(asking)
        with pytest.raises(errors.BudgetSpent) as caught:
            await count(asking)
        spent = len(server.requests)
        clock.at += HOUR
        await count(asking)

        assert spent == 11  # the one that is refused is not sent
        assert (server.used, asking.points.remaining) == (1, 19)
    assert caught.value.reset_at == NOW + HOUR
    assert caught.value.wait_s == pytest.approx(3600)
    assert naps == []


async def test_a_share_that_is_back_within_a_minute_is_waited_for(world: World, repo: Repository) -> None:
    clock = Hand()
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock.at += timedelta(seconds=seconds)

    async with (
        github_server(world, clock=clock, points=2) as server,
        Client(server.url, TOKEN, now=clock, budget=0.6, sleep=sleep) as asking,
    ):
        for _ in range(2):
            await count(asking)
        clock.at += HOUR - timedelta(seconds=30)
        await count(asking)

    assert 30 <= sum(naps) < 33


@pytest.mark.parametrize("ahead", [2 * HOUR, -2 * HOUR], ids=str)
async def test_the_hour_is_told_by_githubs_clock(
    world: World, repo: Repository, client: Callable[..., Client], ahead: timedelta
) -> None:
    clock = Hand()
    async with (
        github_server(world, clock=clock, points=4) as server,
        client(server, now=lambda: clock.at + ahead, budget=0.5) as asking,
    ):
        for _ in range(3):
            await count(asking)
        with pytest.raises(errors.BudgetSpent):
            await count(asking)
        clock.at += HOUR
        await count(asking)


async def test_the_source_tells_what_asking_costs(world: World, repo: Repository, connect: Connect) -> None:
    issue = repo.open_issue("one", by="ann", at=SINCE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        before = github.points
        await github.updated_since(REPO, NOW - WEEK, Kept(), silent)
        await github.read(REPO, wanted([issue]), Kept(), silent)
        after = github.points

        assert (after.requests, after.spent) == (len(server.requests), server.used)
        assert (after.limit, after.remaining) == (server.points, server.points - server.used)
        assert after.reset_at == server.reset_at
    assert (before.requests, before.spent, before.remaining) == (0, 0, None)


@pytest.mark.parametrize(("retry_after", "pause_s"), [(7, 7), (None, limits.SECONDARY_WAIT_S)])
@pytest.mark.parametrize("limit", [faults.secondary_limit, faults.too_many_requests])
async def test_a_pause_that_github_asks_for_is_never_cut_short(
    world: World,
    repo: Repository,
    client: Callable[..., Client],
    naps: list[float],
    limit: Callable[[float | None], faults.Fault],
    retry_after: float | None,
    pause_s: float,
) -> None:
    async with github_server(world, clock=lambda: NOW) as server, client(server) as asking:
        server.faults.next(limit(retry_after))
        await count(asking)

    assert pause_s <= max(naps) < pause_s + 1


async def test_a_spent_hour_that_is_nearly_over_is_waited_out(
    world: World, repo: Repository, client: Callable[..., Client], naps: list[float]
) -> None:
    async with github_server(world, clock=lambda: NOW) as server, client(server) as asking:
        spent = faults.rate_limited()
        soon = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 40)}
        server.faults.next(faults.Fault("spent", spent.status, spent.body, headers=soon))
        await count(asking)

    assert max(naps) >= 40


async def test_a_pause_holds_for_the_other_requests_as_well(
    world: World, repo: Repository, client: Callable[..., Client], naps: list[float]
) -> None:
    async with github_server(world, clock=lambda: NOW) as server, client(server) as asking:
        server.faults.next(faults.secondary_limit(30))
        await count(asking)
        for _ in range(3):
            await count(asking)

    # with pauses that take no time, everybody who comes later still waits for the end of the first one
    assert len([nap for nap in naps if nap > 25]) == 5


async def test_a_request_that_waits_behind_a_pause_waits_for_one_that_is_stated_meanwhile(
    world: World, repo: Repository
) -> None:
    naps: list[tuple[str, float]] = []
    held, longer = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        naps.append((task.get_name(), seconds))
        held.set()
        if seconds > 40:
            longer.set()
        await longer.wait()

    async with (
        github_server(world, clock=lambda: NOW) as server,
        Client(server.url, TOKEN, now=lambda: NOW, sleep=sleep) as asking,
    ):
        late = faults.secondary_limit(50)
        server.faults.next(
            faults.secondary_limit(5),
            faults.Fault("late", late.status, late.body, headers=late.headers, delay_s=0.1),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(count(asking), name="first")
            group.create_task(count(asking), name="second")
            await held.wait()
            group.create_task(count(asking), name="third")

    assert [seconds > 40 for name, seconds in naps if name == "third"] == [False, True]


@pytest.mark.parametrize(
    "fault",
    [faults.bad_gateway(), faults.cut(), faults.malformed(), faults.secondary_limit(1), faults.lost_nodes()],
    ids=lambda fault: fault.name,
)
async def test_attempts_are_bounded(
    world: World, repo: Repository, client: Callable[..., Client], naps: list[float], fault: faults.Fault
) -> None:
    issue = repo.open_issue("one", by="ann", at=SINCE)

    async with github_server(world, clock=lambda: NOW) as server, client(server) as asking:
        server.faults.always(fault)
        variables = {"owner": "vllm-project", "name": "vllm", "ids": [issue.id]}
        with pytest.raises(errors.AdapterError):
            await asking.query("issue_details", variables)

        assert len(server.requests) == 3
    assert len([nap for nap in naps if nap]) >= 2


async def test_what_less_may_mend_is_told_at_once_to_whoever_can_ask_for_less(
    world: World, repo: Repository, client: Callable[..., Client], naps: list[float]
) -> None:
    async with github_server(world, clock=lambda: NOW) as server, client(server) as asking:
        server.faults.always(faults.bad_gateway())
        with pytest.raises(errors.Failing):
            await asking.query("counts", COUNT, times=1, persistent=False)

        assert len(server.requests) == 1
    assert naps == []


async def test_at_most_8_requests_are_on_their_way_at_one_time(
    world: World, repo: Repository, client: Callable[..., Client]
) -> None:
    async with github_server(world, clock=lambda: NOW, latency_s=0.02) as server, client(server) as asking:
        await asyncio.gather(*(count(asking) for _ in range(30)))

        assert peak_in_flight(server.requests) == limits.IN_FLIGHT == 8


@pytest.mark.parametrize("ours", [timedelta(0), 3 * HOUR, -3 * HOUR], ids=str)
@pytest.mark.parametrize(("looked_s", "told_s"), [(0.0, 0.0), (0.9, 1.0), (0.1, 0.9), (0.95, 1.1)])
async def test_an_answer_is_never_of_a_later_instant_than_github_looked_at_its_data(
    world: World,
    repo: Repository,
    client: Callable[..., Client],
    ours: timedelta,
    looked_s: float,
    told_s: float,
) -> None:
    looked, told = NOW + timedelta(seconds=looked_s), NOW + timedelta(seconds=told_s)

    async with (
        github_server(world, clock=lambda: looked, date=lambda: told) as server,
        client(server, now=lambda: NOW + ours) as asking,
    ):
        answer = await count(asking)

    assert looked - timedelta(seconds=3) <= answer.at <= looked
    assert answer.at.microsecond == 0


async def test_what_happens_in_the_second_of_an_answer_is_seen_by_whoever_asks_from_there_on(
    world: World, repo: Repository, connect: Connect
) -> None:
    clock = Hand(NOW + timedelta(seconds=0.4))

    def move(request: Request) -> None:
        if request.number == 2:
            # in the same second as the first look, which did not show it
            repo.open_issue("late", by="ann", at=NOW + timedelta(seconds=0.9))
            clock.at = NOW + MINUTE

    kept = Kept()
    async with github_server(world, clock=clock) as server, connect(server, now=clock) as github:
        server.before_answer = move
        edge = await github.updated_since(REPO, SINCE, kept, silent)
        assert kept.readings == []
        await github.updated_since(REPO, edge.at, kept, silent)

    assert "late" in kept.titles
