"""Memory: responses that were made before, sent again while nothing that they tell has changed.

Who may read is asked each time; only the making is spared.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers

from adapters.web.archive import ANYBODY
from adapters.web.responding import COMPRESSED, STAMP, is_known

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.web.archive import Archive

BUDGET: Final = 24 * 1024 * 1024
"""Bytes of bodies that are kept, and of what goes with each."""

BESIDE: Final = 3_000
"""Bytes that a response takes besides its body, with its key and its headers; roughly."""

LONGEST_KEY: Final = 1_000
"""Characters of an address and its headers; what is asked for with more is made anew each time."""

WORTH_IT: Final = 1_000
"""Bytes from which a body is compressed."""

_TEXTS: Final = (
    b"text/",
    b"application/json",
    b"application/feed+json",
    b"application/atom+xml",
    b"image/svg+xml",
)

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """headers: as they are sent, with the length. tag: of the body as it is not compressed."""

    repo: str
    stamp: str
    tag: str
    headers: RawHeaders
    body: bytes


class Memory:
    """ASGI middleware; a GET whose response tells what it was made from (`responding.STAMP`) is kept."""

    def __init__(self, app: ASGIApp, archive: Archive, budget: int = BUDGET) -> None:
        self._app = app
        self._archive = archive
        self._budget = budget
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_gzip = _takes_gzip(headers.get("accept-encoding", ""))
        asked = (scope["path"], scope["query_string"], headers.get("accept-language", ""))
        visitor = scope.get("visitor", ANYBODY)
        key = (*asked, is_gzip, visitor)
        kept = self._kept.get(key)
        if kept is not None:
            standing = self._archive.at_hand(kept.repo, visitor)
            standing = standing or await self._archive.standing(kept.repo, visitor)
            if standing is not None and kept.stamp in (standing.stamp, standing.archive):
                self._kept.move_to_end(key)
                await _again(kept, headers.get("if-none-match", ""), scope["method"], send)
                return
            self._forget(key)
        is_kept = scope["method"] == "GET" and sum(map(len, asked)) <= LONGEST_KEY
        await self._app(scope, receive, _Taken(self, key if is_kept else None, send, is_gzip=is_gzip))

    @property
    def held(self) -> int:
        """Bytes of what is kept."""
        return self._held

    def keep(self, key: tuple[object, ...], kept: _Kept) -> None:
        self._forget(key)
        self._kept[key] = kept
        self._held += BESIDE + len(kept.body)
        while self._held > self._budget:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: tuple[object, ...]) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._held -= BESIDE + len(gone.body)


class _Taken:
    """Sends a response on, and keeps it where it tells what it was made from."""

    def __init__(self, memory: Memory, key: tuple[object, ...] | None, send: Send, *, is_gzip: bool) -> None:
        self._memory = memory
        self._key = key
        self._send = send
        self._is_gzip = is_gzip
        self._start: Message | None = None
        self._stamp = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: RawHeaders = message["headers"]
            self._stamp = next((value for name, value in headers if name == STAMP.encode()), b"")
            if not self._stamp:
                await self._send(message)
                return
            headers = [(name, value) for name, value in headers if name != STAMP.encode()]
            self._start = {**message, "headers": headers}
            return
        if self._start is None:
            await self._send(message)
            return
        start, self._start = self._start, None
        if message.get("more_body"):  # none of ours has a stamp and comes in parts
            await self._send(start)
            await self._send(message)
            return
        body, headers = message.get("body", b""), start["headers"]
        told = dict(headers)
        tag = told.get(b"etag", b"").decode("latin-1")
        if self._is_gzip and len(body) >= WORTH_IT and told.get(b"content-type", b"").startswith(_TEXTS):
            body = gzip.compress(body, 6, mtime=0)
            headers = [
                *((name, value) for name, value in headers if name not in (b"content-length", b"etag")),
                (b"content-length", str(len(body)).encode()),
                (b"content-encoding", b"gzip"),
                (b"etag", (tag.removesuffix('"') + COMPRESSED).encode()),
            ]
        if start["status"] == 200 and self._key is not None:
            repo, _, stamp = self._stamp.decode("latin-1").partition(" ")
            self._memory.keep(self._key, _Kept(repo, stamp, tag, headers, body))
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _takes_gzip(accepted: str) -> bool:
    """By the header's value: RFC 9110, 12.5.3."""
    for each in accepted.split(","):
        name, _, quality = each.replace(" ", "").lower().partition(";q=")
        if name == "gzip":
            return not quality or quality.strip("0.") != ""
    return False


async def _again(kept: _Kept, if_none_match: str, method: str, send: Send) -> None:
    if if_none_match and is_known(if_none_match, kept.tag):
        headers = [
            (name, value)
            for name, value in kept.headers
            if name in (b"etag", b"cache-control", b"vary", b"content-location")
        ]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body if method == "GET" else b""})
