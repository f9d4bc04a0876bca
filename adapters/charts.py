"""Charts as PNG: resvg draws an SVG with fonts of our own, so that every machine draws it alike."""

from __future__ import annotations

import asyncio
import re
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import as_file, files
from math import sqrt
from typing import Final

ZOOM: Final = 2.0
"""Pixels for each of the picture's own, for displays of today."""

PIXELS: Final = 1_700_000
"""A larger picture has fewer of them: a million takes a tenth of a second, in which the process does nothing else."""

KEPT: Final = 16
"""Pictures that are drawn once."""

_FONTS: Final = ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf")
_FAMILY: Final = "Noto Sans CJK SC"

_SIZE: Final = re.compile(r'<svg [^>]* width="([1-9][0-9]*)" height="([1-9][0-9]*)"')

_MADE_OF: Final = (
    ("summarizer", "", ("activity.py", "chart.py", "measure.py", "plot.py", "timeaxis.py")),
    ("summarizer", "pictures", (".py",)),
    ("summarizer", "templates", (".svg.jinja",)),
    ("summarizer", "languages", (".toml",)),
    ("adapters", "", ("charts.py",)),
    ("adapters", "fonts", (".otf",)),
)
"""(package, folder, how the names of its files end)."""


class ChartError(Exception):
    """A picture could not be drawn; what it belongs to goes without it. The message is resvg's, for the log."""


async def png(svg: str, width: int | None = None) -> bytes:
    """The picture as PNG, so many pixels wide or at `ZOOM`, drawn in a thread, which no other one gets past. Raises
    ChartError."""
    return await asyncio.to_thread(_drawn, svg, width)


@cache
def drawing() -> str:
    """Another one wherever a picture may come out otherwise: of the code, templates, words and fonts that make it."""
    made_of = sha256()
    for package, folder, endings in _MADE_OF:
        at = files(package).joinpath(folder)
        for name in sorted(each.name for each in at.iterdir() if each.name.endswith(endings)):
            made_of.update(at.joinpath(name).read_bytes())
    return made_of.hexdigest()[:12]


@lru_cache(maxsize=KEPT)
def _drawn(svg: str, width: int | None) -> bytes:
    from resvg_py import svg_to_bytes  # only who draws needs it

    folder = files("adapters").joinpath("fonts")
    with as_file(folder.joinpath(_FONTS[0])) as regular, as_file(folder.joinpath(_FONTS[1])) as bold:
        try:
            return svg_to_bytes(
                svg_string=svg,
                width=width,
                zoom=_zoom(svg) if width is None else None,
                skip_system_fonts=True,
                font_files=[str(regular), str(bold)],
                font_family=_FAMILY,
                sans_serif_family=_FAMILY,
            )
        except ValueError as error:
            raise ChartError(str(error)) from error


def _zoom(svg: str) -> float:
    size = _SIZE.search(svg)
    return min(ZOOM, sqrt(PIXELS / (int(size[1]) * int(size[2])))) if size else ZOOM
