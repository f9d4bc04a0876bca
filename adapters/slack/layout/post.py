"""Post: a digest where a whole channel reads it, to be skimmed in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import blocks
from adapters.slack.blocks import Message
from adapters.slack.layout import pieces
from adapters.slack.layout.brief import aside, looking, summary_pieces
from adapters.slack.layout.buttons import below_post
from adapters.slack.layout.headline import headline, notice
from adapters.slack.layout.naming import named
from adapters.slack.layout.prose import Prose
from adapters.slack.layout.topics import topics
from summarizer.activity import activity
from summarizer.chart import alt_text

if TYPE_CHECKING:
    from adapters.slack.blocks import Block
    from adapters.slack.layout.brief import Elsewhere
    from summarizer.digests import Digest
    from summarizer.languages import Language

_SUMMARY, _TOPICS = 1200, 1200
"""Characters that a reader sees; with five things to look at and a line of counts a post comes to some 3,000."""


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
    anew; "" for a window that is over. chart: the id of a file in Slack, which is not shown where nothing happened.
    page_url: of the whole digest as a page. is_threaded: whether the sections are in its thread already."""
    is_quiet = digest.outcome == "quiet"
    below: list[Block] = []
    if chart is not None and not is_quiet:
        below.append(blocks.image(alt_text(activity(digest.facts), language), chart))
    below += below_post(
        language, handle=handle, line=line, page_url=page_url, is_threaded=is_threaded, is_quiet=is_quiet
    )
    return Message(named([*told(digest, language), *below], digest, "post"), notice(digest, language))


def told(digest: Digest, language: Language, *, elsewhere: Elsewhere = "in_thread") -> list[Block]:
    """The post without what stands below its text. elsewhere: where a reader finds what it leaves out."""
    prose = Prose(digest.facts)
    head = headline(digest, language, prose)
    if digest.outcome == "quiet":
        return head
    kept, is_whole = pieces.cut(summary_pieces(digest, language, prose), _SUMMARY)
    made = head + pieces.blocks(kept, prose, language, native=False)
    if not is_whole:
        made.append(aside(language.text(f"slack.digest.{elsewhere}.more_text"), prose))
    about = topics(digest, language, prose, _TOPICS, elsewhere)
    return [*made, *about.blocks, *looking(digest, language, prose, but=about.numbers)]
