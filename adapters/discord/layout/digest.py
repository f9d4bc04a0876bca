"""Digests in Discord, as messages and a file: the front of this folder's modules about digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.discord.layout.copying import copied, report_file
from adapters.discord.layout.paging import page, pages, thread, thread_name, thread_parts
from adapters.discord.layout.post import in_channel, in_one_line
from adapters.discord.layout.private import only_me
from adapters.discord.views import components_of

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

__all__ = [
    "copied",
    "in_channel",
    "in_one_line",
    "only_me",
    "page",
    "pages",
    "payload",
    "report_file",
    "thread",
    "thread_name",
    "thread_parts",
]

_IS_COMPONENTS_V2: Final = 1 << 15
"""(docs.discord.com/developers/resources/message, "message flags")."""


def payload(digest: Digest, language: Language, *, handle: str, line: str) -> dict[str, Any]:
    """The post as Discord's API takes it (docs.discord.com/developers/resources/message, "create message")."""
    message = in_channel(digest, language, handle=handle, line=line)
    return {
        "flags": _IS_COMPONENTS_V2,
        "allowed_mentions": {"parse": []},
        "components": components_of(message),
    }
