"""Private: a digest where one person reads it: what a channel would see of it, and the names of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.outline.brief import left, listing
from adapters.chat.outline.headline import notice
from adapters.chat.outline.prose import Prose
from adapters.discord.layout.buttons import below_only_me
from adapters.discord.layout.post import has_more
from adapters.discord.layout.telling import COLOURS, MOST, aside, told
from adapters.discord.markdown import characters
from adapters.discord.messages import Message, Text

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language


def only_me(digest: Digest, language: Language, *, handle: str, line: str) -> Message:
    """The message. language: that of the digest's sections. handle, line: what its buttons open the digest with, and
    ask anew; "" for a window that is over. What it leaves out is named, and stands in the pages that Details opens."""
    last = ""
    if names := left(digest, language):
        last = aside(language.text("chat.digest.left", names=listing(names, language)))
    parts = told(digest, language, Prose(digest.facts), most=MOST - characters(last))
    parts += [Text(last)] if last else []
    rows = below_only_me(language, handle=handle, line=line, has_more=has_more(digest))
    return Message(tuple(parts), rows, COLOURS[digest.outcome], notice(digest, language))
