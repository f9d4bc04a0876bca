"""Copying: a digest as a file, and as text to be pasted elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord.layout.telling import MOST
from adapters.discord.markdown import characters, spoken
from adapters.discord.messages import File, Message, Text

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

_BESIDE: Final = 400
"""Characters of the fences and of the sentence below the text."""
_FENCE: Final = "```"
_APART: Final = "`\u200b``"
"""A fence in somebody's text, in which a space that nobody sees keeps it from ending the block."""


def report_file(digest: Digest, language: Language) -> File:
    """The whole digest as Markdown."""
    from summarizer.render import render  # Jinja2 is slow to import, and no message needs it

    return File(f"{digest.id}.{digest.lang}.md", render(digest, "md", language).encode())


def copied(digest: Digest, language: Language) -> Message:
    """The digest as plain text in one message, whole lines of it: as many as fit. language: that of its sections."""
    from summarizer.render import render

    text = render(digest, "text", language).strip("\n").replace(_FENCE, _APART)
    kept: list[str] = []
    room = MOST - _BESIDE
    lines = text.split("\n")
    for line in lines:
        room -= characters(line) + 1
        if room < 0:
            break
        kept.append(line)
    name = "copied" if len(kept) == len(lines) else "copied_partly"
    told = language.text(f"chat.notice.{name}")
    block = f"{_FENCE}\n" + "\n".join(kept) + f"\n{_FENCE}"
    return Message((Text(block), Text(f"-# {spoken(told)}")), notice=told)
