"""Sentinels: who asks them finds the primary they watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from summarizer.errors import StoreError
from tests.servers.redis.valkey import Node, running, running_sentinel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """It watches a primary called "main"."""
    folder = tmp_path_factory.mktemp("sentinel")
    with running(folder / "main") as main, running_sentinel(folder / "sentinel", main, "main") as node:
        yield node


async def test_primary_is_found_by_its_name(sentinel: Node, tmp_path: Path) -> None:
    # the first one does not answer
    url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel.port}/main"
    async with open_store(url, tmp_path) as store:
        await store.cache.put("key", b"value", ttl_s=60)
        async with store.leases.hold("digest") as lease:
            assert lease

        assert await store.cache.get("key") == b"value"
        assert (await store.memory()).keys > 0


@pytest.mark.parametrize("place", ["127.0.0.1:{port}/other", "127.0.0.1:1/main"])
async def test_name_that_no_sentinel_knows_is_told(sentinel: Node, tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError, match=r"store\.no_primary") as raised:
        async with open_store(f"redis+sentinel://:secret@{place.format(port=sentinel.port)}", tmp_path):
            pass

    assert "secret" not in str(raised.value)
