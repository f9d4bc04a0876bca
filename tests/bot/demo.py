"""The whole program on the bundled sample, in this process, over an embedded server of the test's own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.settings import load_settings
from bot.wiring import Services, open_services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def demo_services(state_dir: Path, **settings: object) -> AsyncIterator[Services]:
    """Everything wired as `--demo` wires it. settings: fields of `Settings` by their environment names."""
    chosen = load_settings(DIGEST_STATE_DIR=state_dir, **settings)
    async with open_services(chosen, demo=True, one_shot=True) as services:
        yield services
