"""Quiet: the line that a channel reads of a subscribed digest in whose window nothing happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.outline.headline import filled, titled
from adapters.chat.outline.spans import Span, plain
from summarizer import pages
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from adapters.chat.outline.spans import Inline
    from summarizer.digests import Digest
    from summarizer.languages import Language


def quiet(digest: Digest, language: Language) -> Inline:
    """What was looked at, from when to when, and that there is nothing to tell of it; with filters, of how many
    items none passes."""
    facts, window = digest.facts, digest.facts.window
    since, until = (
        (Span(moment_label(instant, window.tz), at=instant),) for instant in (window.since, window.until)
    )
    parts = {
        "title": plain(titled(digest, language), bold=True),
        "span": filled(language.get("chat.digest.span"), since=since, until=until),
    }
    if not facts.filters or not facts.items:
        return filled(language.get("chat.quiet.nothing"), **parts)
    return filled(
        language.get("chat.quiet.filtered"),
        **parts,
        filters=plain(pages.filter_line(facts)),
        items=plain(language.text("chat.digest.about", n=len(facts.items))),
    )
