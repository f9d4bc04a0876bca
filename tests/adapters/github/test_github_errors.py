"""How GitHub fails, and what a person is told: each way over the wire, each with its sentence."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from adapters.github import errors
from adapters.github.client import Patience
from adapters.github.fetch import GitHub
from summarizer import languages
from summarizer.errors import DigestError, GitHubError, NotConfigured
from tests.adapters.github.connecting import DAY, NOW, REPO, SINCE, TOKEN, WEEK, Kept, silent, wanted
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server


@pytest.fixture
def world() -> World:
    """One item to read, and so many newer ones that it has to be searched for."""
    world = World()
    repo = world.repository(REPO)
    repo.open_issue("here", by="ann", at=NOW - 3 * DAY)
    for number in range(100):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
    return world


async def read_all(github: GitHub, world: World, repo: str = REPO) -> Kept:
    """Ask for everything there is to ask for, one operation at least of each kind."""
    kept = Kept()
    here = list(world.repository(REPO).threads.values())[:1]
    await github.updated_since(repo, NOW - WEEK, kept, silent)
    await github.read(repo, wanted(here), kept, silent)
    await github.check(repo, wanted(here))
    await github.numbered(repo, [1], kept)
    await github.releases(repo, SINCE)
    return kept


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
    """What reading all raises once `prepare` has set the server up, and the server as it was left."""
    async with github_server(world, clock=lambda: NOW) as server, connect(server, **options) as github:
        prepare(server)
        with pytest.raises(GitHubError) as caught:
            await read_all(github, world, repo)
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
    assert len(server.requests) <= 3
    assert "GITHUB_TOKEN" in says(error)["en"]


async def test_an_unknown_repository_is_told_as_one_that_may_not_be_read(
    world: World, connect: Connect, naps: list[float]
) -> None:
    error, server = await failure(world, connect, lambda server: None, repo="vllm-project/nowhere")

    assert isinstance(error, errors.RepoNotFound)
    assert "no repository vllm-project/nowhere, or this token may not read it" in says(error)["en"]
    assert naps == []
    assert len(server.requests) <= 3


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


async def test_a_share_of_the_hour_that_is_spent_is_told_with_the_setting_and_the_time(
    world: World, connect: Connect, naps: list[float]
) -> None:
    error, server = await failure(world, connect, lambda server: setattr(server, "used", 4000), budget=0.5)

    assert isinstance(error, errors.BudgetSpent)
    for sentence in says(error).values():
        assert "DIGEST_GITHUB_BUDGET" in sentence
        assert f"{server.reset_at:%Y-%m-%d %H:%M} UTC" in sentence
    assert naps == []
    assert len(server.requests) <= 4


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
            await github.updated_since(REPO, SINCE, Kept(), silent)

    assert "GITHUB_GRAPHQL_URL" in says(caught.value)["en"]
    assert 3 <= len(naps) <= 6
    assert all(0 < nap < 10 for nap in naps)


async def test_a_name_that_does_not_resolve_is_unreachable(naps: list[float]) -> None:
    async with GitHub(
        "http://github.invalid/graphql", TOKEN, now=lambda: NOW, patience=Patience(attempts=1)
    ) as github:
        with pytest.raises(errors.Unreachable):
            await github.updated_since(REPO, SINCE, Kept(), silent)


async def test_a_connection_that_breaks_once_is_taken_up_again(world: World, connect: Connect) -> None:
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.next(faults.cut())
        kept = await read_all(github, world)

    assert len(kept.numbers) == 101


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
@pytest.mark.parametrize("operation", ["edge", "counts", "slices", "checks", "numbered", None])
async def test_a_github_that_keeps_failing_is_told_and_not_hammered(
    world: World, connect: Connect, fault: faults.Fault, status: int, operation: str | None
) -> None:
    def fail(server: Server) -> None:
        server.faults.when(lambda request: operation in (None, request.operation), fault)

    error, server = await failure(world, connect, fail)

    assert isinstance(error, errors.Failing)
    assert f"HTTP status {status}" in says(error)["en"]
    assert len(server.requests) <= 80


async def test_data_that_keeps_having_holes_is_told(world: World, connect: Connect) -> None:
    def hole(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["issues"]["nodes"][0] = None
        answer["errors"] = [
            {"message": "Could not be resolved", "path": ["repository", "issues", "nodes", 0]}
        ]

    error, _ = await failure(world, connect, lambda server: server.faults.on("edge", mangled(hole)))

    assert isinstance(error, errors.PartialData)


@pytest.mark.parametrize("fault", [faults.malformed(), html(200)], ids=["malformed", "html"])
async def test_an_answer_that_is_no_json_is_asked_for_again(
    world: World, connect: Connect, fault: faults.Fault
) -> None:
    error, _ = await failure(world, connect, lambda server: server.faults.always(fault))
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.next(fault)
        kept = await read_all(github, world)

    assert isinstance(error, errors.NoAnswer)
    assert len(kept.numbers) == 101


@pytest.mark.parametrize("body", ["null", "7", "[]", "{}", '"words"', '{"data": null}'])
async def test_json_that_is_no_answer_is_told(world: World, connect: Connect, body: str) -> None:
    error, _ = await failure(
        world, connect, lambda server: server.faults.always(faults.Fault("odd", 200, body))
    )

    assert isinstance(error, errors.NoAnswer | errors.UnexpectedPayload)


@pytest.mark.parametrize(
    ("operation", "change", "path"),
    [
        ("edge", lambda data: data["repository"].pop("issues"), "repository.issues"),
        ("edge", lambda data: data["repository"].pop("pullRequests"), "repository.pullRequests"),
        ("edge", lambda data: data["repository"].pop("releases"), "repository.releases"),
        ("edge", lambda data: data["repository"]["issues"].pop("totalCount"), "repository.issues.issueCount"),
        ("edge", lambda data: data.update(repository=None), "repository"),
        (
            "edge",
            lambda data: data["repository"]["issues"]["nodes"][1].pop("url"),
            "repository.issues.nodes[1].url",
        ),
        ("counts", lambda data: data.pop("q3"), "q3"),
        ("counts", lambda data: data["q3"].pop("issueCount"), "q3.issueCount"),
        ("slices", lambda data: data.pop("q0"), "q0"),
        ("slices", lambda data: data["q0"].pop("nodes"), "q0.nodes"),
        ("slices", lambda data: data["q0"].pop("issueCount"), "q0.issueCount"),
        ("issue_details", lambda data: data.update(repository=None), "repository"),
        ("issue_details", lambda data: data.pop("nodes"), "nodes"),
        ("issue_details", lambda data: data["nodes"].pop(), "nodes"),
        ("issue_details", lambda data: data["nodes"][0].pop("title"), "nodes[0].title"),
        ("issue_details", lambda data: data["nodes"][0].pop("issueState"), "nodes[0].issueState"),
        ("issue_details", lambda data: data["nodes"][0].update(createdAt="soon"), "nodes[0].createdAt"),
        ("issue_details", lambda data: data["nodes"][0].update(__typename="Bot"), "nodes[0].__typename"),
        ("checks", lambda data: data.update(repository=None), "repository"),
        ("checks", lambda data: data.pop("nodes"), "nodes"),
        ("checks", lambda data: data["nodes"][0].pop("updatedAt"), "nodes[0].updatedAt"),
        ("numbered", lambda data: data.update(repository=None), "repository"),
        ("numbered", lambda data: data["repository"].pop("n0"), "repository.n0"),
        ("numbered", lambda data: data["repository"]["n0"].pop("title"), "repository.n0.title"),
        ("releases", lambda data: data.update(repository=None), "repository"),
        ("releases", lambda data: data["repository"].pop("releases"), "repository.releases"),
    ],
)
async def test_what_an_answer_lacks_is_named(
    world: World, connect: Connect, operation: str, change: Callable[[dict[str, Any]], object], path: str
) -> None:
    fault = mangled(lambda answer: change(answer["data"]))
    error, _ = await failure(world, connect, lambda server: server.faults.on(operation, fault))

    assert isinstance(error, errors.UnexpectedPayload)
    assert error.values == {"path": path}


async def test_a_refused_query_is_told_at_once(world: World, connect: Connect, naps: list[float]) -> None:
    def refuse(answer: dict[str, Any]) -> None:
        answer.pop("data")
        message = "Field 'nope' doesn't exist on type 'Query'"
        answer["errors"] = [{"message": message, "extensions": {"code": "undefinedField"}}]

    error, _ = await failure(world, connect, lambda server: server.faults.on("slices", mangled(refuse)))

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

    error, _ = await failure(world, connect, lambda server: server.faults.on("checks", mangled(forbid)))

    assert isinstance(error, errors.Forbidden)


async def test_the_token_reaches_neither_logs_nor_reprs(
    world: World, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
            server.faults.next(faults.bad_gateway())
            await github.updated_since(REPO, SINCE, Kept(), silent)
            reprs = [repr(github), repr(vars(github)), repr(vars(github._client))]

    assert TOKEN not in caplog.text + str(lines) + "".join(reprs)


async def test_each_request_leaves_one_line(world: World, connect: Connect) -> None:
    with structlog.testing.capture_logs() as lines:
        async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
            await github.updated_since(REPO, SINCE, Kept(), silent)

    queries = [line for line in lines if line["event"] == "github query"]
    assert len(queries) == len(server.requests)
    assert all({"operation", "cost", "remaining", "ms"} <= line.keys() for line in queries)


def test_every_sentence_about_github_has_an_error_that_says_it() -> None:
    examples: list[DigestError] = [
        errors.BadToken(),
        errors.RepoNotFound(REPO),
        errors.Forbidden(),
        errors.RateLimited(NOW, 1),
        errors.RateLimited(None, 1),
        errors.BudgetSpent(NOW, 1),
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
