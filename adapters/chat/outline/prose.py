"""Prose: a digest's words as spans, in which nobody's text is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.spans import Inline, Span, joined, plain
from summarizer import markup
from summarizer.untrusted import neutralize
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from summarizer.facts import Facts
    from summarizer.items import Item

_REFERENCE: Final = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")


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

    def claim(self, text: str, *, bold: bool = False) -> Inline:
        """A claim's text: each `#123` of an item that is known is a link to it, a backticked span is code."""
        made: Inline = ()
        for part, is_code in markup.spans(neutralize(text)):
            made += _code(part) if is_code else tuple(self._referring(part, bold=bold))
        return made

    def words(self, text: str, *, bold: bool = False) -> Inline:
        """A title or another text of strangers: a backticked span is code, and nothing is a link."""
        made: Inline = ()
        for part, is_code in markup.spans(neutralize(text)):
            made += _code(part) if is_code else plain(part, bold=bold)
        return made

    def number(self, number: int, *, bold: bool = False) -> Inline:
        """`#123`, as a link where the item is known."""
        item = self.item(number)
        return self.link(f"#{number}", item.url if item else "", bold=bold)

    def link(self, name: str, url: str, *, bold: bool = False) -> Inline:
        """`name` as a link, or alone where the address is none of the repository's. name: any text."""
        name = neutralize(name)
        if not name or not self._own.match(url):
            return plain(name, bold=bold)
        return (Span(name, url, bold),)

    def numbers(self, numbers: Iterable[int], separator: str) -> Inline:
        """A listing of numbers."""
        return joined(map(self.number, numbers), separator)

    def moment(self, instant: datetime) -> Inline:
        """An instant in the reader's own time; where a client cannot, in the digest's zone. Of a file that tells days
        alone it is the day."""
        if self.facts.is_day_alone(instant):
            return plain(f"{instant:%Y-%m-%d}")
        return (Span(moment_label(instant, self.facts.window.tz), at=instant),)

    def item(self, number: int) -> Item | None:
        """The item of that number, of the window or one that its items speak of."""
        return self.facts.items.get(number) or self.facts.related.get(number)

    def _referring(self, part: str, *, bold: bool) -> Iterator[Span]:
        done = 0
        for found in _REFERENCE.finditer(part):
            number = int(found[1])
            if self.item(number) is not None:
                yield from plain(part[done : found.start()], bold=bold)
                yield from self.number(number, bold=bold)
                done = found.end()
        yield from plain(part[done:], bold=bold)


def _code(part: str) -> Inline:
    return (Span(part.strip("`"), code=True),)
