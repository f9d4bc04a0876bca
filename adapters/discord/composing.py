"""Composing: a post for nobody who waits, as the parts that a courier sends one by one."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapters.chat.delivering import DigestPost, Part
from adapters.chat.port import Reply
from adapters.chat.replies import asked_anew, digest_of
from adapters.discord import limits
from adapters.discord.layout import answer, notices
from adapters.discord.layout import digest as layout
from adapters.discord.layout.buttons import label
from adapters.discord.layout.telling import aside
from adapters.discord.messages import File, Image, Message, Text
from adapters.discord.posting import MOST_IN_THREAD, drawn
from summarizer import languages
from summarizer.digests import Digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat.delivering import Post, TextPost
    from adapters.discord.channels import Channel, Kind
    from adapters.discord.posting import Chart
    from summarizer.languages import Language

POST, FILE = "post", "file"
"""Names of parts; between them stand the sections, by their ids."""

THREADED: Final[tuple[Kind, ...]] = ("text", "announcement", "forum")
"""Where what stands below a post has a place of its own. Elsewhere the post alone is shown, whose buttons open the
rest: ten messages a day would flood a thread in which people talk, and somebody's direct messages."""

MOST: Final = 16
"""Digests that are kept laid out, since many channels get the same one; some 300 KB each with the chart."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The content of a part.

    thread: what the thread is called, or the post in a forum. is_below: whether it belongs into the thread. claim: the
    place that the same piece has where somebody unfolds the post, see `posting.part_of`; "" for none. reply: the one
    with the digest, None for a text.
    """

    message: Message
    files: tuple[File, ...] = ()
    thread: str = ""
    is_below: bool = False
    claim: str = ""
    reply: Reply | None = None

    @property
    def is_news(self) -> bool:
        """Whether those who follow an announcement channel may want it: a digest that tells something."""
        digest = None if self.reply is None else self.reply.digest
        return digest is not None and digest.outcome != "quiet"

    @property
    def is_drawn(self) -> bool:
        """Whether it shows a picture."""
        return any(isinstance(each, Image) for each in self.message.parts)

    @property
    def bare(self) -> Piece:
        """The same without its picture, for where nothing may be attached."""
        parts = tuple(each for each in self.message.parts if not isinstance(each, Image))
        return replace(self, message=replace(self.message, parts=parts), files=())


@dataclass(frozen=True, slots=True)
class _Laid:
    """A digest, laid out. files: with the post. report: the whole of it, None where that is a page. name: of its
    thread."""

    digest: Digest
    root: Message
    files: tuple[File, ...]
    sections: tuple[tuple[str, Message], ...]
    report: File | None
    name: str


class Composer:
    """Keeps what was laid out lately."""

    def __init__(self, chart: Chart, links: Sequence[str]) -> None:
        """links: what the addresses of a text's links begin with."""
        self._chart = chart
        self._links = links
        self._known: OrderedDict[tuple[object, ...], asyncio.Future[_Laid]] = OrderedDict()

    async def parts(self, post: Post, place: Channel, *, is_unthreaded: bool = False) -> list[Part]:
        """The parts in that place, the message first. is_unthreaded: whether the bot may not use threads there."""
        if not isinstance(post, DigestPost):
            return [_part(name, piece) for name, piece in _texts(post, self._links)]
        digest, words = digest_of(post.reply), languages.load(post.reply.lang)
        if digest.outcome == "quiet":
            message = layout.in_one_line(digest, words, post.footer)
            return [_part(POST, Piece(message, thread=layout.thread_name(digest, words), reply=post.reply))]
        # in slow mode people wait for each other: the file is all that stands below then
        is_below = place.kind in THREADED and not is_unthreaded
        most = MOST_IN_THREAD if is_below and not place.slow_s else 0
        laid = await self._laid_out(post.reply, is_threaded=most > 0)
        root = laid.root
        if post.footer:
            root = replace(root, parts=(*root.parts, Text(aside(post.footer))))
        below = Piece(root, thread=laid.name, is_below=is_below, reply=post.reply)
        made = [_part(POST, replace(below, files=laid.files, is_below=False))]
        for number, (name, message) in enumerate(laid.sections[:most]):
            made.append(_part(name, replace(below, message=message, claim=str(number))))
        # in a forum everything stands below
        if laid.report is not None and (is_below or place.kind != "forum"):
            message = notices.said(words.text("discord.said.report"))
            made.append(_part(FILE, replace(below, message=message, files=(laid.report,), claim=FILE)))
        return made

    async def _laid_out(self, reply: Reply, *, is_threaded: bool) -> _Laid:
        digest = digest_of(reply)
        sections = tuple(each.id for each in digest.sections)
        key = (reply.handle, digest.revision, reply.lang, reply.line, reply.page, sections, is_threaded)
        known = self._known.get(key)
        if known is None or (known.done() and (_failed(known) or known.result().digest != digest)):
            known = self._known[key] = asyncio.ensure_future(self._lay_out(reply, is_threaded=is_threaded))
        self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        # one who gives up does not take it from the others
        return await asyncio.shield(known)

    async def _lay_out(self, reply: Reply, *, is_threaded: bool) -> _Laid:
        digest, words = digest_of(reply), languages.load(reply.lang)
        file = await drawn(self._chart, digest)

        def laid_out() -> _Laid:
            root = layout.in_channel(
                digest,
                words,
                handle=reply.handle,
                line=asked_anew(reply),
                chart=None if file is None else file.name,
                page_url=reply.page,
                is_threaded=is_threaded,
            )
            sections = tuple(layout.thread_parts(digest, words)) if is_threaded else ()
            report = None if reply.page else layout.report_file(digest, words)
            name = layout.thread_name(digest, words)
            return _Laid(digest, root, (file,) if file is not None else (), sections, report, name)

        return await asyncio.to_thread(laid_out)


def _texts(post: TextPost, links: Sequence[str]) -> list[tuple[str, Piece]]:
    """A text; should it be longer than a message, the rest follows it in the same place."""
    words: Language = languages.load(post.lang)
    reply = Reply(post.text, post.lang, offers=post.offers)
    messages = answer.plain(reply, words, repo_urls=links)
    name = label(messages[0].notice, limits.THREAD_NAME)
    return [
        (f"{POST}-{number}" if number > 1 else POST, Piece(message, thread=name))
        for number, message in enumerate(messages, 1)
    ]


def _failed(made: asyncio.Future[_Laid]) -> bool:
    """What failed is no answer for the next one."""
    return made.cancelled() or made.exception() is not None


def _part(name: str, piece: Piece) -> Part:
    """The hash is of what is read: pictures of one digest are drawn alike, and not always to the same bytes."""
    files = [(each.name, b"" if each.alt else each.data) for each in piece.files]
    shown = repr((piece.message, files))
    return Part(name, piece, hashlib.sha256(shown.encode()).hexdigest()[:32])
