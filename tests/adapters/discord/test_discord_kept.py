"""What has no room in Discord's fields is kept, and a store that is away takes nothing else with it."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.kept import KEEP_S, Kept
from summarizer.errors import BadInput, StoreError

LONG = Pressed(handle="daily-1", line="today topic:amd lang:zh")


class Cache:
    """Values in memory, with how long each is kept."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[bytes, int]] = {}
        self.is_away = False

    async def get(self, name: str) -> bytes | None:
        self._check()
        found = self.values.get(name)
        return found[0] if found else None

    async def put(self, name: str, data: bytes, ttl_s: int) -> None:
        self._check()
        self.values[name] = data, ttl_s

    def _check(self) -> None:
        if self.is_away:
            raise StoreError("store.lost")


def carried(pressed: Pressed) -> dict[str, str]:
    return dict(filter(None, [actions.kept_of(actions.REFRESH, pressed)]))


async def test_what_a_button_carries_is_there_for_as_long_as_its_digest() -> None:
    cache = Cache()
    kept = Kept(cache)
    await kept.keep(carried(LONG))

    assert await kept.pressed(actions.custom_id(actions.REFRESH, LONG)) == LONG
    assert [ttl for _, ttl in cache.values.values()] == [KEEP_S]


async def test_an_id_that_says_all_itself_needs_no_store() -> None:
    cache = Cache()
    cache.is_away = True
    short = Pressed(handle="daily-1", lang="zh", page=3)

    assert await Kept(cache).pressed(actions.custom_id(actions.PAGE, short)) == short


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"evil": 1}'])
async def test_what_is_not_there_or_of_another_version_is_gone(data: bytes) -> None:
    cache = Cache()
    key, _ = next(iter(carried(LONG).items()))
    await cache.put(f"discord pressed:{key}", data, 1)

    with pytest.raises(BadInput, match=r"digest\.gone"):
        await Kept(cache).pressed(actions.custom_id(actions.REFRESH, LONG))


async def test_without_a_store_messages_are_sent_all_the_same_and_each_talk_is_one_of_its_own() -> None:
    cache = Cache()
    kept = Kept(cache)
    await kept.goes_on(7, "1:2")
    assert await kept.talk(1, 7) == "1:2"

    cache.is_away = True
    with capture_logs() as logs:
        await kept.keep(carried(LONG))
        await kept.goes_on(8, "1:2")
        assert await kept.talk(1, 7) == "1:7"
    assert [each["event"] for each in logs] == [
        "buttons not kept",
        "conversation not kept",
        "conversation not looked up",
    ]
    with pytest.raises(StoreError):
        await kept.pressed(actions.custom_id(actions.REFRESH, LONG))
