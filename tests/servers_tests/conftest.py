"""A world, the repository in it, and somebody who asks the server that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.github import World, github_server
from tests.servers.github.asker import Asker, asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.github import Repository


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def vllm(world: World) -> Repository:
    return world.repository("vllm-project/vllm")


@pytest.fixture
async def github(world: World, vllm: Repository) -> AsyncIterator[Asker]:
    async with asking(github_server(world)) as asker:
        yield asker
