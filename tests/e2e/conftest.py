"""Fixtures of tests over the whole program: one browser and one archive for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.e2e.browsing import LINES, Site, browser, lively, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """The browser; each test opens pages of its own in it."""
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """An archive of some lively weeks, with digests of days and a week in both languages."""
    async with served(lively(), tmp_path_factory.mktemp("site"), LINES) as opened:
        yield opened
