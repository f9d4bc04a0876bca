"""Repositories and items: what was mirrored, said and published of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from adapters.store.codec import Codec, SwiftCodec
from adapters.store.conversations import Conversation
from bot.forgetting.gone import Gone
from bot.history import sync_turn
from bot.mentions import told_in
from bot.turns import Turns
from summarizer.digests import Digest
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.store import Store
    from bot.forgetting.posts import Posts

MOST_EDITIONS: Final = 1_000_000

PICTURES: Final = "vllm-digest:cache:picture:"

_DIGEST: Codec[Digest] = SwiftCodec(Digest)
_CONVERSATION: Codec[Conversation] = Codec(Conversation)


class ReposForgotten:
    """Every method raises StoreError, and GitHubError `turn.busy` where a sync takes too long.

    An item is taken out wherever its text may be: with the whole digests that it was an event of, for their words may
    tell of it anywhere. A published one is removed rather than written anew, since what a model would write then is
    not what was posted. What a repository's texts are packed with was learnt from the first of them, and goes with the
    repository alone.
    """

    def __init__(
        self,
        store: Store,
        posts: Posts,
        *,
        now: Callable[[], datetime],
        discard_index: Callable[[], Awaitable[bool]],
    ) -> None:
        """discard_index: throws the search file of this host away; whether there was one."""
        self._store = store
        self._posts = posts
        self._now = now
        self._discard_index = discard_index
        self._turns = Turns(store.leases)

    async def repo(self, repo: str) -> Gone:
        """A repository, and what was subscribed of it: it would be fetched again for that. Which of its items are to
        stay forgotten is kept."""
        gone = Gone()
        name = repo.lower()
        subscribed = await self._posts.subscriptions(lambda one: one.repo.lower() == name)
        await self._posts.erase(subscribed, gone)
        main, cached = self._store.forget, self._store.forget_cached
        async with self._turns.take(sync_turn(repo)):
            gone.add("items", await main.remove_all(f"vllm-digest:mirror:{{{name}#"))
            stays = f"vllm-digest:mirror:{{{name}:forgotten}}"
            gone.add("mirror", await main.remove_all(f"vllm-digest:mirror:{{{name}:", but=[stays]))
        gone.add("mends", await main.remove([f"vllm-digest:mends:{{{name}}}"]))
        editions = await main.keys(f"vllm-digest:edition:{{{name}:")
        await main.remove(
            [*editions, f"vllm-digest:editions:{{{name}}}", f"vllm-digest:editions:{{{name}}}:changes"]
        )
        gone.add("editions", sum(not key.endswith(":about") for key in editions))
        await main.remove_all(f"vllm-digest:mentions:{{{name}#")
        await main.remove([f"vllm-digest:mentions:{{{name}}}"])
        gone.add("assessments", await cached.remove_all(f"vllm-digest:cache:assessment:{name}#"))
        await cached.remove_all(f"{PICTURES}{name}#")
        await self._digests(lambda digest: digest.facts.repo.lower() == name, gone)
        gone.add("feedback", await self._store.feedback.remove(lambda entry: entry.repo.lower() == name))
        await self._conversations(name, gone)
        gone.add("shown", await self._store.shown.remove_repo(await self._shown(), name))
        gone.add("index", await self._discard_index())
        return gone

    async def item(self, repo: str, number: int) -> Gone:
        """An issue or pull request. It stays forgotten: nothing that is read of it later is kept."""
        gone = Gone()
        name = repo.lower()
        gone.add("items", await self._store.mirror.forget(repo, number, self._now()))
        of_item = f"vllm-digest:cache:assessment:{name}#{number}:"
        gone.add("assessments", await self._store.forget_cached.remove_all(of_item))
        await self._store.forget_cached.remove_all(f"{PICTURES}{name}#")  # they are drawn anew

        def tells(digest: Digest) -> bool:
            facts = digest.facts
            return facts.repo.lower() == name and (number in facts.items or number in facts.related)

        await self._digests(tells, gone)
        for kept in await self._store.editions.newest(repo, MOST_EDITIONS):
            if await self._is_told(repo, kept.id, tuple(kept.titles), tells):
                numbers = await told_in(self._store, repo, kept.id, kept.titles)
                await self._store.mentions.remove(repo, kept.id, numbers)
                await self._store.editions.remove(repo, kept.id)
                gone.add("editions", 1)
        await self._store.mentions.forget(repo, number)
        await self._store.editions.touch(repo)  # so that no page of it is given from memory
        gone.add("mends", await self._store.mends.drop(repo, f"#{number}"))
        gone.add(
            "feedback",
            await self._store.feedback.remove(
                lambda entry: entry.repo.lower() == name and entry.number == number
            ),
        )
        watching = await self._posts.subscriptions(lambda one: one.is_watch and one.repo.lower() == name)
        marks = (f"#{number} ", f"#{number}]", f"/{number})")
        await self._posts.texts(
            [one.id for one in watching], lambda text: any(mark in f"{text} " for mark in marks), gone
        )
        gone.add("index", await self._discard_index())
        return gone

    async def _digests(self, chosen: Callable[[Digest], bool], gone: Gone) -> None:
        """Drop the digests that were asked for and are still kept, with the lines that they were asked for with."""
        cached = self._store.forget_cached
        removed: set[str] = set()
        for kind in ("digest", "shown"):
            prefix = f"vllm-digest:cache:{kind}:"
            async for key, data in cached.values(prefix):
                digest = await asyncio.to_thread(_read, data)
                # what another version wrote is of no use to anybody
                if digest is None or chosen(digest):
                    handle = key.removeprefix(prefix)
                    await cached.remove([key, f"vllm-digest:cache:line:{handle}"])
                    removed.add(handle)
        gone.add("digests", len(removed))

    async def _is_told(
        self, repo: str, digest_id: str, langs: tuple[str, ...], tells: Callable[[Digest], bool]
    ) -> bool:
        for lang in langs:
            data = await self._store.editions.load(repo, digest_id, lang)
            digest = await asyncio.to_thread(_read, data) if data else None
            if digest is not None and tells(digest):
                return True
        return False

    async def _conversations(self, name: str, gone: Gone) -> None:
        """Drop what was asked last about a repository."""
        found = self._store.forget.values("vllm-digest:conversation:")
        keys = [key async for key, data in found if name in _said(data)]
        gone.add("conversations", await self._store.forget.remove(keys))

    async def _shown(self) -> list[str]:
        return await self._store.forget.keys("vllm-digest:shown:")


def _read(data: bytes) -> Digest | None:
    try:
        return _DIGEST.load(data)
    except StoreError:
        return None


def _said(data: bytes) -> str:
    try:
        return json.dumps(asdict(_CONVERSATION.load(data)), default=str).lower()
    except StoreError:
        return ""
