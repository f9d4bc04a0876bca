"""Charts as PNG: drawn with our own fonts alone, which have every character that a chart may show."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from adapters.charts import ChartError, png
from summarizer import languages, timeaxis
from summarizer.activity import activity
from summarizer.chart import chart
from summarizer.languages import Language, load
from tests.references import ITEMS, WINDOWS, facts_of

FONTS = ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf")


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG: w3.org/TR/png, 11.2.1."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("lang", languages.codes())
async def test_a_chart_is_drawn_as_wide_as_asked_for(lang: str) -> None:
    svg = chart(activity(facts_of(ITEMS, WINDOWS["19:59:30-20:59"])), load(lang))

    assert _size(await png(svg)) == (1920, 840)
    assert _size(await png(svg, 480)) == (480, 210)


async def test_words_are_drawn_with_our_own_fonts() -> None:
    shape = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" font-family="{}">{}</svg>'
    text = '<text y="30" font-size="24">月PR</text>'
    blank, named, other = [
        await png(shape.format(family, words), 80)
        for family, words in (("serif", ""), ("Noto Sans CJK SC", text), ("No Such Family, sans-serif", text))
    ]

    assert blank != named
    assert named == other


async def test_what_is_no_picture_is_a_chart_error() -> None:
    with pytest.raises(ChartError):
        await png("<html>", 100)


@pytest.mark.parametrize("name", FONTS)
@pytest.mark.parametrize("lang", languages.codes())
def test_the_fonts_have_every_character_of_the_charts_texts(lang: str, name: str) -> None:
    font = files("adapters").joinpath("fonts", name).read_bytes()
    language = load(lang)
    shown = set("".join(_texts(language.get("chart"))) + "".join(_dates(language)) + "…·")
    shown |= {chr(code) for code in range(0x20, 0x7F)}  # names of repositories and zones, labels of windows

    assert sorted(character for character in shown if not _has_glyph(font, ord(character))) == []


def test_the_fonts_are_small() -> None:
    sizes = [len(files("adapters").joinpath("fonts", name).read_bytes()) for name in FONTS]

    assert sum(sizes) < 60_000


def _texts(table: Mapping[str, object]) -> Iterator[str]:
    for value in table.values():
        if isinstance(value, Mapping):
            yield from _texts(value)
        else:
            yield str(value)


def _dates(language: Language) -> Iterator[str]:
    """Every weekday and month by every pattern."""
    patterns = [f"{group}.{key}" for group in ("axis", "moment") for key in language.get(f"chart.{group}")]
    for day in range(0, 366, 5):
        for pattern in patterns:
            yield timeaxis.dated(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day), pattern, language)


def _has_glyph(font: bytes, code: int) -> bool:
    """Whether a font maps a character, by its table "cmap" in format 12 or 4: OpenType 1.9.1."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }
    cmap = tables[b"cmap"]
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for place in range(subtables):
        at = cmap + struct.unpack_from(">I", font, cmap + 4 + 8 * place + 4)[0]
        (kind,) = struct.unpack_from(">H", font, at)
        if kind == 12:
            (groups,) = struct.unpack_from(">I", font, at + 12)
            spans = [struct.unpack_from(">III", font, at + 16 + 12 * group) for group in range(groups)]
            if any(first <= code <= last and glyph for first, last, glyph in spans):
                return True
        elif kind == 4:
            segments = struct.unpack_from(">H", font, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", font, at + 14)
            starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
            if any(first <= code <= last != 0xFFFF for first, last in zip(starts, ends, strict=True)):
                return True
    return False
