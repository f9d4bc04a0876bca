"""Fixtures: a place for whole bots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.running import Host

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    """Over an empty store."""
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)
