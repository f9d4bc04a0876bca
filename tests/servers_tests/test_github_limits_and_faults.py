"""The tests' GitHub takes points, fails as GitHub fails, and keeps a log of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.github import Request, World, faults, github_server, peak_in_flight, requests_in_sequence
from tests.servers.github.asker import LISTING, Asker, asking, kinds

if TYPE_CHECKING:
    from tests.servers.github import Repository

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_cost_and_nodes_are_those_of_githubs_own_example(github: Asker) -> None:
    """The documentation's 1 + 100 + 5,000 requests, 51 points, in our types."""
    answer = await github.ask("""{ rateLimit { cost limit remaining used nodeCount }
        search(type: ISSUE, query: "", first: 100) { nodes { ... on Issue {
            comments(first: 50) { nodes { reactions(first: 60) { totalCount } } } } } } }""")
    assert answer["data"]["rateLimit"] == {
        "cost": 51,
        "limit": 5000,
        "remaining": 4949,
        "used": 51,
        "nodeCount": 100 + 100 * 50 + 100 * 50 * 60,
    }


async def test_a_field_selected_twice_is_paid_once(github: Asker) -> None:
    fragment = "issues(first: 100) { nodes { comments(first: 2) { totalCount } } }"
    await github.ask(
        '{ repository(owner: "vllm-project", name: "vllm")'
        f" {{ {fragment} ...F ... on Repository {{ {fragment} }} }} }}"
        f" fragment F on Repository {{ {fragment} }}"
    )
    assert (github.server.requests[0].cost, github.server.requests[0].nodes) == (1, 300)


async def test_the_hours_points_run_out_and_come_back(world: World) -> None:
    now = T
    async with asking(github_server(world, points=2, clock=lambda: now)) as github:
        first = await github.post("{ viewer { login } }")
        await github.post("{ viewer { login } }")
        spent = await github.post("{ viewer { login } }")
        assert first.headers["X-RateLimit-Remaining"] == "1"
        assert spent.status_code == 200
        assert kinds(spent.json()) == ["RATE_LIMITED"]
        assert spent.headers["X-RateLimit-Remaining"] == "0"
        assert int(spent.headers["X-RateLimit-Reset"]) == int((T + HOUR).timestamp())
        now = T + HOUR
        assert "errors" not in await github.ask("{ viewer { login } }")


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "text"),
    [
        (faults.bad_gateway(), 502, "text/html", "<h1>502 Bad Gateway</h1>"),
        (faults.gateway_timeout(), 504, "text/html", "504 Gateway Time-out"),
        (faults.unavailable(), 503, "text/html", "503 Service Unavailable"),
        (faults.timed_out(), 502, "application/json; charset=utf-8", "This may be the result of a timeout"),
        (faults.secondary_limit(7), 403, "application/json; charset=utf-8", "secondary rate limit"),
        (faults.too_many_requests(7), 429, "application/json; charset=utf-8", "secondary rate limit"),
        (faults.rate_limited(), 200, "application/json; charset=utf-8", '"RATE_LIMITED"'),
        (faults.rate_limited("RATE_LIMIT"), 200, "application/json; charset=utf-8", '"RATE_LIMIT"'),
        (faults.unauthorized(), 401, "application/json; charset=utf-8", "Bad credentials"),
        (faults.malformed(), 200, "application/json; charset=utf-8", '{"data": '),
    ],
    ids=lambda value: value.name if isinstance(value, faults.Fault) else "",
)
async def test_a_fault_is_met_once_and_spends_no_point(
    github: Asker, fault: faults.Fault, status: int, content_type: str, text: str
) -> None:
    github.server.faults.next(fault)
    met = await github.post("{ viewer { login } }")
    assert (met.status_code, met.headers["Content-Type"]) == (status, content_type)
    assert text in met.text
    assert met.headers.get("Retry-After") == fault.headers.get("Retry-After")
    assert (await github.ask("{ viewer { login } }"))["data"]
    assert [(each.fault, each.cost) for each in github.server.requests] == [(fault.name, 0), (None, 1)]


async def test_faults_choose_their_requests(github: Asker) -> None:
    github.server.faults.nth(2, faults.bad_gateway())
    github.server.faults.on("late", faults.unavailable(), times=1)
    statuses = [
        (await github.post(f"query {name} {{ viewer {{ login }} }}")).status_code for name in ("a", "b", "c")
    ]
    named = {"query": "query late { viewer { login } }", "operationName": "late"}
    statuses += [(await github.http.post(github.server.url, json=named)).status_code for _ in range(2)]
    assert statuses == [200, 502, 200, 503, 200]


async def test_a_cut_connection_breaks_in_mid_body(github: Asker) -> None:
    github.server.faults.next(faults.cut(after=12))
    with pytest.raises(httpx.RemoteProtocolError):
        await github.post("{ viewer { login } }")
    assert (await github.ask("{ viewer { login } }"))["data"]


async def test_a_slow_answer_comes_after_the_client_gave_up(github: Asker) -> None:
    github.server.faults.next(faults.slow(60))
    github.http.timeout = httpx.Timeout(0.05)
    with pytest.raises(httpx.ReadTimeout):
        await github.post("{ viewer { login } }")


async def test_lost_nodes_are_null_with_an_error_each(github: Asker, vllm: Repository) -> None:
    for _ in range(3):
        vllm.open_issue("x", by="ada", at=T)
    github.server.faults.next(faults.lost_nodes(2, "RESOURCE_LIMITS_EXCEEDED"))
    answer = await github.ask(LISTING, first=3)
    assert answer["data"]["repository"]["issues"]["nodes"] == [None, None, {"number": 1}]
    assert kinds(answer) == ["RESOURCE_LIMITS_EXCEEDED"] * 2
    assert answer["errors"][1]["path"] == ["repository", "issues", "nodes", 1]


@pytest.mark.parametrize(
    ("fault", "status"),
    [(faults.bad_gateway(), 502), (faults.timed_out(200), 200), (faults.lost_nodes(9), 200)],
)
async def test_a_page_that_is_too_wide_fails_until_it_is_narrower(
    world: World, vllm: Repository, fault: faults.Fault, status: int
) -> None:
    vllm.open_issue("x", by="ada", at=T)
    async with asking(github_server(world, width_budget=60)) as github:
        github.server.width_fault = fault
        wide, narrow = await github.post(LISTING, first=100), await github.post(LISTING, first=50)
    assert wide.status_code == status
    assert "number" not in wide.text
    assert narrow.json()["data"]["repository"]["issues"]["nodes"] == [{"number": 1}]


async def test_latency_holds_nobody_else_up(world: World) -> None:
    async with asking(github_server(world, latency_s=0.2)) as github:
        await asyncio.gather(*(github.ask("{ viewer { login } }") for _ in range(8)))
        await github.ask("{ viewer { login } }")
        log = github.server.requests
    assert peak_in_flight(log) == 8
    assert requests_in_sequence(log) == 2


async def test_the_world_may_change_between_a_request_and_its_answer(github: Asker, vllm: Repository) -> None:
    def change(request: Request) -> None:
        vllm.open_issue(f"for request {request.number}", by="ada", at=T)

    github.server.before_answer = change
    assert await github.numbers("") == [1]
    assert await github.numbers("") == [2, 1]


def test_depth_is_the_longest_chain_and_not_the_longest_wait() -> None:
    def request(started: float, ended: float | None) -> Request:
        return Request(number=1, operation="", variables={}, query="", started=started, ended=ended)

    log = [request(0, 10), request(0, 1), request(1, 2), request(1.5, 3), request(3, None)]
    assert requests_in_sequence(log) == 3
    assert peak_in_flight(log) == 3
    assert requests_in_sequence([]) == peak_in_flight([]) == 0
