"""Installing the app in a workspace: where a browser is sent, and what is done when it comes back.

Slack's side: docs.slack.dev/authentication/installing-with-oauth. Nothing of the web is here; see
`adapters/web/slack_oauth.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.oauth.installation_store import Installation

from adapters.slack.errors import SlackError
from adapters.slack.exchange import UNREACHED, ExchangeClient, code_of
from adapters.slack.manifest import REDIRECT_PATH, SCOPES
from adapters.slack.sealed import id_of
from summarizer.errors import BadInput, DigestError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.secrets import Box
    from adapters.slack.sealed import Sealed
    from adapters.store.handled import Handled

log = structlog.get_logger()

STATE_S = 600
"""How long a person may take from here to Slack and back; a code of Slack's lives as long."""

_CODE = re.compile(r"[a-z_]{1,64}")
"""The shape of Slack's error codes. What else stands in an address was written by anybody."""

_OURS = {
    "bad_client_secret": "install.client",
    "invalid_client_id": "install.client",
    "bad_redirect_uri": "install.redirect",
    "invalid_redirect_uri": "install.redirect",
}
"""Refusals that are mended in the settings (docs.slack.dev/reference/methods/oauth.v2.access)."""

_THEIRS = {
    "access_denied": "install.denied",
    "invalid_code": "install.code",
    "code_already_used": "install.code",
    "code_expired": "install.code",
}
"""Refusals that are mended by another try."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the app was installed. id: of the workspace or, is_organisation, of an organisation. app: the app's id."""

    id: str
    name: str
    app: str
    is_organisation: bool


class Installing:
    """Installs the app, and keeps what Slack hands over for it."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        public_url: str,
        sealed: Sealed,
        box: Box,
        handled: Handled,
        api_url: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        """public_url: our own address, without a slash at its end. now: seconds since 1970."""
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_url = f"{public_url}{REDIRECT_PATH}"
        self._sealed = sealed
        self._box = box
        self._handled = handled
        self._now = now
        # the SDK quotes nothing
        self._addresses = AuthorizeUrlGenerator(
            client_id=quote(client_id, safe=""),
            redirect_uri=quote(self._redirect_url, safe=""),
            scopes=SCOPES,
        )
        self._web = ExchangeClient(api_url)

    def new_state(self) -> str:
        """What tells, when a browser comes back, that it left from here at most STATE_S ago. It is to be kept in a
        cookie meanwhile."""
        state = {"until": self._now() + STATE_S, "nonce": secrets.token_urlsafe(16)}
        return self._box.seal(json.dumps(state).encode()).decode()

    def install_url(self, state: str) -> str:
        """Slack's page that asks the person for leave."""
        return self._addresses.generate(quote(state, safe=""))

    async def complete(self, code: str, state: str, *, cookie: str, error: str = "") -> Workspace:
        """Take what Slack hands over for a code, and keep it. A state is good once.

        cookie: the state that this browser was given. error: what Slack's redirect told instead of a code.
        Raises BadInput (`install.denied`, `install.state`, `install.code`), NotConfigured (`install.client`,
        `install.redirect`), SlackError (`slack.refused`, `slack.unreachable`), StoreError.
        """
        mark = await self._claim(state, cookie)
        if error or not code:
            raise _refusal(error or "invalid_code")
        try:
            answer = await self._exchanged(code)
        except SlackError as problem:
            if problem.key == "slack.unreachable":  # the page may be loaded again
                await self._handled.release(mark)
            raise
        installation = _installation(answer)
        await self._sealed.save(installation)
        id_ = id_of(installation)
        log.info("slack workspace installed", workspace=id_)
        name = installation.enterprise_name if installation.is_enterprise_install else installation.team_name
        return Workspace(
            id_, name or id_, installation.app_id or "", bool(installation.is_enterprise_install)
        )

    async def _claim(self, state: str, cookie: str) -> str:
        """Take the state; what marks it as taken. Raises BadInput."""
        if not state or not hmac.compare_digest(state.encode(), cookie.encode()):
            raise BadInput("install.state")  # another browser's, or none
        try:
            until = float(json.loads(self._box.open(state.encode()))["until"])
        except (DigestError, ValueError, TypeError, KeyError):
            raise BadInput("install.state") from None
        left = until - self._now()
        mark = f"slack-install:{hashlib.sha256(state.encode()).hexdigest()}"
        if left <= 0 or not await self._handled.claim(mark, STATE_S):
            raise BadInput("install.state")
        return mark

    async def _exchanged(self, code: str) -> dict[str, Any]:
        try:
            answer = await self._web.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret,
                code=code,
                redirect_uri=self._redirect_url,
            )
        except SlackApiError as error:
            told = code_of(error)
            raise (_refusal(told) if told else SlackError("slack.unreachable")) from None
        except UNREACHED:
            raise SlackError("slack.unreachable") from None
        return answer.data if isinstance(answer.data, dict) else {}


def _refusal(error: str) -> DigestError:
    if error in _OURS:
        return NotConfigured(_OURS[error])
    if error in _THEIRS:
        return BadInput(_THEIRS[error])
    return SlackError("slack.refused", error=error if _CODE.fullmatch(error) else "unknown_error")


def _installation(answer: dict[str, Any]) -> Installation:
    """Of a bot; a person's own token is neither asked for nor kept."""
    team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
    expires_in = answer.get("expires_in")
    installation = Installation(
        app_id=answer.get("app_id"),
        enterprise_id=enterprise.get("id"),
        enterprise_name=enterprise.get("name"),
        team_id=team.get("id"),
        team_name=team.get("name"),
        bot_token=answer.get("access_token"),
        bot_user_id=answer.get("bot_user_id"),
        bot_scopes=str(answer.get("scope") or ""),
        bot_refresh_token=answer.get("refresh_token"),
        bot_token_expires_in=None if expires_in is None else int(expires_in),
        user_id=str((answer.get("authed_user") or {}).get("id") or ""),
        is_enterprise_install=bool(answer.get("is_enterprise_install")),
        token_type=answer.get("token_type"),
    )
    if not installation.bot_token or not id_of(installation):
        raise SlackError("slack.refused", error="no_bot_token")
    return installation
