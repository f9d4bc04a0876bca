"""Installing the app: a browser goes to Slack and comes back, and what Slack hands over is kept."""

from __future__ import annotations

import re
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from adapters.secrets import Box
from adapters.slack.manifest import SCOPES
from adapters.slack.oauth import STATE_S, Installing
from adapters.slack.sealed import Sealed
from adapters.web.site import Site
from adapters.web.slack_oauth import COOKIE, slack_install_routes
from summarizer.errors import DigestError
from tests.servers.slack import CLIENT_ID, CLIENT_SECRET, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store import Store
    from tests.servers.slack import SlackServer

KEY = "k" * 32
HERE = "https://digest.example.org"
BACK = f"{HERE}/slack/oauth_redirect"


class Bench:
    """An `Installing` with the clock in hand, and what it keeps."""

    def __init__(
        self, server: SlackServer, store: Store, *, secret: str = CLIENT_SECRET, key: str = KEY
    ) -> None:
        self.ahead = 0.0
        box = Box(key)
        self.sealed = Sealed(store.workspaces, box)
        self.installing = Installing(
            client_id=CLIENT_ID,
            client_secret=secret,
            public_url=HERE,
            sealed=self.sealed,
            box=box,
            handled=store.handled,
            api_url=server.url,
            now=lambda: time.time() + self.ahead,
        )

    async def complete(self, code: str, state: str, cookie: str | None = None, error: str = "") -> Any:  # noqa: ANN401
        return await self.installing.complete(
            code, state, cookie=state if cookie is None else cookie, error=error
        )

    async def problem(self, code: str, state: str, cookie: str | None = None, error: str = "") -> str:
        with pytest.raises(DigestError) as caught:
            await self.complete(code, state, cookie, error)
        return caught.value.key

    @asynccontextmanager
    async def browser(self, lang: str = "en-GB,en;q=0.9") -> AsyncIterator[httpx.AsyncClient]:
        app = Starlette(routes=slack_install_routes(self.installing, Site()))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=HERE, headers={"Accept-Language": lang}
        ) as client:
            yield client


@pytest.fixture
def bench(server: SlackServer, store: Store) -> Bench:
    return Bench(server, store)


async def test_a_browser_is_sent_to_slack_with_the_scopes_of_the_manifest(bench: Bench) -> None:
    parts = urlsplit(bench.installing.install_url(bench.installing.new_state()))

    query = parse_qs(parts.query, strict_parsing=False)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://slack.com/oauth/v2/authorize"
    assert query["client_id"] == [CLIENT_ID]
    assert query["scope"] == [",".join(SCOPES)]
    assert query["redirect_uri"] == [BACK]
    assert "user_scope" not in query


async def test_what_slack_hands_over_for_a_code_is_kept(bench: Bench, server: SlackServer) -> None:
    state = bench.installing.new_state()

    workspace = await bench.complete(server.authorize(scopes=SCOPES), state)

    assert (workspace.id, workspace.name, workspace.is_organisation) == (TEAM, "Tests", False)
    kept = await bench.sealed.load(TEAM)
    assert kept is not None
    assert server.tokens[kept.bot_token or ""].team == TEAM
    assert list(kept.bot_scopes or ()) == sorted(SCOPES)
    assert kept.user_token is None
    [call] = server.called("oauth.v2.access")
    assert (call.args["redirect_uri"], call.args["client_id"]) == (BACK, CLIENT_ID)


async def test_the_refresh_token_of_an_app_that_rotates_is_kept(bench: Bench, server: SlackServer) -> None:
    server.rotates_tokens = True

    await bench.complete(server.authorize(), bench.installing.new_state())

    kept = await bench.sealed.load(TEAM)
    assert kept is not None
    assert kept.bot_refresh_token
    assert kept.bot_token_expires_at is not None
    assert kept.bot_token_expires_at > time.time() + 11 * 3600


async def test_installing_again_replaces_the_token(bench: Bench, server: SlackServer) -> None:
    tokens = []
    for _ in range(2):
        await bench.complete(server.authorize(), bench.installing.new_state())
        kept = await bench.sealed.load(TEAM)
        tokens.append(kept.bot_token if kept else None)

    assert len(set(tokens)) == 2
    assert await bench.sealed.ids() == (TEAM,)


async def test_a_state_is_good_once(bench: Bench, server: SlackServer) -> None:
    state = bench.installing.new_state()
    await bench.complete(server.authorize(), state)

    assert await bench.problem(server.authorize(), state) == "install.state"


async def test_a_state_is_good_for_ten_minutes(bench: Bench, server: SlackServer) -> None:
    state = bench.installing.new_state()
    bench.ahead = STATE_S + 1

    assert await bench.problem(server.authorize(), state) == "install.state"


@pytest.mark.parametrize("cookie", ["", "another", "é"])
async def test_a_state_is_good_in_the_browser_it_was_given_to(
    bench: Bench, server: SlackServer, cookie: str
) -> None:
    assert await bench.problem(server.authorize(), bench.installing.new_state(), cookie) == "install.state"
    assert server.called("oauth.v2.access") == []


async def test_a_state_that_we_did_not_make_is_none(bench: Bench, server: SlackServer, store: Store) -> None:
    others = Bench(server, store, key="o" * 32).installing.new_state()
    sealed = Box(KEY).seal(b'{"until": "never"}').decode()

    for state in ("", "made-up", "é", others, sealed):
        assert await bench.problem(server.authorize(), state) == "install.state"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        ("access_denied", "install.denied"),
        ("invalid_code", "install.code"),
        ("bad_redirect_uri", "install.redirect"),
        ("some_new_error", "slack.refused"),
        ("<script>alert(1)</script>", "slack.refused"),
    ],
)
async def test_each_refusal_of_slacks_page_has_its_sentence(bench: Bench, error: str, problem: str) -> None:
    state = bench.installing.new_state()

    with pytest.raises(DigestError) as caught:
        await bench.complete("", state, error=error)

    assert caught.value.key == problem
    assert "script" not in str(caught.value)


async def test_a_code_that_was_made_up_or_used_is_refused(bench: Bench, server: SlackServer) -> None:
    code = server.authorize()
    await bench.complete(code, bench.installing.new_state())

    for each in (code, "made-up", ""):
        assert await bench.problem(each, bench.installing.new_state()) == "install.code"


async def test_a_wrong_client_secret_is_the_settings_fault(server: SlackServer, store: Store) -> None:
    bench = Bench(server, store, secret="wrong")

    assert await bench.problem(server.authorize(), bench.installing.new_state()) == "install.client"


@pytest.mark.parametrize("fault", [{"status": 502}, {}])
async def test_the_page_can_be_loaded_again_where_slack_did_not_answer(
    bench: Bench, server: SlackServer, fault: dict[str, Any]
) -> None:
    state, code = bench.installing.new_state(), server.authorize()
    server.fail("oauth.v2.access", **fault)

    assert await bench.problem(code, state) == "slack.unreachable"
    assert (await bench.complete(code, state)).id == TEAM


async def test_an_answer_without_a_bot_token_is_not_kept(bench: Bench, server: SlackServer) -> None:
    server.fail("oauth.v2.access", "")  # "ok" is false, and no word says why

    assert await bench.problem(server.authorize(), bench.installing.new_state()) == "slack.unreachable"
    assert await bench.sealed.ids() == ()


async def test_a_person_installs_in_the_browser(bench: Bench, server: SlackServer) -> None:
    async with bench.browser() as browser:
        away = await browser.get("/slack/install")
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        back = await browser.get(BACK, params={"code": server.authorize(), "state": state})

        assert away.status_code == 302
        assert back.status_code == 200
        assert "vllm-digest is installed in Tests." in back.text
        assert f"https://slack.com/app_redirect?app=A0DIGEST&amp;team={TEAM}" in back.text
        assert COOKIE not in browser.cookies
        assert await bench.sealed.ids() == (TEAM,)


async def test_the_cookie_is_for_this_host_alone_over_https_and_for_ten_minutes(bench: Bench) -> None:
    async with bench.browser() as browser:
        cookie = (await browser.get("/slack/install")).headers["set-cookie"]

    assert cookie.startswith("__Host-")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly",
        "Max-Age=600",
        "Path=/",
        "SameSite=lax",
        "Secure",
    }


async def test_two_installations_get_different_states(bench: Bench) -> None:
    async with bench.browser() as browser:
        locations = {(await browser.get("/slack/install")).headers["location"] for _ in range(2)}

    assert len(locations) == 2


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "没有允许安装"),
        ("en", "You did not allow"),
        ("tlh", "You did not allow"),
    ],
)
async def test_the_pages_speak_the_browsers_language(bench: Bench, lang: str, sentence: str) -> None:
    async with bench.browser(lang) as browser:
        away = await browser.get("/slack/install")
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        back = await browser.get(BACK, params={"error": "access_denied", "state": state})

    assert back.status_code == 400
    assert sentence in back.text
    assert '<a href="/slack/install">' in back.text


async def test_nothing_from_the_address_or_from_slack_becomes_markup(
    bench: Bench, server: SlackServer
) -> None:
    hostile = '<script>alert(1)</script>"><b>'
    server.teams[TEAM].name = hostile
    server.app_id = 'A0"onclick="x'
    async with bench.browser() as browser:
        away = await browser.get("/slack/install")
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        refused = await browser.get(BACK, params={"error": hostile, "state": hostile, "code": hostile})
        done = await browser.get(BACK, params={"code": server.authorize(), "state": state})

    assert done.status_code == 200
    for page in (refused.text, done.text):
        assert re.findall(r"<script[^>]*>", page) == [f'<script src="{Site().script_url}">']
        assert "<b>" not in page
        assert "onclick" not in page


async def test_no_secret_reaches_a_page_an_address_or_a_log(
    bench: Bench, server: SlackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code = server.authorize()
    async with bench.browser() as browser:
        away = await browser.get("/slack/install")
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        done = await browser.get(BACK, params={"code": code, "state": state})
        again = await browser.get(BACK, params={"code": code, "state": state})

    printed = capsys.readouterr()
    said = away.headers["location"] + done.text + again.text + printed.out + printed.err
    assert "installed" in printed.out + printed.err
    assert CLIENT_SECRET not in said
    assert "xox" not in said
    assert KEY not in said
    assert code not in done.text + again.text + printed.out + printed.err
    assert done.headers["cache-control"] == again.headers["cache-control"] == "no-store"
