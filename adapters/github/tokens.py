"""Where the token of a request comes from: a fixed one, or those of a GitHub App, which last an hour.

A token is in no repr, log line or exception.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from adapters.github.errors import AdapterError

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.github.app import Grant, Installation

log = structlog.get_logger()

RENEWED_BEFORE = timedelta(minutes=5)
"""A token is renewed so long before its end, so that no request that takes its time is overtaken by it."""

TRIED_AGAIN_AFTER = timedelta(seconds=30)
"""How long a token that could not be renewed in time is used on before the next try."""


class Tokens(Protocol):
    """What a client asks for a token before each request."""

    async def token(self) -> str:
        """The token to use now. Raises AdapterError where there is none to be had."""
        ...

    async def another(self, refused: str) -> str | None:
        """A token instead of the one that GitHub answered 401 to, None if there is no other. Raises AdapterError."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """One token for good."""

    _token: str = field(repr=False)

    async def token(self) -> str:
        return self._token

    async def another(self, refused: str) -> str | None:
        return None if refused == self._token else self._token


class InstallationTokens:
    """The tokens of an installation, renewed before they end: once, however many requests wait for it, and they share
    its error as well."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._grant: Grant | None = None
        self._renew_at: datetime | None = None
        self._outcome: Grant | AdapterError | None = None
        self._renewals = 0
        self._renewing = asyncio.Lock()

    async def token(self) -> str:
        """See `Tokens.token`. Raises what `Installation.grant` raises."""
        if self._grant and self._renew_at and self._installation.now() < self._renew_at:
            return self._grant.token
        before = self._renewals
        async with self._renewing:  # whoever is cancelled here leaves the renewal to the next one
            if self._renewals == before or self._outcome is None:
                self._outcome = await self._renewed()
                self._renewals += 1
        if isinstance(self._outcome, AdapterError):
            raise self._outcome
        return self._outcome.token

    async def another(self, refused: str) -> str:
        """See `Tokens.another`: a new one, unless somebody else has renewed it since."""
        if self._grant is not None and self._grant.token == refused:
            self._grant = None  # revoked, whatever its hour says
        return await self.token()

    async def _renewed(self) -> Grant | AdapterError:
        """A new token; where that fails the old one, as long as it lasts."""
        try:
            grant = await self._installation.grant()
        except AdapterError as error:
            now = self._installation.now()
            if self._grant is None or now >= self._grant.expires_at:
                return error
            self._renew_at = min(now + TRIED_AGAIN_AFTER, self._grant.expires_at)
            log.warning("github token not renewed", error=error.key, expires_at=self._grant.expires_at)
            return self._grant
        self._grant, self._renew_at = grant, grant.expires_at - RENEWED_BEFORE
        log.info("github token renewed", expires_at=grant.expires_at)
        return grant
