"""Editions: the kept digests, as the web room asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Digest


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept digest in a list. title: plain words. at: when its window ended, aware. languages: codes."""

    repo: str
    id: str
    title: str
    at: datetime
    languages: tuple[str, ...]


class Editions(Protocol):
    """The digests that are kept, as far as a visitor of the web may read them; all else is as if it were not there."""

    async def newest(self, repo: str | None) -> Sequence[Listed]:
        """The newest first; repo: of that one only. Raises StoreError."""
        ...

    async def languages(self, repo: str, digest_id: str) -> Sequence[str]:
        """The codes of the languages that a digest is kept in, empty where there is none. Raises StoreError."""
        ...

    async def open(self, repo: str, digest_id: str, lang: str) -> Digest | None:
        """The digest in that language. Raises StoreError."""
        ...
