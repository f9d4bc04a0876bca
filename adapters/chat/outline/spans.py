"""Spans: a line of text in parts, each with how it is shown. A platform writes them in its own markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Span:
    """text: shown as it is, no markup is read in it; it may be anybody's, and is never empty. url: the address it links
    to, which is always one below the digest's own repository. at: an instant to be shown in the reader's own time; the
    text stands where a client cannot."""

    text: str
    url: str = ""
    bold: bool = False
    code: bool = False
    at: datetime | None = None


Inline: TypeAlias = tuple[Span, ...]


def plain(text: str, *, bold: bool = False) -> Inline:
    """The text as one span; nothing for nothing."""
    return (Span(text, bold=bold),) if text else ()


def length(*lines: Inline) -> int:
    """Characters that a reader sees."""
    return sum(len(span.text) for line in lines for span in line)


def joined(lines: Iterable[Inline], gap: str) -> Inline:
    """The lines behind one another, with `gap` between them."""
    made: Inline = ()
    for line in lines:
        made += (plain(gap) if made else ()) + line
    return made
