"""How GitHub fails, and what a person is told: each way over the wire, each with its sentence."""

from __future__ import annotations

import json
import logging
import socket
import time
import traceback
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from adapters.github import errors
from adapters.github.client import Patience
from adapters.github.fetch import GitHub
from summarizer import languages
from summarizer.errors import DigestError, GitHubError, NotConfigured
from tests.adapters.github.connecting import NOW, SINCE, TOKEN
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server

REPO = "vllm-project/vllm"


def silent(_done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def world() -> World:
    world = World()
    world.repository(REPO).open_issue("here", by="ann", at=SINCE)
    return world


def says(error: DigestError) -> dict[str, str]:
    """What is shown of the error, by language."""
    return {
        code: languages.load(code).text(f"errors.{error.key}", **error.values) for code in languages.codes()
    }


async def failure(
    world: World,
    connect: Connect,
    prepare: Callable[[Server], object],
    *,
    repo: str = REPO,
    **options: object,
) -> tuple[GitHubError, Server]:
    """What a fetch raises once `prepare` has set the server up, and the server as it was left."""
    async with github_server(world) as server, connect(server, **options) as github:
        prepare(server)
        with pytest.raises(GitHubError) as caught:
            await github.fetch(repo, SINCE, NOW, silent)
        sentences = says(caught.value)
        assert all(sentences.values())
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(sentences)
        assert TOKEN not in shown
        assert "127.0.0.1" not in str(sentences)
        return caught.value, server


def html(status: int) -> faults.Fault:
    return faults.Fault("html", status, "<html>a proxy's page</html>", "text/html")


def mangled(change: Callable[[dict[str, Any]], object]) -> faults.Fault:
    return faults.Fault("mangled", mangle=change)


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_the_way_to_get_one_is_told(token: str | None) -> None:
    with pytest.raises(NotConfigured) as caught:
        GitHub("http://127.0.0.1:9/graphql", token)

    assert caught.value.exit_code == 3
    for sentence in says(caught.value).values():
        assert "github.com/settings/personal-access-tokens" in sentence
        assert "--demo" in sentence


async def test_a_wrong_token_is_told_at_once(world: World, connect: Connect, naps: list[float]) -> None:
    error, server = await failure(world, connect, lambda server: None, token="ghp_" + "wrong" * 8)

    assert isinstance(error, errors.BadToken)
    assert error.exit_code == 4
    assert naps == []
    assert len(server.requests) <= 2
    assert "GITHUB_TOKEN" in says(error)["en"]


async def test_an_unknown_repository_is_told_as_one_that_may_not_be_read(
    world: World, connect: Connect, naps: list[float]
) -> None:
    error, server = await failure(world, connect, lambda server: None, repo="vllm-project/nowhere")

    assert isinstance(error, errors.RepoNotFound)
    assert "no repository vllm-project/nowhere, or this token may not read it" in says(error)["en"]
    assert naps == []
    assert len(server.requests) <= 2


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
async def test_a_spent_hour_is_told_with_the_time_it_ends(
    world: World, connect: Connect, naps: list[float], kind: str
) -> None:
    error, server = await failure(
        world, connect, lambda server: server.faults.always(faults.rate_limited(kind))
    )

    reset = f"{server.reset_at:%Y-%m-%d %H:%M} UTC"
    assert isinstance(error, errors.RateLimited)
    assert reset in says(error)["en"]
    assert reset in says(error)["zh"]
    assert naps == []


async def test_a_spent_hour_that_is_nearly_over_is_waited_out(
    world: World, connect: Connect, naps: list[float]
) -> None:
    async with github_server(world) as server, connect(server) as github:
        spent = faults.rate_limited()
        soon = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 40)}
        server.faults.next(faults.Fault("spent", spent.status, spent.body, headers=soon))
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert result.coverage.complete
    assert max(naps) > 30


@pytest.mark.parametrize(("retry_after", "pause_s"), [(7, 7), (None, 60)])
@pytest.mark.parametrize("limit", [faults.secondary_limit, faults.too_many_requests])
async def test_a_pause_that_github_asks_for_is_never_cut_short(
    world: World,
    connect: Connect,
    naps: list[float],
    limit: Callable[[float | None], faults.Fault],
    retry_after: float | None,
    pause_s: float,
) -> None:
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.next(limit(retry_after))
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert result.coverage.complete
    assert max(naps) >= pause_s


async def test_a_pause_holds_for_the_other_requests_as_well(
    world: World, connect: Connect, naps: list[float]
) -> None:
    for number in range(100):
        world.repository(REPO).open_issue(f"{number}", by="ann", at=SINCE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.on("recent", faults.secondary_limit(30), times=1)
        await github.fetch(REPO, SINCE, NOW, silent)

    # with pauses that take no time, everybody who comes later still waits for the end of the first one
    assert len([nap for nap in naps if nap > 25]) >= 4


async def test_a_long_pause_is_told_instead_of_slept_through(
    world: World, connect: Connect, naps: list[float]
) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.always(faults.secondary_limit(600)))

    assert isinstance(error, errors.SecondaryLimit)
    assert "600 seconds" in says(error)["en"]
    assert naps == []


async def test_an_address_where_nobody_listens_is_told_after_a_few_attempts(naps: list[float]) -> None:
    async def nap(seconds: float) -> None:
        naps.append(seconds)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with GitHub(f"http://127.0.0.1:{port}/graphql", TOKEN, now=lambda: NOW, sleep=nap) as github:
        with pytest.raises(errors.Unreachable) as caught:
            await github.fetch(REPO, SINCE, NOW, silent)

    assert "GITHUB_GRAPHQL_URL" in says(caught.value)["en"]
    assert 3 <= len(naps) <= 6
    assert all(0 < nap < 10 for nap in naps)


async def test_a_name_that_does_not_resolve_is_unreachable(naps: list[float]) -> None:
    async with GitHub(
        "http://github.invalid/graphql", TOKEN, now=lambda: NOW, patience=Patience(attempts=1)
    ) as github:
        with pytest.raises(errors.Unreachable):
            await github.fetch(REPO, SINCE, NOW, silent)


async def test_a_connection_that_breaks_once_is_taken_up_again(world: World, connect: Connect) -> None:
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.next(faults.cut())
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert result.coverage.complete


async def test_connections_that_keep_breaking_are_unreachable(world: World, connect: Connect) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.always(faults.cut()))

    assert isinstance(error, errors.Unreachable)


async def test_no_answer_in_time_is_told(world: World, connect: Connect) -> None:
    error, _ = await failure(
        world, connect, lambda server: server.faults.always(faults.slow(30)), timeout_s=0.05
    )

    assert isinstance(error, errors.TimedOut)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.bad_gateway(), 502),
        (faults.gateway_timeout(), 504),
        (faults.unavailable(), 503),
        (faults.timed_out(), 502),
        (faults.timed_out(200), 200),
    ],
    ids=lambda value: value.name if isinstance(value, faults.Fault) else str(value),
)
async def test_a_github_that_keeps_failing_is_told_and_not_hammered(
    world: World, connect: Connect, fault: faults.Fault, status: int
) -> None:
    error, server = await failure(world, connect, lambda server: server.faults.always(fault))

    assert isinstance(error, errors.Failing)
    assert f"HTTP status {status}" in says(error)["en"]
    assert len(server.requests) <= 60


async def test_details_that_never_come_are_an_error_and_not_an_empty_day(
    world: World, connect: Connect
) -> None:
    for number in range(60):
        world.repository(REPO).open_issue(f"{number}", by="ann", at=SINCE)

    error, server = await failure(
        world, connect, lambda server: server.faults.on("details", faults.bad_gateway())
    )

    assert isinstance(error, errors.Failing)
    assert len(server.requests) <= 60


async def test_data_that_keeps_having_holes_is_told(world: World, connect: Connect) -> None:
    def hole(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["issues"]["nodes"][0] = None
        answer["errors"] = [
            {"message": "Could not be resolved", "path": ["repository", "issues", "nodes", 0]}
        ]

    error, _ = await failure(world, connect, lambda server: server.faults.on("recent", mangled(hole)))

    assert isinstance(error, errors.PartialData)


@pytest.mark.parametrize("fault", [faults.malformed(), html(200)], ids=["malformed", "html"])
async def test_an_answer_that_is_no_json_is_asked_for_again(
    world: World, connect: Connect, fault: faults.Fault
) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.always(fault))
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.next(fault)
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert isinstance(error, errors.NoAnswer)
    assert result.coverage.complete


@pytest.mark.parametrize("body", ["null", "7", "[]", "{}", '"words"', '{"data": null}'])
async def test_json_that_is_no_answer_is_told(world: World, connect: Connect, body: str) -> None:
    error, _ = await failure(
        world, connect, lambda server: server.faults.always(faults.Fault("odd", 200, body))
    )

    assert isinstance(error, errors.NoAnswer | errors.UnexpectedPayload)


@pytest.mark.parametrize(
    ("operation", "change", "path"),
    [
        ("recent", lambda answer: answer["data"]["repository"].pop("issues"), "repository.issues"),
        ("recent", lambda answer: answer["data"].update(repository=None), "repository"),
        ("recent", lambda answer: answer["data"]["repository"].pop("releases"), "repository.releases"),
        ("search", lambda answer: answer["data"]["b"].pop("nodes"), "b.nodes"),
        ("search", lambda answer: answer["data"].pop("c"), "c"),
        ("details", lambda answer: answer["data"].pop("nodes"), "nodes"),
        ("details", lambda answer: answer["data"]["nodes"][0].pop("title"), "nodes[0].title"),
        ("details", lambda answer: answer["data"]["nodes"][0].pop("issueState"), "nodes[0].issueState"),
        ("details", lambda answer: answer["data"]["nodes"][0].update(createdAt="soon"), "nodes[0].createdAt"),
        (
            "details",
            lambda answer: answer["data"]["nodes"][0].update(__typename="Bot"),
            "nodes[0].__typename",
        ),
    ],
)
async def test_what_an_answer_lacks_is_named(
    world: World, connect: Connect, operation: str, change: Callable[[dict[str, Any]], object], path: str
) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.on(operation, mangled(change)))

    assert isinstance(error, errors.UnexpectedPayload)
    assert error.values == {"path": path}


async def test_a_refused_query_fails_the_fetch_at_once(
    world: World, connect: Connect, naps: list[float]
) -> None:
    def refuse(answer: dict[str, Any]) -> None:
        answer.pop("data")
        message = "Field 'nope' doesn't exist on type 'Query'"
        answer["errors"] = [{"message": message, "extensions": {"code": "undefinedField"}}]

    error, _ = await failure(world, connect, lambda server: server.faults.on("search", mangled(refuse)))

    assert isinstance(error, errors.Rejected)
    assert "undefinedField" in says(error)["en"]
    assert "nope" not in says(error)["en"]
    assert naps == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.Fault("saml", 403, json.dumps({"message": "Resource protected by SAML"})), errors.Forbidden),
        (html(404), errors.NotGraphQL),
        (html(301), errors.NotGraphQL),
        (faults.Fault("bad request", 400, json.dumps({"message": "Problems parsing JSON"})), errors.Rejected),
    ],
    ids=lambda value: value.name if isinstance(value, faults.Fault) else None,
)
async def test_a_refusal_that_time_cannot_mend_is_told_at_once(
    world: World, connect: Connect, naps: list[float], fault: faults.Fault, kind: type[Exception]
) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.always(fault))

    assert type(error) is kind
    assert naps == []


async def test_a_forbidden_field_is_told(world: World, connect: Connect) -> None:
    def forbid(answer: dict[str, Any]) -> None:
        answer["errors"] = [{"type": "FORBIDDEN", "path": ["nodes", 0], "message": "Resource not accessible"}]

    error, _ = await failure(world, connect, lambda server: server.faults.on("details", mangled(forbid)))

    assert isinstance(error, errors.Forbidden)


async def test_the_token_reaches_neither_logs_nor_reprs(
    world: World, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
            server.faults.next(faults.bad_gateway())
            await github.fetch(REPO, SINCE, NOW, silent)
            reprs = [repr(github), repr(vars(github)), repr(vars(github._client))]

    assert TOKEN not in caplog.text + str(lines) + "".join(reprs)


async def test_each_request_and_each_fetch_leave_one_line(world: World, connect: Connect) -> None:
    with structlog.testing.capture_logs() as lines:
        async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
            await github.fetch(REPO, SINCE, NOW, silent)

    queries = [line for line in lines if line["event"] == "github query"]
    assert len(queries) == len(server.requests)
    assert all({"operation", "cost", "remaining", "ms"} <= line.keys() for line in queries)
    assert [line["requests"] for line in lines if line["event"] == "fetched"] == [len(server.requests)]


def test_every_sentence_about_github_has_an_error_that_says_it() -> None:
    examples: list[DigestError] = [
        errors.BadToken(),
        errors.RepoNotFound(REPO),
        errors.Forbidden(),
        errors.RateLimited(NOW, 1),
        errors.RateLimited(None, 1),
        errors.SecondaryLimit(1),
        errors.Unreachable(),
        errors.TimedOut(1),
        errors.Failing(502),
        errors.PartialData(),
        errors.Rejected("x"),
        errors.UnexpectedPayload("x"),
        errors.NotGraphQL(404),
        errors.no_token(),
        DigestError("github.demo_repo", repo=REPO, known=REPO),
    ]

    for code in languages.codes():
        assert set(languages.load(code).get("errors.github")) == {
            error.key.partition(".")[2] for error in examples
        }
    assert all(all(says(error).values()) for error in examples)
