"""Whose token GitHub is asked with: a fixed one, or those of a GitHub App, renewed before they end or when refused."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.github import errors
from adapters.github.app import AppRefused, Installation, NotInstalled, Suspended, rest_url
from adapters.github.client import Client, Patience
from adapters.github.tokens import InstallationTokens
from summarizer import languages
from summarizer.errors import DigestError, NotConfigured
from tests.servers.github import World, faults, github_server
from tests.servers.github.app import APP_ID, INSTALLATION_ID, App, pem, private_key

if TYPE_CHECKING:
    from adapters.github.client import Answer
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Request

START = datetime(2026, 3, 5, 18, tzinfo=UTC)
REPO = {"owner": "vllm-project", "name": "vllm"}


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def app(clock: Hand) -> App:
    return App(clock=clock)


@pytest.fixture
def world() -> World:
    world = World()
    world.repository("vllm-project/vllm").open_issue("here", by="ann", at=START)
    return world


def installation(
    server: Server, clock: Hand, *, app_id: str = APP_ID, at: str = INSTALLATION_ID, key: str | None = None
) -> Installation:
    return Installation(server.url, app_id=app_id, key=key or pem(), installation_id=at, now=clock)


def client(server: Server, clock: Hand, **who: str) -> Client:
    """Asks as the app, and never sleeps."""
    return Client(
        server.url,
        InstallationTokens(installation(server, clock, **who)),
        patience=Patience(attempts=3, backoff_s=0.01),
        sleep=_no_nap,
    )


async def _no_nap(_seconds: float) -> None:
    pass


async def ask(client: Client) -> Answer:
    return await client.query("releases", {**REPO, "page": 10, "after": None})


def says(error: DigestError) -> dict[str, str]:
    """What is shown of the error, by language."""
    return {
        code: languages.load(code).text(f"errors.{error.key}", **error.values) for code in languages.codes()
    }


async def test_the_app_signs_who_it_is_and_for_how_long(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        answer = await ask(github)

    # that the signature fits the app's public key, the server saw to
    [claims] = app.asked
    assert claims["iss"] == APP_ID
    assert claims["iat"] == START.timestamp() - 60
    assert START.timestamp() < claims["exp"] <= START.timestamp() + 600
    assert "releases" in answer.data["repository"]


async def test_a_token_is_used_for_many_requests(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        for _ in range(3):
            await ask(github)
            clock.move(minutes=15)

    assert len(app.asked) == 1


async def test_a_token_is_renewed_before_it_ends(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        await ask(github)
        clock.move(minutes=56)
        await ask(github)

    assert len(app.asked) == 2
    assert [request.status for request in server.requests] == [200, 200]


async def test_many_requests_at_once_wait_for_one_token(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        await asyncio.gather(*(ask(github) for _ in range(20)))
        clock.move(hours=2)
        await asyncio.gather(*(ask(github) for _ in range(20)))

    assert len(app.asked) == 2
    assert {request.status for request in server.requests} == {200}


async def test_who_gives_up_waiting_leaves_the_others_their_token(
    world: World, app: App, clock: Hand
) -> None:
    async with github_server(world, app=app, clock=clock) as server:
        tokens = InstallationTokens(installation(server, clock))
        first, second = asyncio.ensure_future(tokens.token()), asyncio.ensure_future(tokens.token())
        app.before_answer = first.cancel  # while it asks, and the second one waits for that

        assert await second in app.granted
        assert first.cancelled()


async def test_a_revoked_token_is_replaced_and_the_query_asked_again(
    world: World, app: App, clock: Hand
) -> None:
    def revoke(request: Request) -> None:
        if request.number == 2:
            app.granted.clear()

    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        server.before_answer = revoke
        await ask(github)
        answer = await ask(github)

    assert "releases" in answer.data["repository"]
    assert [request.status for request in server.requests] == [200, 401, 200]
    assert len(app.asked) == 2
    assert github.points.requests == 3


async def test_many_refused_requests_are_helped_by_one_renewal(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        await ask(github)
        app.granted["ghs_of_somebody_else"] = app.granted.pop("ghs_testsonly1")
        await asyncio.gather(*(ask(github) for _ in range(8)))

    assert len(app.asked) == 2
    assert sorted(request.status for request in server.requests) == [200] * 9 + [401] * 8


async def test_a_late_refusal_of_a_token_that_was_replaced_renews_nothing(
    world: World, app: App, clock: Hand
) -> None:
    async with github_server(world, app=app, clock=clock) as server:
        tokens = InstallationTokens(installation(server, clock))
        first = await tokens.token()
        second = await tokens.another(first)

        assert await tokens.another(first) == second
        assert await tokens.token() == second
    assert len(app.asked) == 2


async def test_a_second_refusal_in_a_row_is_told(world: World, app: App, clock: Hand) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        server.before_answer = lambda _request: app.granted.clear()
        with pytest.raises(errors.BadToken):
            await ask(github)

    assert [request.status for request in server.requests] == [401, 401]
    assert len(app.asked) == 2


async def test_a_fixed_token_that_is_revoked_half_way_is_told(world: World) -> None:
    async with github_server(world) as server, Client(server.url, server.token or "") as github:
        await ask(github)
        server.token = "ghp_another"
        with pytest.raises(errors.BadToken):
            await ask(github)

    assert [request.status for request in server.requests] == [200, 401]


async def test_a_token_that_still_holds_is_used_while_none_can_be_had(
    world: World, app: App, clock: Hand
) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        await ask(github)
        clock.move(minutes=57)
        app.faults.extend([faults.unavailable()])
        await ask(github)
        await ask(github)
        asked_too_soon = len(app.asked)
        clock.move(minutes=1)
        await ask(github)

    assert asked_too_soon == 1
    assert len(app.asked) == 2
    assert {request.status for request in server.requests} == {200}


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(hours=-3), timedelta(minutes=2)], ids=str)
async def test_a_clock_that_is_off_is_set_right_by_githubs(
    world: World, app: App, clock: Hand, ahead: timedelta
) -> None:
    ours = Hand(START + ahead)

    async with github_server(world, app=app, clock=clock) as server, client(server, ours) as github:
        await ask(github)
        ours.move(minutes=56)
        clock.move(minutes=56)
        await ask(github)

    assert app.refused == 1
    assert [claims["iat"] for claims in app.asked] == [START.timestamp() - 60, clock().timestamp() - 60]


async def test_a_clock_that_is_off_is_told_where_github_does_not_tell_the_time(
    world: World, app: App, clock: Hand
) -> None:
    app.tells_time = False

    async with github_server(world, app=app, clock=clock) as server:
        with pytest.raises(AppRefused) as caught:
            await installation(server, Hand(START + timedelta(hours=3))).grant()

    assert "clock" in says(caught.value)["en"]
    assert app.refused == 1


async def test_a_key_of_another_app_is_told_at_once(world: World, app: App, clock: Hand) -> None:
    other = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    async with (
        github_server(world, app=app, clock=clock) as server,
        client(server, clock, key=other) as github,
    ):
        with pytest.raises(AppRefused) as caught:
            await ask(github)

    assert caught.value.exit_code == 4
    assert "GITHUB_APP_KEY" in says(caught.value)["en"]
    assert app.refused == 1
    assert server.requests == []


@pytest.mark.parametrize("who", [{"at": "1"}, {"app_id": "1"}], ids=["installation", "app"])
async def test_an_unknown_app_or_installation_is_told_at_once(
    world: World, app: App, clock: Hand, who: dict[str, str]
) -> None:
    async with github_server(world, app=app, clock=clock) as server, client(server, clock, **who) as github:
        with pytest.raises(NotInstalled) as caught:
            await ask(github)

    assert "GITHUB_INSTALLATION_ID" in says(caught.value)["en"]
    assert app.refused == 1


async def test_a_suspended_installation_is_told_at_once(world: World, app: App, clock: Hand) -> None:
    app.suspended = True

    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        with pytest.raises(Suspended) as caught:
            await ask(github)

    assert "suspended" in says(caught.value)["en"]
    assert app.refused == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.bad_gateway(),
        faults.unavailable(),
        faults.malformed(),
        faults.cut(0),
        faults.secondary_limit(5),
        faults.Fault("html", 200, "<html>a proxy's page</html>", "text/html"),
    ],
    ids=lambda fault: fault.name,
)
async def test_what_heals_is_asked_for_again(
    world: World, app: App, clock: Hand, fault: faults.Fault
) -> None:
    app.faults.extend([fault, fault])

    async with github_server(world, app=app, clock=clock) as server, client(server, clock) as github:
        # as a page that could be smaller: a token could not, so it is tried again all the same
        answer = await github.query("releases", {**REPO, "page": 10, "after": None}, persistent=False)

    assert "releases" in answer.data["repository"]
    assert len(app.asked) == 1


async def test_those_who_waited_share_the_error_as_well(world: World, app: App, clock: Hand) -> None:
    app.faults.extend([faults.bad_gateway()])

    async with github_server(world, app=app, clock=clock) as server:
        tokens = InstallationTokens(installation(server, clock))
        outcomes = await asyncio.gather(*(tokens.token() for _ in range(8)), return_exceptions=True)

        assert {type(outcome) for outcome in outcomes} == {errors.Failing}
        assert await tokens.token() in app.granted


async def test_a_github_that_is_not_there_is_told(clock: Hand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nowhere = Installation(
        f"http://127.0.0.1:{port}/graphql", app_id=APP_ID, key=pem(), installation_id="1", now=clock
    )

    with pytest.raises(errors.Unreachable):
        await nowhere.grant()


async def test_a_github_that_does_not_answer_is_told(clock: Hand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/graphql"
        waiting = Installation(url, app_id=APP_ID, key=pem(), installation_id="1", now=clock, timeout_s=0.05)

        with pytest.raises(errors.TimedOut) as caught:
            await waiting.grant()

    assert caught.value.heals
    assert not caught.value.heavy


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "token"),
        ({"expires_at": "2026-03-05T19:00:00Z"}, "token"),
        ({"token": "ghs_x"}, "expires_at"),
        ({"token": "ghs_x", "expires_at": "soon"}, "expires_at"),
        ({"token": "ghs_x", "expires_at": "2026-03-05T19:00:00"}, "expires_at"),
    ],
)
async def test_what_an_answer_lacks_is_named(
    world: World, app: App, clock: Hand, body: object, path: str
) -> None:
    app.faults.extend([faults.Fault("odd", 201, json.dumps(body))])

    async with github_server(world, app=app, clock=clock) as server:
        with pytest.raises(errors.UnexpectedPayload) as caught:
            await installation(server, clock).grant()

    assert caught.value.values == {"path": path}


def _public() -> str:
    return private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "key",
    ["-----BEGIN RSA PRIVATE KEY-----\nsecretsecret\n-----END RSA PRIVATE KEY-----", _public(), ""],
    ids=["damaged", "public", "empty"],
)
def test_a_key_that_cannot_sign_is_told_before_anything_is_asked(key: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        Installation("https://api.github.com/graphql", app_id=APP_ID, key=key, installation_id="1")

    assert all("GITHUB_APP_KEY" in sentence for sentence in says(caught.value).values())
    assert "secretsecret" not in "".join(traceback.format_exception(caught.value))


async def test_no_secret_reaches_logs_reprs_or_exceptions(
    world: World, app: App, clock: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    signed: list[str] = []
    shown: list[str] = []

    with structlog.testing.capture_logs() as lines:
        async with github_server(world, app=app, clock=clock) as server:
            ours = installation(server, clock)
            signed.append(ours._signed())
            tokens = InstallationTokens(ours)
            async with Client(server.url, tokens) as github:
                await ask(github)
                shown += [repr(each) for each in (tokens, vars(tokens), ours, vars(ours), vars(github))]
                server.before_answer = lambda _request: app.granted.clear()
                with pytest.raises(errors.BadToken) as twice:
                    await ask(github)
            app.suspended = True
            with pytest.raises(Suspended) as suspended:
                await ours.grant()
            shown += ["".join(traceback.format_exception(each.value)) for each in (twice, suspended)]

    everything = caplog.text + str(lines) + "".join(shown)
    header, _, _ = signed[0].partition(".")
    assert "github token renewed" in everything
    assert "ghs_testsonly" not in everything
    assert header not in everything
    assert "PRIVATE KEY-----" not in everything


@pytest.mark.parametrize(
    ("graphql", "rest"),
    [
        ("https://api.github.com/graphql", "https://api.github.com"),
        ("https://api.github.com/graphql/", "https://api.github.com"),
        ("https://api.octocorp.ghe.com/graphql", "https://api.octocorp.ghe.com"),
        ("https://github.example.com/api/graphql", "https://github.example.com/api/v3"),
        ("http://127.0.0.1:8080/graphql", "http://127.0.0.1:8080"),
    ],
)
def test_the_rest_api_stands_beside_the_graphql_one(graphql: str, rest: str) -> None:
    assert rest_url(graphql) == rest


def test_every_sentence_about_the_app_has_an_error_that_says_it() -> None:
    examples: list[DigestError] = [AppRefused(), NotInstalled(), Suspended(), NotConfigured("github_app.key")]

    for code in languages.codes():
        assert set(languages.load(code).get("errors.github_app")) == {
            error.key.partition(".")[2] for error in examples
        }
    assert all(all(says(error).values()) for error in examples)
