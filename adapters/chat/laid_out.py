"""Laid out: digests as messages, made beside the event loop and kept for a while, since many ask for the same one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from summarizer.digests import Digest

if TYPE_CHECKING:
    from summarizer.languages import Language

M = TypeVar("M")
"""What a platform shows."""
M_co = TypeVar("M_co", covariant=True)

MOST: Final = 16
"""Messages that are kept, some 50 KB each."""


class Make(Protocol[M_co]):
    """A platform's layout of a digest. language: that of its sections. handle, line: what its buttons open the digest
    with, and ask anew."""

    def __call__(self, digest: Digest, language: Language, *, handle: str, line: str) -> M_co: ...


@dataclass(frozen=True, slots=True)
class _Laid(Generic[M]):
    digest: Digest
    message: asyncio.Future[M]


class LaidOut(Generic[M]):
    """The layouts of a process. A digest that was made anew under its handle is laid out anew."""

    def __init__(self, make: Make[M], most: int = MOST) -> None:
        """make: called in a thread. most: layouts that are kept."""
        self._make = make
        self._most = most
        self._known: OrderedDict[tuple[str, str, str], _Laid[M]] = OrderedDict()

    async def get(self, digest: Digest, language: Language, *, handle: str, line: str) -> M:
        """The message. Who asks for the same at the same time waits for one and the same."""
        key = (handle, line, language.code)
        known = self._known.get(key)
        # digests that share their parts, as those of one handle do, are compared by these parts' identity
        if known is None or known.digest != digest:
            making = asyncio.to_thread(self._make, digest, language, handle=handle, line=line)
            known = self._known[key] = _Laid(digest, asyncio.ensure_future(making))
            known.message.add_done_callback(lambda made: self._made(key, made))
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        # one who gives up does not take it from the others
        return await asyncio.shield(known.message)

    def _made(self, key: tuple[str, str, str], message: asyncio.Future[M]) -> None:
        """What failed is no answer for the next one."""
        known = self._known.get(key)
        failed = message.cancelled() or message.exception() is not None
        if failed and known is not None and known.message is message:
            del self._known[key]
