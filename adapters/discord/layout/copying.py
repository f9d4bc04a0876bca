"""Copying: a digest as a file, and as text to be pasted elsewhere."""

from __future__ import annotations

import re
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
_PARTED: Final = re.compile(
    r"`(?=``)|\bdiscord(?:app)?(?=\.(?:gg|com|gift|new|me|li|io)\b)|\bdis(?=\.gd\b)", re.IGNORECASE
)
"""What would end the block of code, and what a client looks for even there: the host of an invite. Behind it stands a
space that nobody sees."""


def report_file(digest: Digest, language: Language) -> File:
    """The whole digest as Markdown."""
    from summarizer.render import render  # Jinja2 is slow to import, and no message needs it

    return File(f"{digest.id}.{digest.lang}.md", render(digest, "md", language).encode())


def copied(digest: Digest, language: Language) -> Message:
    """The digest as plain text in one message, whole lines of it: as many as fit. language: that of its sections."""
    from summarizer.render import render

    text = _PARTED.sub("\\g<0>\u200b", render(digest, "text", language).strip("\n"))
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
