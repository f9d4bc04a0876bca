"""Which workspaces there are, and a client for each: the one of SLACK_BOT_TOKEN, or those that installed the app."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from adapters.slack.errors import SlackError
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.slack.client import Slack
    from adapters.slack.rotation import Rotation
    from adapters.slack.sealed import Sealed

log = structlog.get_logger()

WHOSE_S = 2.0
"""How long it may take to ask whose a token is; whoever waits for an answer waits for it too."""

FRESH_S = 60.0
"""How long a client is handed out without a look at the store: another process may have removed the workspace."""


class Workspaces(Protocol):
    """What the ways in and out ask for a client."""

    async def client(self, team: str, enterprise: str | None = None) -> Slack:
        """The client for what happens in a workspace. Raises SlackError (`slack.not_installed`, `slack.token_revoked`
        and what else `Rotation.fresh` raises), StoreError, NotConfigured `secrets.no_key`."""
        ...

    async def remove(self, team: str, enterprise: str | None = None, *, at: float | None = None) -> bool:
        """Forget where the app was uninstalled, or its bot token revoked: the workspace, or the organisation if that
        had installed it for all of its workspaces. Raises StoreError. at: when, in seconds since 1970;
        who installed it again since then stays, and False is returned."""
        ...

    async def ids(self) -> tuple[str, ...]:
        """Of the workspaces, and of the organisations that installed for all of theirs. Raises SlackError,
        StoreError."""
        ...


class OneWorkspace:
    """The workspace of a fixed token; nothing of it is kept."""

    def __init__(self, token: str, connect: Callable[[str, str], Slack]) -> None:
        """connect: as for `ManyWorkspaces`."""
        self._token = token
        self._connect = connect
        self._client: Slack | None = None
        self._turn = asyncio.Lock()

    async def client(self, team: str = "", enterprise: str | None = None) -> Slack:
        """See `Workspaces.client`: always the same one, since Slack delivers to an app what its token may see.

        Whose it is tells the token: in a shared channel a payload may name another organization's workspace.
        """
        async with self._turn:
            if self._client is None:
                client = self._connect(self._token, "")
                try:
                    async with asyncio.timeout(WHOSE_S):
                        await client.me()
                except (SlackError, TimeoutError) as error:
                    log.warning("slack did not tell whose token it is", error=str(error))
                    return client  # which nobody counts as one of ours in, until it is known
                self._client = client
            return self._client

    async def remove(self, team: str, enterprise: str | None = None, *, at: float | None = None) -> bool:
        """See `Workspaces.remove`. The token is the setting's: what it is refused is said with each refusal."""
        self._client = None
        log.warning("slack workspace gone", workspace=team or enterprise)
        return True

    async def ids(self) -> tuple[str, ...]:
        """See `Workspaces.ids`."""
        me = await (await self.client()).me()
        return (me.team,)


class _Handed(NamedTuple):
    """A client as it was handed out last. until: on the steady clock."""

    client: Slack
    token: str
    until: float


class ManyWorkspaces:
    """The workspaces that the store knows."""

    def __init__(
        self,
        sealed: Sealed,
        rotation: Rotation,
        connect: Callable[[str, str], Slack],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """connect: makes a client of a token and of the id of the workspace that it is for. monotonic: seconds of a
        steady clock."""
        self._sealed = sealed
        self._rotation = rotation
        self._connect = connect
        self._monotonic = monotonic
        self._handed: dict[str, _Handed] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def client(self, team: str, enterprise: str | None = None) -> Slack:
        """See `Workspaces.client`. Whoever asks at the same time shares one look at the store."""
        key = team or enterprise or ""
        async with self._turns[key]:
            handed = self._handed.get(key)
            if handed is not None and self._monotonic() < handed.until:
                return handed.client
            try:
                token = await self._token(team, enterprise)
            except SlackError:
                self._forget(team)
                raise
            # with the same token it stays the same client, which remembers people and channels
            client = handed.client if handed and handed.token == token else self._connect(token, team)
            self._handed[key] = _Handed(client, token, self._monotonic() + FRESH_S)
            return client

    async def remove(self, team: str, enterprise: str | None = None, *, at: float | None = None) -> bool:
        """See `Workspaces.remove`. The blob is not opened: it goes even if no key opens it."""
        self._forget(team)
        kept = set(await self._sealed.ids())
        id_ = next((id_ for id_ in (team, enterprise) if id_ in kept), None)
        if id_ is None:
            return True
        if at is not None and await self._is_newer(id_, at):
            log.info("slack workspace installed again since", workspace=id_)
            return False
        await self._sealed.remove(id_)
        if id_ == enterprise:  # it was handed out for any of its workspaces
            self._handed.clear()
        log.info("slack workspace removed", workspace=id_)
        return True

    async def ids(self) -> tuple[str, ...]:
        """See `Workspaces.ids`."""
        return await self._sealed.ids()

    async def _is_newer(self, id_: str, at: float) -> bool:
        """Whether it was installed after that time: Slack may tell late of what came before."""
        try:
            installation = await self._sealed.load(id_)
        except NotConfigured:  # no key opens it
            return False
        return installation is not None and int(installation.installed_at) > at

    async def _token(self, team: str, enterprise: str | None) -> str:
        for id_ in filter(None, (team, enterprise)):
            installation = await self._sealed.load(id_)
            if installation is not None:
                token = (await self._rotation.fresh(installation)).bot_token
                if token:
                    return token
        raise SlackError("slack.not_installed")

    def _forget(self, team: str) -> None:
        self._handed.pop(team, None)
        self._turns.pop(team, None)
