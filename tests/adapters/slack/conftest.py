"""Fixtures: the tests' Slack, a clock, and our client between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.slack.clients import Clock, client, slack_server
from tests.bot.running import Host

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.slack.client import Slack
    from adapters.store import Store
    from tests.servers.slack import SlackServer


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """A loopback Slack with Ann, Ben and #general."""
    async with slack_server() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(server: SlackServer, clock: Clock) -> AsyncIterator[Slack]:
    """Our client of its first workspace."""
    async with client(server, clock) as slack:
        yield slack


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    """A place for whole bots (see `whole`), over an empty store."""
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)
