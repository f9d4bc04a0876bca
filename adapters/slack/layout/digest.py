"""Digests in Slack, as messages, views and a file: the front of this folder's modules about digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.layout.paging import everything, modal, pages, thread, told_below
from adapters.slack.layout.post import in_channel, nothing_new
from adapters.slack.layout.private import only_me

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

__all__ = [
    "everything",
    "in_channel",
    "modal",
    "nothing_new",
    "only_me",
    "pages",
    "report_file",
    "report_name",
    "thread",
    "told_below",
]


def report_file(digest: Digest, language: Language) -> tuple[str, bytes]:
    """The whole digest as Markdown: the file's name and content."""
    from summarizer.render import render  # Jinja2 is slow to import, and no message needs it

    return report_name(digest), render(digest, "md", language).encode()


def report_name(digest: Digest) -> str:
    """What that file is called."""
    return f"{digest.id}.{digest.lang}.md"
