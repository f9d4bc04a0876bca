"""Pictures as PNG: drawn with our own fonts alone, which have every character that our own words use."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from adapters.charts import ChartError, drawing, png
from summarizer import languages, timeaxis
from summarizer.activity import activity
from summarizer.chart import chart
from summarizer.languages import Language, load
from summarizer.measure import width
from summarizer.pictures import NAMES, card, draw, panel
from summarizer.topics import load_topics
from tests.references import ITEMS, WINDOWS, digest_of, facts_of
from tests.summarizer.test_pictures import week

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


@pytest.mark.parametrize("lang", languages.codes())
async def test_every_picture_is_drawn_and_small_enough_for_the_platforms(lang: str) -> None:
    language = load(lang)
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang)
    shown = [draw(name, week(), language) for name in NAMES]

    for svg in (*shown, panel(week(), language)[0], card(digest, language)):
        picture = await png(svg)
        wide, high = _size(picture)
        assert wide >= 900
        assert wide * high < 1_750_000
        assert len(picture) < 1_000_000  # Discord takes ten times as much


async def test_names_in_chinese_that_nobody_foresaw_are_drawn() -> None:
    shape = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" font-weight="{}">{}</svg>'
    for weight in (400, 700):
        unknown, one, other = [
            await png(shape.format(weight, f'<text y="30" font-size="24">{words}</text>'), 80)
            for words in ("\U00013000", "芯片", "昇腾")
        ]
        assert len({unknown, one, other}) == 3


def test_what_draws_is_named_alike_each_time() -> None:
    assert drawing() == drawing()
    assert len(drawing()) == 12


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
    own = [language.get(key) for key in ("chart", "digest.title", "digest.period", "extract.span")]
    shown = set("".join(text for table in own for text in _texts(table)) + "".join(_dates(language)) + "…·–")
    shown |= set("".join(title for topic in load_topics().topics for title in topic.title.values()))
    shown |= {chr(code) for code in range(0x20, 0x7F)}  # names of repositories and zones, labels of windows

    assert sorted(character for character in shown if not _has_glyph(font, ord(character))) == []


def test_the_fonts_are_small() -> None:
    sizes = [len(files("adapters").joinpath("fonts", name).read_bytes()) for name in FONTS]

    assert sum(sizes) < 1_000_000


@pytest.mark.parametrize(("name", "is_bold"), [(FONTS[0], False), (FONTS[1], True)])
def test_words_are_measured_as_the_fonts_have_them(name: str, is_bold: bool) -> None:
    font = files("adapters").joinpath("fonts", name).read_bytes()

    for code in (*range(0x20, 0x7F), ord("…"), ord("·"), ord("量")):
        assert width(chr(code), 1000, is_bold=is_bold) == pytest.approx(_advance(font, code)), chr(code)


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


def _advance(font: bytes, code: int) -> int:
    """How far a character advances, by the table "hmtx": OpenType 1.9.1."""
    tables = _tables(font)
    (metrics,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
    place = min(_glyph(font, code), metrics - 1)  # those behind are as wide as the last
    (advance,) = struct.unpack_from(">H", font, tables[b"hmtx"] + 4 * place)
    return int(advance)


def _has_glyph(font: bytes, code: int) -> bool:
    return _glyph(font, code) != 0


def _tables(font: bytes) -> dict[bytes, int]:
    (count,) = struct.unpack_from(">H", font, 4)
    return {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }


def _glyph(font: bytes, code: int) -> int:
    """The glyph of a character, 0 for none, by the table "cmap" in format 12 or 4: OpenType 1.9.1."""
    cmap = _tables(font)[b"cmap"]
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for place in range(subtables):
        at = cmap + struct.unpack_from(">I", font, cmap + 4 + 8 * place + 4)[0]
        (kind,) = struct.unpack_from(">H", font, at)
        if kind == 12:
            (groups,) = struct.unpack_from(">I", font, at + 12)
            spans = [struct.unpack_from(">III", font, at + 16 + 12 * group) for group in range(groups)]
            for first, last, glyph in spans:
                if first <= code <= last:
                    return int(glyph) + code - int(first)
        elif kind == 4:
            segments = struct.unpack_from(">H", font, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", font, at + 14)
            starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
            deltas = struct.unpack_from(f">{segments}h", font, at + 16 + 4 * segments)
            offsets = struct.unpack_from(f">{segments}H", font, at + 16 + 6 * segments)
            for segment, (first, last) in enumerate(zip(starts, ends, strict=True)):
                if first <= code <= last != 0xFFFF:
                    if not offsets[segment]:
                        return int(code + deltas[segment]) & 0xFFFF
                    there = at + 16 + 6 * segments + 2 * segment + offsets[segment] + 2 * (code - first)
                    (glyph,) = struct.unpack_from(">H", font, there)
                    return int(glyph + deltas[segment]) & 0xFFFF if glyph else 0
    return 0
