"""Where the questions are asked: the bundled sample and the made-up weeks, each in a mirror of its own."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.github.demo import Demo
from adapters.source import Reading, untold
from adapters.store import open_store
from benchmarks.questions import world
from benchmarks.questions.oracle import Known, matching, window_of
from bot.find import Find
from summarizer.items import Coverage, Seen
from summarizer.questions.query import ME, Part, Query
from summarizer.topics import load_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from summarizer.items import Item

ASKING = "mei-lin"
"""The login of who asks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mirror to ask. name: of its row."""

    name: str
    known: Known
    find: Find
    _meant: dict[Query, frozenset[int]] = field(default_factory=dict, compare=False)

    async def found(self, query: Query) -> list[frozenset[int]]:
        """What the bot finds, and what it finds on the other side of a comparison. Raises BadInput."""
        return [await self._found(each) for each in _sides(query)]

    def meant(self, query: Query) -> list[frozenset[int]]:
        """What a naive scan finds. Raises BadInput."""
        for each in _sides(query):
            if each not in self._meant:
                self._meant[each] = matching(each, self.known)
        return [self._meant[each] for each in _sides(query)]

    async def _found(self, query: Query) -> frozenset[int]:
        known = self.known
        people = tuple(Part(part.role, known.me if part.login == ME else part.login) for part in query.people)
        found = await self.find.found(
            known.items[0].repo,
            replace(query, people=people, against=None),
            window=window_of(query.window, known),
            rules=known.rules,
            now=known.now,
            coverage=Coverage(Seen(len(known.items), len(known.items)), Seen(0, 0)),
            mirror_from=None,
            synced_until=known.now,
        )
        return frozenset(match.number for match in found.matches)


def _sides(query: Query) -> list[Query]:
    return [query, query.against] if query.against else [query]


def logins_of(known: Iterable[Known]) -> Callable[[str], bool]:
    """Whether a word is the login of somebody there, in any case."""
    logins = {login for each in known for item in each.items for login in _logins(item)}
    return lambda word: word.casefold() in logins


def labels_of(known: Iterable[Known]) -> Callable[[str], bool]:
    """Whether a word is a label there, in any case."""
    labels = {label.casefold() for each in known for item in each.items for label in item.labels}
    return lambda word: word.casefold() in labels


def _logins(item: Item) -> set[str]:
    people = [item.author, item.merged_by, *(comment.author for comment in item.comments)]
    people += [review.author for review in item.reviews]
    named = {person.login for person in people if person is not None}
    named.update(item.assignees or (), item.review_requests or ())
    return {login.casefold() for login in named} | {login.casefold().removesuffix("[bot]") for login in named}


@asynccontextmanager
async def open_places() -> AsyncIterator[list[Place]]:
    """Both, as long as they are asked."""
    async with _place("made-up weeks", made_up()) as weeks, _place("sample", await sample()) as demo:
        yield [weeks, demo]


def made_up() -> Known:
    return Known(world.build(), world.RELEASES, load_topics(), world.NOW, world.ZONE, ASKING)


async def sample() -> Known:
    demo = Demo()
    read: list[Item] = []

    async def keep(readings: Sequence[Reading]) -> None:
        read.extend(reading.item for reading in readings)

    edge = await demo.updated_since(demo.repo, demo.begins, keep, untold)
    return Known(tuple(read), edge.releases, load_topics(), demo.until, world.ZONE, ASKING)


@asynccontextmanager
async def _place(name: str, known: Known) -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_store(None, Path(folder)) as store,
            Find(Path(folder) / "text.db", store) as find,
        ):
            at = known.now + timedelta(days=1)
            readings = [Reading(item, "whole", at) for item in known.items]
            await store.mirror.save(known.items[0].repo, readings)
            yield Place(name, known, find)
