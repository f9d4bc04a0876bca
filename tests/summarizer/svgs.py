"""What a drawn picture shows: its texts with where they are, and its marks, read from the SVG."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from summarizer.measure import width

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """A run of text and the box around it."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


def root_of(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - ours


def size_of(svg: str) -> tuple[float, float]:
    root = root_of(svg)
    return float(root.get("width", "")), float(root.get("height", ""))


def words(svg: str) -> list[str]:
    """Each text that is seen."""
    return ["".join(each.itertext()) for each in root_of(svg).iter(f"{SVG}text")]


def marks(svg: str, kind: str) -> list[ElementTree.Element]:
    """The bars and points of a kind."""
    found = root_of(svg).iter()
    return [
        each for each in found if each.get("class") == kind and each.tag in (f"{SVG}rect", f"{SVG}circle")
    ]


def boxes(svg: str) -> list[Box]:
    """All texts but those that the browser alone shows."""
    return list(_boxes(root_of(svg), 0.0, {}))


def outside(svg: str) -> list[Box]:
    """Texts that leave the picture."""
    wide, high = size_of(svg)
    return [
        each
        for each in boxes(svg)
        if each.left < 0 or each.right > wide or each.top < 0 or each.bottom > high
    ]


def overlapping(svg: str) -> list[tuple[str, str]]:
    return [(one.text, other.text) for one, other in combinations(boxes(svg), 2) if one.overlaps(other)]


def _boxes(element: ElementTree.Element, down: float, told: dict[str, str]) -> Iterator[Box]:
    told = {**told, **{name: element.get(name, "") for name in _INHERITED if element.get(name)}}
    transform = element.get("transform", "")
    if transform.startswith("translate(0 "):
        down += float(transform.removeprefix("translate(0 ").rstrip(")"))
    if element.tag == f"{SVG}text":
        yield from _runs(element, down, told)
        return
    for child in element:
        yield from _boxes(child, down, told)


_INHERITED = ("font-size", "font-weight", "text-anchor")


def _runs(element: ElementTree.Element, down: float, told: dict[str, str]) -> Iterator[Box]:
    """The lines of a text: its parts follow one another until one begins at an x of its own."""
    x, y = float(element.get("x", "0")), float(element.get("y", "0")) + down
    begin, size, line = x, float(told["font-size"]), ""
    parts = [(element, element.text or "")]
    parts += [part for child in element for part in ((child, child.text or ""), (element, child.tail or ""))]
    for place, (of, text) in enumerate(parts):
        own = {**told, **{name: of.get(name, "") for name in _INHERITED if of.get(name)}}
        if of is not element:
            if of.get("x"):
                yield _box(line, begin, x, y, size, told)
                begin = x = float(of.get("x", ""))
                line = ""
            x += float(of.get("dx", "0"))
            y += float(of.get("dy", "0"))
        if place and not text.strip():
            continue
        line += text
        x += width(text, float(own["font-size"]), is_bold=own.get("font-weight") == "700")
    yield _box(line, begin, x, y, size, told)


def _box(text: str, begin: float, end: float, y: float, size: float, told: dict[str, str]) -> Box:
    long = end - begin
    back = {"end": long, "middle": long / 2}.get(told.get("text-anchor", ""), 0.0)
    return Box(text, begin - back, end - back, y - 0.72 * size, y + 0.18 * size)
