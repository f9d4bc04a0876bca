"""Trials: whether Slack takes a token, found out by asking; nothing is posted, and no connection opened."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.exchange import TIMEOUT_S, UNREACHED, code_of
from adapters.slack.manifest import SCOPES
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
"""As the app's Basic Information shows it, though no page says so. Whether one is right shows with the first event."""

APP_LEVEL = "xapp-"
"""How app-level tokens begin (docs.slack.dev/authentication/tokens)."""

EXPIRES = "xoxe."
"""How tokens of an app with token rotation begin: they live twelve hours
(docs.slack.dev/authentication/using-token-rotation)."""

_WRONG = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Answers to a token that is none, or is none any more (docs.slack.dev/reference/methods/auth.test)."""

_KIND = frozenset({"not_allowed_token_type", "missing_scope", "no_permission"})
"""Answers to a token of another kind (docs.slack.dev/reference/methods/apps.connections.open)."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Whom a bot token speaks as. team: the workspace's name. name: the bot's. scopes: what it was granted."""

    team: str
    name: str
    scopes: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Scopes of the manifest that it was not granted."""
        return tuple(scope for scope in SCOPES if scope not in self.scopes)

    @property
    def surplus(self) -> tuple[str, ...]:
        """Scopes that the manifest does not ask for."""
        return tuple(sorted(self.scopes.difference(SCOPES)))


async def try_bot(token: str, api_url: str) -> Bot:
    """Ask Slack whose bot token it is. Raises NotConfigured (`init.bot_token`, `init.bot_kind`, `init.slack_refused`,
    `init.slack_unreachable`)."""
    if token.startswith(APP_LEVEL):
        raise NotConfigured("init.bot_kind")
    answer = await _asked(
        token, api_url, lambda web: web.auth_test(), wrong="init.bot_token", kind="init.bot_kind"
    )
    if not answer.get("bot_id"):  # a person's token is taken as well, but cannot do what a bot does
        raise NotConfigured("init.bot_kind")
    granted = str(answer.headers.get("x-oauth-scopes") or "")
    scopes = frozenset(scope.strip() for scope in granted.split(",") if scope.strip())
    return Bot(str(answer.get("team") or ""), str(answer.get("user") or ""), scopes)


async def try_app(token: str, api_url: str) -> None:
    """Ask Slack for a Socket Mode connection, which is not opened. Raises NotConfigured (`init.app_token`,
    `init.app_kind`, `init.slack_refused`, `init.slack_unreachable`)."""
    if not token.startswith(APP_LEVEL):
        raise NotConfigured("init.app_kind")
    await _asked(
        token,
        api_url,
        # the SDK's own method puts the token into the address
        lambda web: web.api_call("apps.connections.open"),
        wrong="init.app_token",
        kind="init.app_kind",
    )


async def _asked(
    token: str,
    api_url: str,
    ask: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]],
    *,
    wrong: str,
    kind: str,
) -> AsyncSlackResponse:
    # its logger shows answers, of which one is the address of a connection, to whoever turns on debugging
    quiet = logging.Logger("slack checks", logging.WARNING)  # noqa: LOG001 - one that nobody can configure
    web = AsyncWebClient(token, api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=quiet)
    try:
        return await ask(web)
    except SlackApiError as error:
        code = code_of(error)
    except UNREACHED:
        raise NotConfigured("init.slack_unreachable") from None
    if code in _WRONG:
        raise NotConfigured(wrong)
    if code in _KIND:
        raise NotConfigured(kind)
    if not re.fullmatch(r"[a-z_]{1,64}", code):  # something else lives there, or a proxy answers
        raise NotConfigured("init.slack_unreachable")
    raise NotConfigured("init.slack_refused", error=code)
