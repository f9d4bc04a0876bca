"""Settling in: what a process that stays has done before anybody asks."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from bot.settling import THRESHOLDS, settle
from tests.bot.demo import demo_services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector of this process, as it was before."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
async def test_what_lives_as_long_as_the_process_is_no_longer_looked_at(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        frozen = gc.get_freeze_count()
        await settle(services.ask, "vllm-project/vllm", ("adapters.discord.service",))

    assert "adapters.discord.service" in sys.modules
    assert gc.get_freeze_count() > frozen
    assert gc.get_threshold() == THRESHOLDS
