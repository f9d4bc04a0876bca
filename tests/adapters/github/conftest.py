"""Connecting to the tests' GitHub without waiting: pauses are written down instead of slept through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.github.client import Patience
from adapters.github.fetch import GitHub
from tests.adapters.github.connecting import NOW, TOKEN

if TYPE_CHECKING:
    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were taken, in seconds."""
    return []


@pytest.fixture
def connect(naps: list[float]) -> Connect:
    """Opens the adapter on a server, with the clock at NOW."""

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def opened(server: Server, token: str | None = TOKEN, *, timeout_s: float = 15) -> GitHub:
        patience = Patience(attempts=3, backoff_s=0.01)
        return GitHub(server.url, token, timeout_s=timeout_s, patience=patience, now=lambda: NOW, sleep=nap)

    return opened
