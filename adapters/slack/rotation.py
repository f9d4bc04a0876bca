"""Token rotation: bot tokens that end are renewed in time, by one process, and kept before they are used.

Where the app rotates tokens, a bot token lives twelve hours and its refresh token works once
(docs.slack.dev/authentication/using-token-rotation).
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.errors import SlackError
from adapters.slack.exchange import UNREACHED, ExchangeClient, code_of
from adapters.slack.sealed import id_of

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store import Bot

    from adapters.slack.sealed import Sealed
    from adapters.store.leases import Leases

log = structlog.get_logger()

BEFORE_S = 2 * 3600
"""A token is renewed so long before its end, as slack_sdk's rotator does by default."""

ENDED_S = 60
"""So short a time before its end a token counts as ended."""

SOON_S = 0.5
"""How long a renewal is waited for as long as the token is good."""

WAITS_S = 10.0
"""How long another process's renewal is waited for."""

TURNS = 2
"""How often the lease is asked for: whoever had it may have failed, or died."""

_GONE = frozenset(
    {"invalid_refresh_token", "token_revoked", "account_inactive", "invalid_auth", "token_expired"}
)
"""Answers after which only another installation helps (docs.slack.dev/reference/methods/oauth.v2.access)."""


class Rotation:
    """Renews the tokens of installations."""

    def __init__(
        self,
        sealed: Sealed,
        leases: Leases,
        *,
        client_id: str,
        client_secret: str,
        api_url: str,
    ) -> None:
        self._sealed = sealed
        self._leases = leases
        self._rotator = AsyncTokenRotator(
            client_id=client_id, client_secret=client_secret, client=ExchangeClient(api_url)
        )
        self._unsaved: dict[str, Installation] = {}
        self._renewals: set[asyncio.Future[Installation]] = set()

    async def fresh(self, installation: Installation) -> Installation:
        """The installation with a bot token that works; the same one if nothing was due.

        Raises SlackError (`slack.token_revoked`, `slack.refused`, `slack.unreachable`) where the token has ended and no
        other is to be had, `slack.not_installed` where the app was removed meanwhile, and StoreError.
        """
        if not _ends_within(installation, BEFORE_S):
            return installation
        # whoever asked may be cancelled, but a refresh token that was used must not be lost with what it brought
        renewal = asyncio.ensure_future(self._in_turn(installation))
        self._renewals.add(renewal)  # a task that nobody holds may vanish
        renewal.add_done_callback(self._ended)
        if not _ends_within(installation, ENDED_S):  # its token is good meanwhile
            done, _ = await asyncio.wait((renewal,), timeout=SOON_S)
            return renewal.result() if done else installation
        return await asyncio.shield(renewal)

    def _ended(self, renewal: asyncio.Future[Installation]) -> None:
        self._renewals.discard(renewal)
        if not renewal.cancelled() and (problem := renewal.exception()) is not None:
            log.warning("slack token not renewed", error=str(problem))

    async def _in_turn(self, installation: Installation) -> Installation:
        name = f"slack rotation {id_of(installation)}"
        for _ in range(TURNS):
            async with self._leases.hold(name) as lease:
                if lease is not None:
                    return await self._renewed(await self._newest(installation))
            is_free = await self._leases.wait_free(name, WAITS_S)
            installation = await self._newest(installation)
            if not is_free or not _ends_within(installation, BEFORE_S):
                break
        return self._usable(installation, SlackError("slack.unreachable"))

    async def _newest(self, installation: Installation) -> Installation:
        """What another process may have kept since."""
        newest = await self._sealed.load(id_of(installation))
        if newest is None:
            raise SlackError("slack.not_installed")
        return newest

    async def _renewed(self, installation: Installation) -> Installation:
        id_ = id_of(installation)
        unsaved = self._unsaved.pop(id_, None)  # the store did not take it then
        if unsaved is not None and unsaved.installed_at == installation.installed_at:
            installation = await self._save(unsaved)
        if not _ends_within(installation, BEFORE_S):
            return installation
        try:
            bot = await self._rotator.perform_bot_token_rotation(
                bot=installation.to_bot(),
                minutes_before_expiration=BEFORE_S // 60 + 1,  # seconds have passed since we found it due
            )
        except SlackTokenRotationError as error:
            return self._usable(installation, _refusal(error))
        except UNREACHED:
            return self._usable(installation, SlackError("slack.unreachable"))
        if bot is None:  # an answer that is no bot token
            return self._usable(installation, SlackError("slack.refused", error="token_type"))
        renewed = await self._save(_with(installation, bot))
        log.info("slack token renewed", workspace=id_)
        return renewed

    async def _save(self, renewed: Installation) -> Installation:
        """Keep what cannot be had a second time, here for a while where the store fails. Raises StoreError."""
        id_ = id_of(renewed)
        self._unsaved[id_] = renewed
        await self._sealed.save(renewed)
        del self._unsaved[id_]
        return renewed

    def _usable(self, installation: Installation, problem: SlackError) -> Installation:
        """The installation as long as its token lasts. Raises the problem after that."""
        if _ends_within(installation, 0):
            raise problem
        if _ends_within(installation, BEFORE_S):
            log.warning("slack token not renewed", workspace=id_of(installation), error=problem.key)
        return installation


def _ends_within(installation: Installation, seconds: float) -> bool:
    end = installation.bot_token_expires_at
    return end is not None and end <= time.time() + seconds


def _refusal(error: SlackTokenRotationError) -> SlackError:
    code = code_of(error.api_error)
    if code in _GONE:
        return SlackError("slack.token_revoked")
    return SlackError("slack.refused", error=code) if code else SlackError("slack.unreachable")


def _with(installation: Installation, bot: Bot) -> Installation:
    renewed = Installation(**installation.to_dict_for_copying())
    renewed.bot_token = bot.bot_token
    renewed.bot_refresh_token = bot.bot_refresh_token
    renewed.bot_token_expires_at = bot.bot_token_expires_at
    return renewed
