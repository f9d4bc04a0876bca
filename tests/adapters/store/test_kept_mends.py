"""Mends of topics as they are kept: one a target, proposals beside them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.store.codec import Codec
from adapters.store.connection import Connection, connect
from adapters.store.mends import Kept, Mends, proposal_id
from summarizer.topics import Mend, Rule, Topic
from summarizer.topics.mends import UNDATED
from tests.adapters.store.links import Late, Twice
from tests.builders import REPO, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store import Store
    from adapters.store.connection import Command
    from summarizer.topics.mends import Action


def mend(action: Action = "add", number: int = 26701, minutes: float = 0, **changes: object) -> Mend:
    return replace(
        Mend("amd", action, number, None, "slack-user:U1", at(minutes)),
        **changes,  # type: ignore[arg-type]
    )


def of_person(action: Action = "add", login: str = "octocat", minutes: float = 0) -> Mend:
    return Mend("amd", action, None, login, "shell", at(minutes))


async def test_a_repository_that_nobody_mended_has_nothing_kept(any_store: Store) -> None:
    assert await any_store.mends.load(REPO) == Kept()
    assert await any_store.mends.revision(REPO) == 0


async def test_what_was_decided_comes_back_as_it_was_under_the_name_in_any_case(any_store: Store) -> None:
    long = mend(because="因为" * 1_000, repo=REPO, number=7)
    for each in (mend(), of_person(minutes=1), long):
        await any_store.mends.add(REPO.upper(), each, proposed=False)

    kept = await any_store.mends.load(REPO)
    assert kept.mends == (mend(), long, of_person(minutes=1))
    assert kept.proposals == ()
    assert await any_store.mends.revision(REPO.upper()) == kept.revision == 3
    assert await any_store.mends.load("some/other") == Kept()


async def test_the_later_decision_takes_the_place_of_the_earlier_whatever_the_clock_says(
    store: Store,
) -> None:
    await store.mends.add(REPO, mend("add", minutes=10), proposed=False)
    await store.mends.add(REPO, of_person("add", "OctoCat"), proposed=False)

    await store.mends.add(REPO, mend("remove", minutes=5), proposed=False)
    kept = await store.mends.add(REPO, of_person("remove", "octocat"), proposed=False)

    assert kept.mends == (of_person("remove", "octocat"), mend("remove", minutes=5))
    assert kept.held(mend("add")) == mend("remove", minutes=5)
    assert kept.held(replace(mend(), topic="moe")) is None


async def test_a_proposal_waits_and_changes_nothing_that_holds(any_store: Store) -> None:
    kept = await any_store.mends.add(REPO, mend(), proposed=True)

    assert kept.mends == ()
    [proposal] = kept.proposals
    assert proposal.mend == mend()
    assert kept.proposed(proposal.id) == mend()
    assert proposal.id == proposal_id(mend(minutes=99, by="discord-user:1"))


async def test_to_propose_the_same_again_adds_nothing(store: Store) -> None:
    first = await store.mends.add(REPO, mend(), proposed=True)

    assert await store.mends.add(REPO, mend(minutes=5, by="discord-user:1"), proposed=True) == first
    both = await store.mends.add(REPO, mend("remove", minutes=6), proposed=True)
    assert [each.mend for each in both.proposals] == [mend(), mend("remove", minutes=6)]


async def test_a_rejected_proposal_is_gone_and_the_others_wait_on(any_store: Store) -> None:
    mends = any_store.mends
    await mends.add(REPO, mend(), proposed=True)
    await mends.add(REPO, mend(number=2), proposed=True)

    kept = await mends.reject(REPO, proposal_id(mend()))

    assert [each.mend.number for each in kept.proposals] == [2]
    assert kept.mends == ()
    assert await mends.reject(REPO, proposal_id(mend())) == kept


async def test_a_decision_settles_what_was_proposed_for_its_target_and_nothing_else(any_store: Store) -> None:
    for proposed in (mend(), mend("remove"), mend(number=2), replace(mend(), topic="moe"), of_person()):
        await any_store.mends.add(REPO, proposed, proposed=True)

    kept = await any_store.mends.add(REPO, mend("remove"), proposed=False)

    assert kept.mends == (mend("remove"),)
    assert sorted(each.id for each in kept.proposals) == ["add:amd:#2", "add:amd:@octocat", "add:moe:#26701"]


async def test_decisions_at_the_same_time_are_all_kept(any_store: Store) -> None:
    numbers = range(1, 21)
    await asyncio.gather(*(any_store.mends.add(REPO, mend(number=n), proposed=n % 2 == 0) for n in numbers))

    kept = await any_store.mends.load(REPO)
    decided = [each.number for each in kept.mends] + [each.mend.number for each in kept.proposals]
    assert sorted(number for number in decided if number) == [*numbers]
    assert kept.revision == len(numbers)


async def test_a_change_that_is_sent_again_is_applied_once(any_server: str, any_store: Store) -> None:
    async with connect(any_server) as connection:
        mends = Mends(Connection(Twice(connection), "REDIS_URL"))
        await mends.add(REPO, mend(), proposed=True)
        await mends.add(REPO, mend(number=2), proposed=True)
        await mends.add(REPO, mend(), proposed=False)
        await mends.reject(REPO, proposal_id(mend(number=2)))
        await mends.add(REPO, of_person(), proposed=False)

    kept = await any_store.mends.load(REPO)
    assert kept.revision == 5
    assert (kept.mends, kept.proposals) == ((mend(), of_person()), ())


async def test_what_is_sent_again_late_undoes_nothing_of_what_came_between(
    any_server: str, any_store: Store
) -> None:
    async with connect(any_server) as connection:
        link = Late(connection, "EVAL", REPO, reply=True)
        late = asyncio.create_task(
            Mends(Connection(_Again(link, connection), "REDIS_URL")).add(REPO, mend("add"), proposed=False)
        )
        await link.held.wait()
        await any_store.mends.add(REPO, mend("remove", minutes=1), proposed=False)
        link.go.set()
        await late

    assert (await any_store.mends.load(REPO)).mends == (mend("remove", minutes=1),)


class _Again(Twice):
    """What goes over `link` has its reply lost, and is then sent again."""

    def __init__(self, link: Late, connection: Connection) -> None:
        super().__init__(connection)
        self._link = link

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        await self._link.send(commands)
        return await self._connection.call_many(commands)


def test_a_topic_is_kept_with_its_mends_those_of_a_file_too() -> None:
    mends = (mend(because="so"), replace(of_person(), at=UNDATED, repo="acme/engine"))
    topic = Topic("amd", {"en": "AMD"}, (), (Rule("title", ("rocm",), "about"),), mends)
    codec: Codec[Topic] = Codec(Topic)

    assert codec.load(codec.dump(topic)) == topic
