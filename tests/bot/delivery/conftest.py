"""A channel of a loopback Slack that subscribes, and processes over one store that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.delivery.scene import Scene
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.running import Host


@pytest.fixture
async def scene(host: Host) -> AsyncIterator[Scene]:
    """Monday's and Tuesday's items of `tests.bot.talk`, and a Slack."""
    async with slack_server() as slack:
        yield Scene(host, slack)
