"""Where the clock of these tests stands, and the type of the fixture that connects to a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.github.fetch import GitHub

NOW = datetime(2026, 3, 5, 18, tzinfo=UTC)
SINCE = NOW - timedelta(hours=24)
TOKEN = "ghp_testsonly"

Connect = Callable[..., GitHub]
"""Opens the adapter on a server: (server, token=TOKEN, *, timeout_s=15)."""
