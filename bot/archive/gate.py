"""The gate of the pages: who a visitor is to the settings, and which repositories are there for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from adapters.store.states import MirrorState
from adapters.web.archive import Standing
from bot.access import VISITOR, WEB, Principal
from bot.archive.reaching import told_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import Visitor
    from bot.access import Access
    from bot.mends import MendTopics

KNOWN_S: Final = 1.0
"""For how long a change made elsewhere is not seen here: in what is kept, or in who may read it."""
MOST_KNOWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    state: MirrorState
    standing: Standing


class Gate:
    """Lets visitors in, by `DIGEST_ACCESS`."""

    def __init__(
        self,
        store: Store,
        access: Access,
        mends: MendTopics,
        *,
        has_doors: bool,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """has_doors: whether visitors can sign in, so that those who have not are not let in by "web"."""
        self._store = store
        self._access = access
        self._mends = mends
        self._has_doors = has_doors
        self._now = now
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}

    def principal(self, visitor: Visitor) -> Principal:
        """As whom a visitor reads."""
        if not self._has_doors:
            return WEB
        if not visitor.is_signed_in:
            return VISITOR
        return Principal("web-user", visitor.name) if visitor.name else WEB

    def at_hand(self, repo: str, visitor: Visitor) -> Standing | None:
        """See `adapters.web.archive.Archive`."""
        known = self._known.get(repo.lower())
        if known is None or known.until < self._monotonic():
            return None
        return self._if_allowed(known, visitor)

    async def standing(self, repo: str, visitor: Visitor) -> Standing | None:
        """See `adapters.web.archive.Archive`."""
        name = repo.lower()
        known = self._known.get(name)
        if known is None or known.until < self._monotonic():
            known = await self._look(repo)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[name] = known
        return self._if_allowed(known, visitor)

    def _if_allowed(self, known: _Known, visitor: Visitor) -> Standing | None:
        state = known.state
        # what only a file told, or nobody, is not known to be public
        is_private = state.is_private or state.synced_until is None
        if not self._access.may_read(self.principal(visitor), state.repo, private=is_private):
            return None
        return known.standing

    async def _look(self, repo: str) -> _Known:
        state = await self._store.states.load(repo)
        repo = state.repo  # what is told of one that was renamed is kept under its present name
        # a text that is read later moves the feed of changes alone, and another reason for a mend its revision alone
        position = await self._store.mirror.position(repo)
        mends = await self._store.mends.revision(repo)
        changes = await self._store.editions.changes(repo)
        rules = await self._mends.rules(repo)
        is_private = state.is_private or state.synced_until is None
        named = sha256(f"{rules.hash} {repo} {is_private}".encode()).hexdigest()
        archive = f"{changes}.{named[:16]}"
        # without a watermark the weeks of pages end now
        hour = told_until(state, self._now()).replace(minute=0, second=0, microsecond=0)
        told = sha256(f"{state} {position} {mends} {hour}".encode()).hexdigest()
        standing = Standing(
            repo=repo,
            stamp=f"{archive}.{told[:16]}",
            archive=archive,
            synced_until=state.synced_until,
            mirror_from=None if state.whole else state.mirror_from,
            issues=state.issues,
            pull_requests=state.pull_requests,
            is_public=not is_private,
        )
        return _Known(self._monotonic() + KNOWN_S, state, standing)
