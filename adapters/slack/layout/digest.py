"""Digests in Slack, as messages, views and a file: the front of this folder's modules about digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.layout.paging import everything, modal, pages, thread
from adapters.slack.layout.post import in_channel
from adapters.slack.layout.private import only_me

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

__all__ = ["everything", "in_channel", "modal", "only_me", "pages", "report_file", "thread"]


def report_file(digest: Digest, language: Language) -> tuple[str, bytes]:
    """The whole digest as Markdown: the file's name and content."""
    from summarizer.render import render  # Jinja2 is slow to import, and no message needs it

    return f"{digest.id}.{digest.lang}.md", render(digest, "md", language).encode()
