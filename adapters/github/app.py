"""A GitHub App's installation: the app signs who it is, and GitHub answers with a token that lasts an hour.

Sources: docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app (what is signed),
docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app (the call and its statuses).
Neither the key, nor what is signed with it, nor a token is in any repr, log line or exception.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.github import limits
from adapters.github.errors import (
    AdapterError,
    BadToken,
    Forbidden,
    NoAnswer,
    TimedOut,
    UnexpectedPayload,
    Unreachable,
)
from adapters.github.refusals import Reply, refusal_of_status, server_time
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUED_BEFORE = timedelta(seconds=60)
"""What is signed claims to be a minute old, since GitHub refuses a time that is in its own future."""

SIGNED_FOR = timedelta(minutes=9)
"""GitHub refuses more than ten minutes; a minute of it is left for a clock that is ahead."""

CLOCK_OFF = timedelta(seconds=30)
"""A refusal is signed once more where GitHub's clock turns out to differ by more than this from what we took it for."""


class AppRefused(AdapterError):
    """401: the key is not this app's, or the clock is wrong and GitHub does not tell the time."""

    def __init__(self) -> None:
        super().__init__("github_app.refused")


class NotInstalled(AdapterError):
    """404: no such app, or no such installation of it."""

    def __init__(self) -> None:
        super().__init__("github_app.not_installed")


class Suspended(AdapterError):
    """403: the account it is installed for, or GitHub, has suspended the installation."""

    def __init__(self) -> None:
        super().__init__("github_app.suspended")


@dataclass(frozen=True, slots=True)
class Grant:
    """A token and when it ends, by GitHub's clock."""

    token: str = field(repr=False)
    expires_at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Installation:
    """One installation of a GitHub App, which grants tokens."""

    def __init__(
        self,
        graphql_url: str,
        *,
        app_id: str,
        key: str,
        installation_id: str,
        now: Callable[[], datetime] = _now,
        timeout_s: float = limits.TIMEOUT_S,
    ) -> None:
        """app_id: the app's id or its client id. key: its private key in PEM form. now: the true time, whatever the
        digests' clock says. Raises NotConfigured for a key that cannot sign."""
        self._url = f"{rest_url(graphql_url)}/app/installations/{installation_id}/access_tokens"
        self._app_id = app_id
        self._key = _loaded(key)
        self._our_now = now
        self._ahead = timedelta(0)
        self._timeout_s = timeout_s

    def now(self) -> datetime:
        """Now by GitHub's clock, as far as its answers told; until the first one, by ours."""
        return self._our_now() + self._ahead

    async def grant(self) -> Grant:
        """A new token. Raises AppRefused, NotInstalled, Suspended, and those of the errors of
        `adapters.github.errors` that speak of connections, limits and odd answers."""
        taken_for = self._ahead
        try:
            return await self._ask()
        except AppRefused:
            if abs(self._ahead - taken_for) <= CLOCK_OFF:
                raise
        return await self._ask()

    async def _ask(self) -> Grant:
        headers = {
            "Authorization": f"Bearer {self._signed()}",
            "Accept": "application/vnd.github+json",
            "User-Agent": "vllm-digest",
        }
        try:
            async with asyncio.timeout(self._timeout_s), httpx.AsyncClient(timeout=self._timeout_s) as http:
                response = await http.post(self._url, headers=headers)
        except TimeoutError:
            raise _light(TimedOut(self._timeout_s)) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable from None  # the cause would carry the request
        reply = Reply(response.status_code, response.headers, response.text)
        if told := server_time(reply):
            self._ahead = told - self._our_now()
        return _grant(reply)

    def _signed(self) -> str:
        """Who we are, as a JSON Web Token."""
        now = self.now()
        claims = {
            "iat": int((now - ISSUED_BEFORE).timestamp()),
            "exp": int((now + SIGNED_FOR).timestamp()),
            "iss": self._app_id,
        }
        return jwt.encode(claims, self._key, algorithm="RS256")


def rest_url(graphql_url: str) -> str:
    """The address of the REST API beside a GraphQL one: /graphql stands beside the root, an Enterprise server's
    /api/graphql beside /api/v3 (docs.github.com/en/enterprise-server/rest/using-the-rest-api)."""
    address = graphql_url.rstrip("/")
    if address.endswith("/api/graphql"):
        return address.removesuffix("graphql") + "v3"
    return address.removesuffix("/graphql")


def _loaded(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # damaged, locked by a pass phrase, of a kind unknown here; the cause may quote the key
        raise NotConfigured("github_app.key") from None
    if not isinstance(key, RSAPrivateKey):
        raise NotConfigured("github_app.key")
    return key


def _grant(reply: Reply) -> Grant:
    """The token in an answer, or the error that the answer is."""
    if reply.status not in (200, 201):
        raise _refusal(reply)
    try:
        answer = json.loads(reply.text)
    except ValueError:
        raise NoAnswer from None
    token = answer.get("token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise UnexpectedPayload("token")
    try:
        expires_at = datetime.fromisoformat(answer["expires_at"])
    except (KeyError, TypeError, ValueError):
        raise UnexpectedPayload("expires_at") from None
    if expires_at.tzinfo is None:
        raise UnexpectedPayload("expires_at")
    return Grant(token, expires_at)


def _refusal(reply: Reply) -> AdapterError:
    if reply.status == 404:
        return NotInstalled()
    refusal = refusal_of_status(reply.status, reply)
    if isinstance(refusal, BadToken):
        return AppRefused()
    if isinstance(refusal, Forbidden) and "suspended" in reply.text.lower():
        return Suspended()
    return _light(refusal)


def _light(error: AdapterError) -> AdapterError:
    """The same error, which no smaller page mends: a token has no size."""
    error.heavy = False
    return error
