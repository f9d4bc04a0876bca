"""Post: a digest where a whole channel reads it, to be skimmed in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import blocks, limits
from adapters.slack.blocks import Message
from adapters.slack.layout import pieces
from adapters.slack.layout.brief import aside, looking, summary_pieces
from adapters.slack.layout.buttons import below_post
from adapters.slack.layout.headline import counts, headline, notice
from adapters.slack.layout.naming import named
from adapters.slack.layout.prose import Prose
from adapters.slack.layout.topics import topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.blocks import Block
    from summarizer.digests import Digest
    from summarizer.languages import Language

_SUMMARY, _TOPICS = 1200, 1200
"""Characters that a reader sees; with five things to look at and a line of counts a post comes to some 3,000."""
_SHARES: Final = (1.0, 0.5, 0.25, 0.0)
"""Of these, where short words with long addresses behind them would take more than a message holds."""


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
    anew; "" for a window that is over. chart: the id of a file in Slack. page_url: of the whole digest as a page.
    is_threaded: whether the sections are in its thread already."""
    below: list[Block] = []
    if chart is not None:
        alt = language.text("slack.digest.chart", counts=counts(digest, language))
        below.append(blocks.image(alt, chart))
    below += below_post(language, handle=handle, line=line, page_url=page_url, is_threaded=is_threaded)
    return Message(named([*told(digest, language, below), *below], digest, "post"), notice(digest, language))


def told(digest: Digest, language: Language, below: Sequence[Block] = ()) -> list[Block]:
    """The post without what stands below its text. below: what that is, which has to fit in as well."""
    prose = Prose(digest.facts)
    head = headline(digest, language, prose)
    room = limits.PACKED - blocks.characters(below)
    made: list[Block] = head
    for share in _SHARES:
        body = _body(digest, language, prose, share)
        made = [*head, *body]
        if blocks.characters(made) <= room:
            break
    return made


def _body(digest: Digest, language: Language, prose: Prose, share: float) -> list[Block]:
    kept, is_whole = pieces.cut(summary_pieces(digest, language, prose), int(_SUMMARY * share))
    made = pieces.blocks(kept, prose, language, native=False)
    if not is_whole:
        made.append(aside(language.text("slack.digest.more_text"), prose))
    about = topics(digest, language, prose, int(_TOPICS * share))
    return [*made, *about.blocks, *looking(digest, language, prose, but=about.numbers)]
