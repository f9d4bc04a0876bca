"""The Slack of a process: its workspaces, its ways in, and what it needs for them, opened and closed together."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.chat.watching import Cadence
from adapters.chat.work import Work
from adapters.slack.api import open_session
from adapters.slack.app import slack_app
from adapters.slack.client import Slack
from adapters.slack.installs import Workspaces
from adapters.slack.oauth import Installing
from adapters.slack.pacing import Pacing
from adapters.slack.parts import Parts
from adapters.slack.requests import Requests
from adapters.slack.response import ResponseUrl
from adapters.slack.sockets import Sockets
from adapters.slack.workspaces import workspaces_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.chat import Desk
    from adapters.slack.access import Access
    from adapters.slack.posting import Chart
    from adapters.store import Store

DEFAULT_CADENCE = Cadence()


@dataclass(frozen=True, slots=True)
class SlackService:
    """sockets, requests, installing: None where that way is not set up."""

    sockets: Sockets | None
    requests: Requests | None
    installing: Installing | None
    workspaces: Workspaces

    async def is_ready(self) -> bool:
        """Whether Slack can reach us at this moment."""
        return self.sockets is None or await self.sockets.is_ready()


@asynccontextmanager
async def open_slack(
    access: Access,
    *,
    desk: Desk,
    store: Store,
    chart: Chart,
    repos: Sequence[str],
    topics: Mapping[str, Mapping[str, str]],
    links: Sequence[str],
    now: Callable[[], datetime],
    cadence: Cadence = DEFAULT_CADENCE,
) -> AsyncIterator[SlackService]:
    """Slack, until the block is left; what has begun then comes to its end. See `Parts` for the rest."""
    async with open_session() as session:
        pacing = Pacing(store.pace)

        def connect(token: str, team: str) -> Slack:
            return Slack(token, team=team, session=session, base_url=access.api_url, pacing=pacing)

        workspaces, installing = workspaces_of(access, store, connect)
        work = Work(store.handled, "slack")
        parts = Parts(
            desk=desk,
            workspaces=workspaces,
            work=work,
            handled=store.handled,
            chart=chart,
            response_url=partial(ResponseUrl, session=session, base_url=access.api_url),
            repos=repos,
            topics=topics,
            links=links,
            cadence=cadence,
        )
        app = slack_app(parts, now=now, api_url=access.api_url)
        try:
            yield SlackService(
                Sockets(app, access.app_token) if access.app_token else None,
                Requests(app, access.signing_secret, store.handled) if access.signing_secret else None,
                installing,
                workspaces,
            )
        finally:
            await asyncio.shield(work.close())
