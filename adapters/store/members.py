"""Members: of whom and of which places something is kept, by the workspace or server they belong to. State.

It is written down here before anything of them is kept, so that all of it can be found when the bot has been removed or
somebody wants to be forgotten. What was said goes by itself, and with it what is known of it here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from adapters.store.conversations import KEEP_S
from adapters.store.room import passed_over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.store.connection import Command, Connection

_SEEN: Final = "vllm-digest:teams"
_DEPARTED: Final = "vllm-digest:teams:departed"


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is known of a workspace or server. people: as `People` knows them. places: as `Places` does. talks: as
    `Conversations` does."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    talks: tuple[str, ...] = ()


class Members:
    """By team, such as "slack:T0123". Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, *, team: str, person: str = "", place: str = "", talk: str = "") -> None:
        """Something will be kept of this person, of a place or of what was said. team: "" where they belong to none.
        Where this cannot be written down, neither can that."""
        commands: list[Command] = []
        now = int(time.time())
        if team:
            told = [f"{kind} {key}" for kind, key in (("person", person), ("place", place)) if key]
            commands = [("SADD", _members(team), *told), ("HSET", _SEEN, team, now)]
        for owner in filter(None, (team, person)) if talk else ():
            commands += [
                ("ZADD", _talks(owner), now, talk),
                ("ZREMRANGEBYSCORE", _talks(owner), "-inf", now - KEEP_S),
                ("EXPIRE", _talks(owner), KEEP_S),
            ]
        with passed_over("members"):
            await self._connection.call_many(commands)

    async def of_team(self, team: str) -> Belongings:
        """All that is known of it."""
        members, talks = await self._connection.call_many(
            [("SMEMBERS", _members(team)), ("ZRANGE", _talks(team), 0, -1)]
        )
        found: dict[str, list[str]] = {"person": [], "place": []}
        for member in sorted(members):
            kind, _, key = member.decode().partition(" ")
            found[kind].append(key)
        said = tuple(talk.decode() for talk in talks)
        return Belongings(tuple(found["person"]), tuple(found["place"]), said)

    async def talks(self, person: str) -> tuple[str, ...]:
        """What this person has said last somewhere."""
        return tuple(talk.decode() for talk in await self._connection.call("ZRANGE", _talks(person), 0, -1))

    async def teams_of(self, person: str) -> tuple[str, ...]:
        """The teams that this person belongs to, those left out that the bot has gone from."""
        seen, gone = await self._connection.call_many([("HKEYS", _SEEN), ("HKEYS", _DEPARTED)])
        teams = sorted(team.decode() for team in set(seen) - set(gone))
        flags = await self._connection.call_many(
            [("SISMEMBER", _members(team), f"person {person}") for team in teams]
        )
        return tuple(team for team, is_in in zip(teams, flags, strict=True) if is_in)

    async def depart(self, team: str, at: datetime) -> None:
        """The bot is there no more; the first time that this is told counts."""
        await self._connection.call("HSETNX", _DEPARTED, team, int(at.timestamp()))

    async def come_back(self, team: str) -> bool:
        """The bot is there again; False where it was not known to be gone."""
        return bool(await self._connection.call("HDEL", _DEPARTED, team))

    async def departed(self) -> Mapping[str, datetime]:
        """Where the bot has gone from, and when."""
        return await self._times(_DEPARTED)

    async def seen(self) -> Mapping[str, datetime]:
        """When somebody of a team was last heard of."""
        return await self._times(_SEEN)

    async def drop_team(self, team: str) -> None:
        """Forget that there is such a team."""
        await self._connection.call_many(
            [
                ("DEL", _members(team)),
                ("DEL", _talks(team)),
                ("HDEL", _SEEN, team),
                ("HDEL", _DEPARTED, team),
            ]
        )

    async def drop_person(self, person: str) -> None:
        """Forget that there is such a person."""
        teams = await self._connection.call("HKEYS", _SEEN)
        await self._connection.call_many(
            [
                ("DEL", _talks(person)),
                *(("SREM", _members(team.decode()), f"person {person}") for team in teams),
            ]
        )

    async def _times(self, key: str) -> dict[str, datetime]:
        reply: dict[bytes, bytes] = await self._connection.call("HGETALL", key)
        return {team.decode(): datetime.fromtimestamp(int(at), UTC) for team, at in reply.items()}


def _members(team: str) -> str:
    return f"vllm-digest:members:{{{team}}}"


def _talks(owner: str) -> str:
    return f"vllm-digest:members:{{{owner}}}:talks"
