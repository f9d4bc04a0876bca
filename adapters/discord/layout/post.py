"""Post: a digest where a whole channel reads it, to be skimmed in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.outline import appendix
from adapters.chat.outline.headline import notice
from adapters.chat.outline.prose import Prose
from adapters.chat.outline.quiet import quiet
from adapters.chat.outline.spans import plain
from adapters.discord.layout.buttons import below_post
from adapters.discord.layout.telling import COLOURS, MOST, fitted, told
from adapters.discord.markdown import inline
from adapters.discord.messages import Image, Message, Text
from summarizer.activity import activity
from summarizer.chart import alt_text

if TYPE_CHECKING:
    from adapters.discord.messages import Part
    from summarizer.digests import Digest
    from summarizer.languages import Language


def in_channel(
    digest: Digest,
    language: Language,
    *,
    handle: str,
    line: str,
    chart: str | None = None,
    page_url: str = "",
    is_threaded: bool = False,
) -> Message:
    """The post. language: that of the digest's sections. handle, line: what its buttons open the digest with, and ask
    anew; "" for a window that is over. chart: the name of an attached picture, which is not shown where nothing
    happened. page_url: of the whole digest as a page. is_threaded: whether the sections are in its thread already."""
    is_quiet = digest.outcome == "quiet"
    parts: list[Part] = told(digest, language, Prose(digest.facts))
    if chart is not None and not is_quiet:
        parts.append(Image(chart, alt_text(activity(digest.facts), language)))
    rows = below_post(
        language,
        handle=handle,
        line=line,
        page_url=page_url,
        is_threaded=is_threaded,
        has_more=has_more(digest),
        is_quiet=is_quiet,
    )
    return Message(tuple(parts), rows, COLOURS[digest.outcome], notice(digest, language))


def in_one_line(digest: Digest, language: Language, footer: str = "") -> Message:
    """A subscribed digest in whose window nothing happened. footer: plain words that end the line."""
    told = quiet(digest, language)
    line = told + plain(language.text("digest.between") + footer) if footer else told
    text = "".join(span.text for span in told)  # not what happened that no filter lets through
    return Message((Text(f"-# {fitted(inline(line), MOST)}"),), notice=text)


def has_more(digest: Digest) -> bool:
    """Whether a digest says more than its headline does."""
    return digest.outcome != "quiet" or appendix.size(digest.facts) > 0
