"""Draw the pictures of the docs, or those that are named: `python -m benchmarks.pictures [--to FOLDER] [NAME ...]`.

Without names all of the docs' own; `busy` names all of a made-up day of vLLM's size. Exit codes: 0 drawn, 2 a name that
is none, 3 no browser to draw with.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.day import DAY, NOW, SEED, TOKEN
from benchmarks.generate import generate_day
from benchmarks.pictures import discord_page, discord_scenes, scenes, web_pages
from benchmarks.pictures.chromium import (
    WIDTH,
    BrowserError,
    browser,
    photograph,
    photograph_address,
)
from benchmarks.pictures.palette import reduced
from benchmarks.pictures.scene import Scene
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.wiring import open_services
from tests.servers.github import github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from adapters.chat import Surface
    from benchmarks.pictures.scene import Scenes
    from bot.wiring import Services

SCENES: Mapping[Surface, Scenes] = {"slack": scenes.SCENES, "discord": discord_scenes.SCENES}
BUSY: Mapping[Surface, Scenes] = {"slack": scenes.BUSY, "discord": discord_scenes.BUSY}
WIDTHS: Mapping[Surface, int] = {"slack": WIDTH, "discord": discord_page.WIDTH}
DOCS = Path(__file__).parents[2] / "docs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw them and return the exit code."""
    usual, busy = ([name for each in found.values() for name in each] for found in (SCENES, BUSY))
    usual += web_pages.PAGES
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__)
    parser.add_argument("--to", type=Path, default=DOCS, help="the folder (docs)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"busy, {', '.join([*usual, *busy])}")
    given = parser.parse_args(arguments)
    names = given.names or usual
    names = [name for each in names for name in (busy if each == "busy" else (each,))]
    if unknown := [name for name in names if name not in (*usual, *busy)]:
        parser.error(f"no picture of that name: {', '.join(unknown)}")
    set_up_logs("error")
    try:
        browser()
        asyncio.run(_draw(names, given.to))
    except BrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


async def _draw(names: Sequence[str], folder: Path) -> None:
    """Each name's picture into the folder."""
    await _draw_pages([name for name in names if name in web_pages.PAGES], folder)
    for found, opened in ((SCENES, _demo), (BUSY, _busy)):
        wanted = [(surface, name) for surface, each in found.items() for name in each if name in names]
        if not wanted:
            continue
        async with opened() as services:
            for surface, name in wanted:
                lang, made = found[surface][name]
                html = await made(Scene(services, lang, name, surface))
                picture = folder / f"{name}.png"
                await asyncio.to_thread(photograph, html, picture, WIDTHS[surface])
                _reduce(picture)


async def _draw_pages(names: Sequence[str], folder: Path) -> None:
    """The web's."""
    if not names:
        return
    async with _demo() as services, web_pages.serving(load_settings(), services) as url:
        for name in names:
            page, picture = web_pages.PAGES[name], folder / f"{name}.png"
            address = await web_pages.address(url, page, services)
            size = (page.width, page.height)
            await asyncio.to_thread(photograph_address, address, picture, size, is_dark=page.is_dark)
            _reduce(picture)


def _reduce(picture: Path) -> None:
    picture.write_bytes(reduced(picture.read_bytes()))
    sys.stdout.write(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB\n")


@asynccontextmanager
async def _demo() -> AsyncIterator[Services]:
    with tempfile.TemporaryDirectory() as state:
        async with open_services(
            load_settings(DIGEST_STATE_DIR=Path(state)), demo=True, one_shot=True
        ) as services:
            yield services


@asynccontextmanager
async def _busy() -> AsyncIterator[Services]:
    with tempfile.TemporaryDirectory() as state:
        async with github_server(generate_day(SEED, DAY), token=TOKEN, clock=lambda: NOW) as github:
            settings = load_settings(
                DIGEST_STATE_DIR=Path(state),
                GITHUB_TOKEN=TOKEN,
                GITHUB_GRAPHQL_URL=github.url,
                DIGEST_AT=NOW.isoformat(),
            )
            async with open_services(settings, demo=False, one_shot=True) as services:
                yield services


if __name__ == "__main__":
    sys.exit(main())
