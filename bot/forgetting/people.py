"""Teams and people of the chat platforms: what they set, asked and thought, and what was posted for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.forgetting.gone import Gone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.store import Store
    from bot.forgetting.posts import Posts
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

SOMEBODY: Final = "somebody"
"""Who decided what stays, when that may not be told any more."""


class PeopleForgotten:
    """Every method raises StoreError."""

    def __init__(self, store: Store, registry: Registry, posts: Posts) -> None:
        self._store = store
        self._registry = registry
        self._posts = posts

    async def team(self, team: str) -> Gone:
        """A workspace or server ("slack:T0123") with all of its people that belong to no other one."""
        gone = Gone()
        platform, _, id_ = team.partition(":")
        kept = await self._store.members.of_team(team)
        elsewhere = await self._posts.subscriptions(
            lambda one: (one.destination.platform, one.destination.team) != (platform, id_)
        )
        still_here = {one.owner for one in elsewhere if one.destination.team and one.state != "ended"}
        there = [
            person
            for person in kept.people
            if person not in still_here and not set(await self._store.members.teams_of(person)) - {team}
        ]
        people = frozenset(there)

        def is_theirs(one: Subscription) -> bool:
            at = one.destination
            alone = bool(at.person and not at.channel) and f"{at.platform}-user:{at.person}" in people
            return (at.platform, at.team) == (platform, id_) or (alone and not at.team)

        await self._posts.erase(await self._posts.subscriptions(is_theirs), gone)
        await self._posts.notices(
            lambda row: (row.destination.platform, row.destination.team) == (platform, id_), gone
        )
        gone.add("halts", await self._registry.lift(team, SOMEBODY))
        await self._posts.changes(lambda who, where: where == team or who in people, gone)
        gone.add(
            "feedback",
            await self._store.feedback.remove(
                lambda entry: (
                    (entry.team == id_ and entry.who.startswith(f"{platform}-")) or entry.who in people
                )
            ),
        )
        for place in {*kept.places, f"{platform}-server:{id_}"}:
            gone.add("places", await self._store.places.drop(place))
        await self._talks(kept.talks, gone)
        for person in there:
            await self._of_person(person, gone)
        if platform == "slack":
            gone.add("installations", await self._store.workspaces.remove(id_))
        await self._store.members.drop_team(team)
        return gone

    async def user(self, person: str) -> Gone:
        """A person ("slack-user:U0123"). What they subscribed channels to stays theirs who read it there."""
        gone = Gone()
        platform, _, id_ = person.partition("-user:")

        def is_theirs(one: Subscription) -> bool:
            at = one.destination
            return at.platform == platform and at.person == id_ and not at.channel

        await self._posts.erase(await self._posts.subscriptions(is_theirs), gone)
        owned = [each.id for each in await self._posts.subscriptions(lambda one: one.owner == person)]
        gone.add("owners", await self._registry.disown(owned))
        await self._posts.notices(
            lambda row: (row.destination.platform, row.destination.person) == (platform, id_), gone
        )
        gone.add("halts", await self._registry.disown_halts(person, SOMEBODY))
        await self._posts.changes(lambda who, _where: who == person, gone)
        gone.add("feedback", await self._store.feedback.remove(lambda entry: entry.who == person))
        for repo in await self._repos_with_mends():
            gone.add("mends", await self._store.mends.disown(repo, person, SOMEBODY))
        await self._of_person(person, gone)
        return gone

    async def _of_person(self, person: str, gone: Gone) -> None:
        gone.add("preferences", await self._store.people.drop(person))
        gone.add("shown", await self._store.shown.drop(person))
        await self._talks(await self._store.members.talks(person), gone)
        await self._store.members.drop_person(person)

    async def _talks(self, talks: Iterable[str], gone: Gone) -> None:
        for talk in talks:
            gone.add("conversations", await self._store.conversations.forget(talk))

    async def _repos_with_mends(self) -> list[str]:
        prefix = "vllm-digest:mends:{"
        return [key.removeprefix(prefix).removesuffix("}") for key in await self._store.forget.keys(prefix)]
