"""A site of files that several processes make is the one that a single one makes."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

import pytest

from adapters.github.errors import RepoNotFound
from adapters.web.exporting import Made, StaticSite, exported
from bot import crafting
from bot.crafting import Elsewhere, makers
from bot.settings import load_settings
from summarizer.errors import StoreError
from tests.bot.talk import NOW, REPO, TERMINAL, talking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.web.exporting import Making
    from bot.settings import Settings
    from summarizer.errors import DigestError
    from tests.bot.running import Host


def settings_of(host: Host) -> Settings:
    """Of another process over the same store."""
    return load_settings(
        REDIS_URL=host.redis_url, DIGEST_STATE_DIR=host.folder, DIGEST_TZ="UTC", DIGEST_AT=NOW.isoformat()
    )


async def made_by(site: StaticSite, crew: Sequence[Making]) -> dict[str, bytes]:
    return {path: content async for path, content in exported(site, crew)}


async def test_what_several_processes_make_is_what_one_makes(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    site = StaticSite(base="/digest", tz="UTC")
    async with talking(host) as bot:
        for line in ("2026-03-23", "2026-03-23 lang:zh", "2026-W12"):
            reply = await bot.commands(line, TERMINAL)
            assert reply.digest is not None
            await bot.editions.keep(reply.digest)
        settings = settings_of(host)
        async with makers(bot.archive, site, settings, 0, demo=False) as alone:
            by_one = await made_by(site, alone)
        other = site.alike()
        async with makers(bot.archive, other, settings, crafting.WORTH_IT, demo=False) as crew:
            by_three = await made_by(other, crew)

    assert (len(alone), len(crew)) == (1, 3)
    assert by_three == by_one
    assert f"{REPO}/index.html" in by_one


async def test_what_goes_wrong_in_another_process_is_told_here(host: Host) -> None:
    async with talking(host):
        elsewhere = Elsewhere(settings_of(host), StaticSite(), demo=False)
        try:
            [made] = await elsewhere.make([("/x", f"/{REPO}")])
        finally:
            elsewhere.close()
        gone = Elsewhere(
            load_settings(REDIS_URL="redis://127.0.0.1:9", DIGEST_STATE_DIR=host.folder),
            StaticSite(),
            demo=False,
        )
        try:
            with pytest.raises(StoreError):
                await gone.make([("/x", f"/{REPO}")])
        finally:
            gone.close()

    assert isinstance(made, Made)
    assert made.content is not None


@pytest.mark.parametrize("error", [StoreError("store.start", log="x"), RepoNotFound("acme/engine")], ids=str)
def test_an_error_comes_from_another_process_as_it_was(error: DigestError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert (type(again), again.key, again.values, str(again)) == (
        type(error),
        error.key,
        error.values,
        str(error),
    )
