"""Prose: a digest's words as elements of Slack's rich text, which shows text as it is and reads no markup in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.slack import elements
from summarizer import markup
from summarizer.untrusted import neutralize
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from adapters.slack.elements import Element
    from summarizer.facts import Facts
    from summarizer.items import Item

_REFERENCE: Final = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")
_MOMENT: Final = "{date_num} {time}"


class Prose:
    """Writes what one digest's facts are about.

    Only addresses below the digest's own repository become links, on whichever GitHub it is.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        # no quotes, braces, pipes, backslashes, and no step out of the folder
        self._own = re.compile(
            rf"https://[0-9a-z.-]+(?::\d+)?/{re.escape(facts.repo)}(?=/)"
            r"(?:(?!/(?:\.|%2e){1,2}(?:[/?#]|\Z))[!#-;=?-\[\]_a-z~])+\Z",
            re.IGNORECASE | re.ASCII,
        )

    def claim(self, text: str, *, bold: bool = False) -> list[Element]:
        """A claim's text: each `#123` of an item that is known is a link to it, a backticked span is code."""
        inline: list[Element] = []
        for part, is_code in markup.spans(neutralize(text)):
            inline += _code(part) if is_code else self._referring(part, bold=bold)
        return inline

    def words(self, text: str, *, bold: bool = False) -> list[Element]:
        """A title or another text of strangers: a backticked span is code, and nothing is a link."""
        inline: list[Element] = []
        for part, is_code in markup.spans(neutralize(text)):
            inline += _code(part) if is_code else elements.literal(part, bold=bold)
        return inline

    def number(self, number: int, *, bold: bool = False) -> list[Element]:
        """`#123`, as a link where the item is known."""
        item = self.item(number)
        return self.link(f"#{number}", item.url if item else "", bold=bold)

    def link(self, name: str, url: str, *, bold: bool = False) -> list[Element]:
        """`name` as a link, or alone where the address is none of the repository's. name: any text."""
        name = neutralize(name)
        if not self._own.match(url):
            return elements.literal(name, bold=bold)
        return elements.link(name, url, {"bold": True} if bold else {})

    def numbers(self, numbers: Iterable[int], separator: str) -> list[Element]:
        """A listing of numbers."""
        inline: list[Element] = []
        for number in numbers:
            inline += (plain(separator) if inline else []) + self.number(number)
        return inline

    def moment(self, instant: datetime) -> list[Element]:
        """An instant in the reader's own time; where a client cannot, in the digest's zone. Of a file that tells days
        alone it is the day."""
        if self.facts.is_day_alone(instant):
            return plain(f"{instant:%Y-%m-%d}")
        fallback = moment_label(instant, self.facts.window.tz)
        return [
            {
                "type": "date",
                "timestamp": int(instant.timestamp()),
                "format": _MOMENT,
                "fallback": fallback,
            }
        ]

    def item(self, number: int) -> Item | None:
        """The item of that number, of the window or one that its items speak of."""
        return self.facts.items.get(number) or self.facts.related.get(number)

    def _referring(self, part: str, *, bold: bool) -> Iterator[Element]:
        done = 0
        for found in _REFERENCE.finditer(part):
            number = int(found[1])
            if self.item(number) is not None:
                yield from elements.literal(part[done : found.start()], bold=bold)
                yield from self.number(number, bold=bold)
                done = found.end()
        yield from elements.literal(part[done:], bold=bold)


def plain(text: str, *, bold: bool = False) -> list[Element]:
    """Our own words, in which nothing looks like an address."""
    if not text:
        return []
    return [{"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}]


def _code(span: str) -> list[Element]:
    return elements.styled(span.strip("`"), {"code": True})
