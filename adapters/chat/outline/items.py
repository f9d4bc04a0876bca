"""Items: an item in one line, and names in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import shortened
from adapters.chat.outline.spans import plain
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.chat.outline.prose import Prose
    from adapters.chat.outline.spans import Inline
    from summarizer.languages import Language

_TITLE: Final = 300
"""Characters of a title; GitHub's own have 256 at most, and an imported file may tell others."""


def item_line(number: int, why: str, prose: Prose, language: Language, *, heading: str = "") -> Inline:
    """An item's number and title, or another heading, and why it is there."""
    item = prose.item(number)
    line = prose.number(number, bold=True) + plain(" ")
    title = heading or (pages.title_shown(item, language) if item else "")
    line += (prose.claim if heading else prose.words)(shortened(title, _TITLE))
    return line + plain(language.text("chat.digest.why")) + prose.claim(why) if why else line


def listing(names: Iterable[str], language: Language) -> str:
    """The names as a sentence lists them."""
    return str(language.get("list.separator")).join(names)
