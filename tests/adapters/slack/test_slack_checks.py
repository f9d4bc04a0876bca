"""What is found of Slack's settings: every token is really tried, and nothing is posted or connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.oauth.installation_store import Installation

from adapters.secrets import Box
from adapters.slack.access import Access
from adapters.slack.checks import check, check_installed
from adapters.slack.manifest import SCOPES
from adapters.slack.sealed import Sealed
from adapters.slack.trials import try_app, try_bot
from summarizer.errors import NotConfigured
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, TEAM, Token

if TYPE_CHECKING:
    from adapters.checking import Check
    from adapters.store import Store
    from tests.servers.slack import SlackServer

SECRET = "0123456789abcdef" * 2
URL = "https://digest.example.org"
KEY = "k" * 32


@pytest.fixture(autouse=True)
def granted(server: SlackServer) -> None:
    """The bot has what the manifest asks for."""
    server.tokens[BOT_TOKEN].scopes = frozenset(SCOPES)


async def _found(server: SlackServer, **access: Any) -> dict[str, Check]:  # noqa: ANN401 - as the fields of Access
    checks = await check(Access(server.url, **access))
    return {each.about: each for each in checks}


def _said(each: Check) -> tuple[str, str]:
    """The outcome, and what was found or the error's key."""
    return each.outcome, each.problem.key if each.problem else each.found


async def test_without_slack_there_is_nothing_to_be_looked_at(server: SlackServer) -> None:
    [each] = (await _found(server)).values()

    assert _said(each) == ("skipped", "slack_absent")
    assert server.calls == []


async def test_socket_mode_that_is_set_up_rightly(server: SlackServer) -> None:
    found = await _found(server, bot_token=BOT_TOKEN, app_token=APP_TOKEN)

    assert {about: _said(each) for about, each in found.items()} == {
        "slack_bot": ("ok", "bot"),
        "slack_scopes": ("ok", "scopes"),
        "slack_socket": ("ok", "socket"),
    }
    assert found["slack_bot"].values == {"team": "Tests", "name": "vllm-digest"}
    assert {call.method for call in server.calls} == {"auth.test", "apps.connections.open"}
    assert server.sockets.connections == []


async def test_the_app_level_token_stands_in_no_address(server: SlackServer) -> None:
    """Addresses stand in the logs of proxies."""
    await try_app(APP_TOKEN, server.url)

    [call] = server.called("apps.connections.open")
    assert call.token == APP_TOKEN
    assert call.args == {}


async def test_scopes_that_are_missing_are_named(server: SlackServer) -> None:
    server.tokens[BOT_TOKEN].scopes = frozenset(SCOPES) - {"users:read", "files:write"}

    found = await _found(server, bot_token=BOT_TOKEN)

    assert _said(found["slack_scopes"]) == ("bad", "scopes_missing")
    assert found["slack_scopes"].values == {"scopes": ("files:write", "users:read")}


async def test_scopes_that_nobody_needs_are_named(server: SlackServer) -> None:
    server.tokens[BOT_TOKEN].scopes = frozenset(SCOPES) | {"reactions:read"}

    found = await _found(server, bot_token=BOT_TOKEN)

    assert _said(found["slack_scopes"]) == ("warn", "scopes_surplus")
    assert found["slack_scopes"].values == {"scopes": ("reactions:read",)}


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive", "token_expired"])
async def test_a_token_that_is_none_any_more_is_said_to_be_wrong(server: SlackServer, error: str) -> None:
    server.tokens[BOT_TOKEN].error = server.tokens[APP_TOKEN].error = error

    found = await _found(server, bot_token=BOT_TOKEN, app_token=APP_TOKEN)

    assert _said(found["slack_bot"]) == ("bad", "init.bot_token")
    assert _said(found["slack_socket"]) == ("bad", "init.app_token")
    assert "slack_scopes" not in found


async def test_tokens_that_were_taken_for_each_other_are_told_apart_without_being_sent(
    server: SlackServer,
) -> None:
    with pytest.raises(NotConfigured) as bot:
        await try_bot(APP_TOKEN, server.url)
    with pytest.raises(NotConfigured) as app:
        await try_app(BOT_TOKEN, server.url)

    assert (bot.value.key, app.value.key) == ("init.bot_kind", "init.app_kind")
    assert server.calls == []


async def test_a_persons_token_is_no_bots(server: SlackServer) -> None:
    server.fail("auth.test", "not_allowed_token_type")

    with pytest.raises(NotConfigured) as caught:
        await try_bot(BOT_TOKEN, server.url)

    assert caught.value.key == "init.bot_kind"


async def test_an_app_level_token_without_its_scope_is_of_the_wrong_kind(server: SlackServer) -> None:
    server.tokens[APP_TOKEN].scopes = frozenset()

    with pytest.raises(NotConfigured) as caught:
        await try_app(APP_TOKEN, server.url)

    assert caught.value.key == "init.app_kind"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"error": "internal_error"}, "init.slack_refused"),
        ({"status": 429}, "init.slack_refused"),
        ({"status": 503}, "init.slack_unreachable"),
        ({"error": "<b>no word</b>"}, "init.slack_unreachable"),
        ({}, "init.slack_unreachable"),
    ],
)
async def test_a_token_that_could_not_be_tried_is_not_called_wrong(
    server: SlackServer, fault: dict[str, Any], problem: str
) -> None:
    server.fail("auth.test", **fault)

    found = await _found(server, bot_token=BOT_TOKEN)

    assert _said(found["slack_bot"]) == ("bad", problem)


async def test_an_address_where_no_slack_lives_is_said(server: SlackServer) -> None:
    with pytest.raises(NotConfigured) as caught:
        await try_bot(BOT_TOKEN, f"{server.root}/nothing/")

    assert caught.value.key == "init.slack_unreachable"


async def test_a_token_that_ends_within_hours_is_warned_of(server: SlackServer) -> None:
    token = f"xoxe.{BOT_TOKEN}"
    server.tokens[token] = Token(token, TEAM, frozenset(SCOPES))

    found = await _found(server, bot_token=token)

    assert _said(found["slack_bot"]) == ("warn", "bot_expires")


@pytest.mark.parametrize(
    ("secret", "url", "said"),
    [
        (SECRET, URL, [("ok", "signing"), ("ok", "http")]),
        ("short", URL, [("warn", "signing_shape"), ("ok", "http")]),
        (SECRET, "http://digest.example.org", [("ok", "signing"), ("bad", "http_plain")]),
        (SECRET, None, [("ok", "signing"), ("bad", "http_no_address")]),
    ],
)
async def test_http_needs_a_secret_and_an_address_that_slack_takes(
    server: SlackServer, secret: str, url: str | None, said: list[tuple[str, str]]
) -> None:
    found = await _found(server, bot_token=BOT_TOKEN, signing_secret=secret, public_url=url)

    assert [_said(found[about]) for about in ("slack_signing", "slack_http")] == said


@pytest.mark.parametrize(
    ("access", "said"),
    [
        ({"client_secret": "s", "secret_key": "k" * 32, "public_url": URL}, ("ok", "workspaces")),
        ({"client_secret": "s", "public_url": URL}, ("bad", "workspaces_half")),
        ({"secret_key": "k" * 32, "public_url": URL}, ("bad", "workspaces_half")),
        ({"client_secret": "s", "secret_key": "k" * 31, "public_url": URL}, ("bad", "workspaces_key")),
        ({"client_secret": "s", "secret_key": "k" * 32}, ("bad", "workspaces_address")),
    ],
)
async def test_many_workspaces_need_all_that_belongs_to_it(
    server: SlackServer, access: dict[str, str], said: tuple[str, str]
) -> None:
    found = await _found(server, client_id="1234.5678", **access)

    assert _said(found["slack_workspaces"]) == said


async def _installed(store: Store, key: str = KEY, **tokens: str) -> Sealed:
    sealed = Sealed(store.workspaces, Box(key))
    for team, token in tokens.items():
        await sealed.save(Installation(team_id=team, bot_token=token, user_id="U0ANN"))
    return sealed


async def test_each_workspace_that_installed_the_app_is_tried(server: SlackServer, store: Store) -> None:
    server.add_team("T0LACKS", token="xoxb-testsonly-lacks", scopes=["commands"])
    sealed = await _installed(
        store, **{TEAM: BOT_TOKEN, "T0GONE": "xoxb-testsonly-gone", "T0LACKS": "xoxb-testsonly-lacks"}
    )
    ended = Installation(team_id="T0ENDED", bot_token="xoxe.x", user_id="U0ANN", bot_token_expires_at=1)
    await sealed.save(ended)

    checks = await check_installed(sealed, Access(server.url, public_url=URL))

    assert [(*_said(each), each.values.get("ids")) for each in checks] == [
        ("ok", "installed", None),
        ("warn", "installed_gone", ("T0GONE",)),
        ("warn", "installed_lacking", ("T0LACKS",)),
    ]
    assert checks[0].values == {"n": 4}
    assert len(server.called("auth.test")) == 3


async def test_workspaces_that_no_key_opens_are_told(server: SlackServer, store: Store) -> None:
    await _installed(store, **{TEAM: BOT_TOKEN})

    checks = await check_installed(await _installed(store, "o" * 32), Access(server.url, public_url=URL))

    assert [_said(each) for each in checks] == [("bad", "secrets.no_key")]


async def test_a_slack_that_is_away_makes_no_workspace_gone(server: SlackServer, store: Store) -> None:
    sealed = await _installed(store, **{TEAM: BOT_TOKEN})
    server.fail("auth.test", status=503)

    checks = await check_installed(sealed, Access(server.url, public_url=URL))

    assert [_said(each) for each in checks] == [("bad", "init.slack_unreachable")]


async def test_no_token_is_in_what_is_found(server: SlackServer) -> None:
    server.fail("auth.test", "invalid_auth")
    checks = await check(
        Access(server.url, bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SECRET, client_id="1.2")
    )

    assert "xox" not in repr(checks)
    assert SECRET not in repr(checks)
