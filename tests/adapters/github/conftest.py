"""A world to read, and connecting to the tests' GitHub without waiting: pauses are written down instead of slept
through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.github.client import Patience
from adapters.github.fetch import GitHub
from tests.adapters.github.connecting import NOW, REPO, TOKEN, Kept
from tests.servers.github import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def repo(world: World) -> Repository:
    return world.repository(REPO)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were taken, in seconds."""
    return []


@pytest.fixture
def connect(naps: list[float]) -> Connect:
    """Opens the adapter on a server, with our clock at NOW unless told otherwise."""

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def opened(
        server: Server,
        token: str | None = TOKEN,
        *,
        timeout_s: float = 15,
        now: Callable[[], datetime] = lambda: NOW,
        budget: float = 1.0,
    ) -> GitHub:
        patience = Patience(attempts=3, backoff_s=0.01)
        return GitHub(
            server.url, token, timeout_s=timeout_s, patience=patience, now=now, sleep=nap, budget=budget
        )

    return opened
