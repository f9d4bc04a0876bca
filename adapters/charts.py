"""Charts as PNG: resvg draws an SVG with fonts of our own, so that every machine draws it alike."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Final

WIDTH: Final = 1920
"""Pixels: twice the chart's own width, for displays of today."""

KEPT: Final = 64
"""Pictures that are drawn once: while one is drawn, which no other thread gets past, the process does nothing else."""

_FONTS: Final = ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf")
_FAMILY: Final = "Noto Sans CJK SC"


class ChartError(Exception):
    """A picture could not be drawn; what it belongs to goes without it. The message is resvg's, for the log."""


async def png(svg: str, width: int = WIDTH) -> bytes:
    """The picture as PNG, so many pixels wide, drawn in a thread in a tenth of a second. Raises ChartError."""
    return await asyncio.to_thread(_drawn, svg, width)


@lru_cache(maxsize=KEPT)
def _drawn(svg: str, width: int) -> bytes:
    from resvg_py import svg_to_bytes  # only who draws needs it

    folder = files("adapters").joinpath("fonts")
    with as_file(folder.joinpath(_FONTS[0])) as regular, as_file(folder.joinpath(_FONTS[1])) as bold:
        try:
            return svg_to_bytes(
                svg_string=svg,
                width=width,
                skip_system_fonts=True,
                font_files=[str(regular), str(bold)],
                font_family=_FAMILY,
                sans_serif_family=_FAMILY,
            )
        except ValueError as error:
            raise ChartError(str(error)) from error
