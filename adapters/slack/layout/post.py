"""Post: a digest where a whole channel reads it, to be skimmed in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.cutting import shortened
from adapters.chat.outline.brief import brief
from adapters.chat.outline.headline import notice
from adapters.chat.outline.prose import Prose
from adapters.chat.outline.quiet import quiet
from adapters.chat.outline.spans import plain
from adapters.slack import blocks, limits, mrkdwn
from adapters.slack.blocks import Message
from adapters.slack.elements import rich_text, section, spoken
from adapters.slack.layout import pieces
from adapters.slack.layout.buttons import below_post
from adapters.slack.layout.headline import headline
from adapters.slack.layout.naming import named
from summarizer.activity import activity
from summarizer.chart import alt_text
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from adapters.chat.outline.brief import Elsewhere
    from adapters.chat.outline.topics import Topic
    from adapters.slack.blocks import Block
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
    footer: str = "",
) -> Message:
    """The post. language: that of the digest's sections. handle, line: what its buttons open the digest with, and ask
    anew; "" for a window that is over. chart: the id of a file in Slack, which is not shown where nothing happened.
    page_url: of the whole digest as a page. is_threaded: whether the sections are in its thread, or will be. footer:
    plain words of its last line."""
    is_quiet = digest.outcome == "quiet"
    below: list[Block] = []
    if chart is not None and not is_quiet:
        below.append(blocks.image(alt_text(activity(digest.facts), language), chart))
    below += below_post(
        language, handle=handle, line=line, page_url=page_url, is_threaded=is_threaded, is_quiet=is_quiet
    )
    shown = named([*told(digest, language), *below, *_footer(footer)], digest, "post")
    return Message(shown, mrkdwn.inert(notice(digest, language)))


def nothing_new(digest: Digest, language: Language, *, footer: str = "") -> Message:
    """All that a channel reads of a subscribed digest in whose window nothing happened."""
    told = quiet(digest, language)
    line = rich_text([pieces.paragraph(told)])
    text = "".join(span.text for span in told)  # not what happened that no filter lets through
    return Message(named([line, *_footer(footer)], digest, "post"), mrkdwn.inert(text))


def _footer(text: str) -> list[Block]:
    return [blocks.remark(shortened(neutralize(text), limits.SECTION))] if text else []


def told(digest: Digest, language: Language, *, elsewhere: Elsewhere = "in_thread") -> list[Block]:
    """The post without what stands below its text. elsewhere: where a reader finds what it leaves out."""
    prose = Prose(digest.facts)
    short = brief(digest, language, prose, elsewhere)
    made = headline(short.headline) + pieces.blocks(short.summary, prose, language, native=False)
    if short.more:
        made.append(aside(short.more))
    if short.topics is not None:
        made += map(_topic, short.topics.topics)
        if short.topics.left:
            made.append(aside(short.topics.left))
    if short.looking:
        title = pieces.paragraph(plain(short.looking_title, bold=True))
        made.append(rich_text([title, pieces.bullets(short.looking)]))
    return made


def aside(text: str) -> Block:
    """A line that says where there is more. text: ours, with anybody's words in it; `backticks` are code."""
    return rich_text([section(spoken(neutralize(text)))])


def _topic(topic: Topic) -> Block:
    body = [pieces.paragraph(topic.first)]
    if topic.lines:
        body.append(pieces.bullets(topic.lines))
    if topic.more:
        body.append(pieces.paragraph(plain(topic.more)))
    return rich_text(body)
