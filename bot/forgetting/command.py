"""The command: what is to be forgotten, and what went."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bot.forgetting.people import PeopleForgotten
from bot.forgetting.posts import Posts
from bot.forgetting.repos import ReposForgotten
from bot.naming import PEOPLE, PLACES
from bot.subscriptions.registry import Registry
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.forgetting.gone import Gone
    from summarizer.languages import Language

_TEAM = re.compile("|".join(PLACES), re.ASCII)
_USER = re.compile("|".join(PEOPLE), re.ASCII)
_REPO = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)
_ITEM = re.compile(r"([\w-]+/[\w.-]+)#(\d{1,9})", re.ASCII)


class Forgetting:
    """Forgets teams ("slack:T0123"), users ("slack-user:U0123"), repositories ("owner/name") and items
    ("owner/name#123"). Every method raises StoreError."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        discard_index: Callable[[], Awaitable[bool]],
        repos: Sequence[str],
    ) -> None:
        """discard_index: throws the search file of this host away; whether there was one. repos: those of the
        settings."""
        self._store = store
        self._repos = {repo.lower() for repo in repos}
        registry = Registry(store, now)
        posts = Posts(store, registry)
        self._people = PeopleForgotten(store, registry, posts)
        self._repositories = ReposForgotten(store, posts, now=now, discard_index=discard_index)

    async def team(self, team: str) -> Gone:
        """See `PeopleForgotten.team`."""
        return await self._people.team(team)

    async def __call__(self, kind: str, id_: str, words: Language) -> str:
        """Plain text that tells what went. Raises BadInput for what is no id of that kind, StoreError."""
        gone = await self._of(kind, id_)
        await self._store.forget.rewrite()
        what = id_  # of a form that holds no more than letters and signs of ids
        lines = gone.lines(words)
        if not lines:
            return words.text("forgetting.nothing", what=what)
        notes = [words.text("forgetting.elsewhere")]
        if "index" in gone.counts:
            notes.insert(0, words.text("forgetting.index"))
        if kind == "repo" and id_.lower() in self._repos:
            notes.append(words.text("forgetting.configured", repo=what))
        return "\n".join([words.text("forgetting.done", what=what), *lines, "", *notes])

    async def _of(self, kind: str, id_: str) -> Gone:
        if kind == "team" and _TEAM.fullmatch(id_):
            return await self._people.team(id_)
        if kind == "user" and _USER.fullmatch(id_):
            return await self._people.user(id_)
        if kind == "repo" and _REPO.fullmatch(id_):
            return await self._repositories.repo(id_)
        if kind == "item" and (item := _ITEM.fullmatch(id_)):
            return await self._repositories.item(item[1], int(item[2]))
        if kind in ("team", "user", "repo", "item"):
            raise BadInput(f"forgetting.{kind}", id=id_)
        raise BadInput("forgetting.usage")


class Services(Protocol):
    """What the command needs of the process."""

    @property
    def forgetting(self) -> Forgetting: ...


async def forget(services: Services, kind: str, id_: str, words: Language) -> str:
    """See `Forgetting.__call__`."""
    return await services.forgetting(kind, id_, words)
