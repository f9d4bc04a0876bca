"""Composing: what is posted for a subscription, cut into parts that are the same whoever cuts them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from adapters.chat import Reply
from adapters.chat.delivering import DigestPost, Part, TextPost
from adapters.chat.laid_out import LaidOut
from adapters.chat.replies import asked_anew, digest_of
from adapters.slack.blocks import Message
from adapters.slack.layout import answer
from adapters.slack.layout import digest as layout
from adapters.slack.posting import MOST_IN_THREAD
from summarizer import languages
from summarizer.digests import Digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat.delivering import Post
    from summarizer.languages import Language

KEPT: Final = 64
"""Threads that are kept, up to 1 MB each: at one time many channels get the same few digests."""
FIRST: Final = "post"
"""The name of the message itself."""
_CHART: Final = "chart"
"""Stands for the id of the chart's file, which is nothing before it is uploaded."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a part of ours holds: a message, or a digest whose report is a file.

    charted: the digest whose chart the message shows. known_as: what `Posting.unfold` calls it below its post, "" where
    that does not put it there. handle: as of `Reply`.
    """

    message: Message | None = None
    report: Digest | None = None
    charted: Digest | None = None
    known_as: str = ""
    handle: str = ""

    def drawn(self, chart: str | None) -> Message:
        """The message with the chart of that file, or without one."""
        if self.message is None:
            raise TypeError("a part with a message expected")
        shown = []
        for block in self.message.blocks:
            if block.get("slack_file") == {"id": _CHART}:
                if chart is None:
                    continue
                block = {**block, "slack_file": {"id": chart}}
            shown.append(block)
        return replace(self.message, blocks=tuple(shown))


class Composing:
    """Composes for a process. What stands below a digest is the same in all channels, and laid out once."""

    def __init__(self) -> None:
        self._below: LaidOut[list[Part]] = LaidOut(_below, KEPT)

    async def __call__(self, post: Post) -> list[Part]:
        """The parts, the message first."""
        if isinstance(post, TextPost):
            return await asyncio.to_thread(_text, post)
        digest, words = digest_of(post.reply), languages.load(post.reply.lang)
        below = []
        if digest.outcome != "quiet":
            below = await self._below.get(digest, words, handle=post.reply.handle, line="")
        first = await asyncio.to_thread(_first, post, digest, words, is_threaded=bool(below))
        is_whole = digest.outcome == "quiet" or post.reply.page
        return [first, *below, *([] if is_whole else [_file(digest, words, post.reply.handle)])]


def content_of(part: Part) -> Content:
    """What a part of ours holds."""
    if not isinstance(part.content, Content):
        raise TypeError("a part of this courier expected")
    return part.content


def _first(post: DigestPost, digest: Digest, words: Language, *, is_threaded: bool) -> Part:
    if digest.outcome == "quiet":
        return _said(FIRST, Content(layout.nothing_new(digest, words, footer=post.footer)))
    message = layout.in_channel(
        digest,
        words,
        handle=post.reply.handle,
        line=asked_anew(post.reply),
        chart=_CHART,
        page_url=post.reply.page,
        is_threaded=is_threaded,
        footer=post.footer,
    )
    return _said(FIRST, Content(message, charted=digest))


def _below(digest: Digest, language: Language, *, handle: str, line: str) -> list[Part]:
    """The sections, as many as anybody reads. See `laid_out.Make`."""
    del line  # it changes nothing here
    below = layout.told_below(digest, language)[:MOST_IN_THREAD]
    names = numbered([id_ for id_, _ in below])
    return [
        _said(name, Content(message, known_as=str(place), handle=handle))
        for place, (name, (_, message)) in enumerate(zip(names, below, strict=True))
    ]


def _file(digest: Digest, words: Language, handle: str) -> Part:
    """The report. No file changes in its place: one of another revision is another part."""
    name = "file" if digest.revision == 1 else f"file-{digest.revision}"
    content = Content(report=digest, known_as="file", handle=handle)
    return Part(name, content, _hash([digest.id, digest.revision, words.code]))


def _text(post: TextPost) -> list[Part]:
    reply = Reply(post.text, post.lang, offers=post.offers)
    first, *rest = answer.plain(reply, languages.load(post.lang))
    below = [_said(f"text-{place}", Content(message)) for place, message in enumerate(rest, 2)]
    return [_said(FIRST, Content(first)), *below]


def _said(name: str, content: Content) -> Part:
    message = content.drawn(_CHART)
    # ids tell a revision from the next one even where both show the same
    shown = [{key: value for key, value in block.items() if key != "block_id"} for block in message.blocks]
    return Part(name, content, _hash([message.text, shown]))


def _hash(shown: object) -> str:
    return sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def numbered(ids: Sequence[str]) -> list[str]:
    """ "changes", "changes-2", ...: a name for each that no other has. No place counts in it, since a section before it
    may come and go."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for id_ in ids:
        seen[id_] += 1
        name = id_ if seen[id_] == 1 else f"{id_}-{seen[id_]}"
        while seen[id_] > 1 and name in ids:  # a topic may be called so
            name += "-"
        names.append(name)
    return names
