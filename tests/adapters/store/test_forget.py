"""Forgetting by key, on all nodes; and items that a mirror may never keep again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.store.connection import connect
from adapters.store.forget import Forget
from tests.builders import NOON, REPO, at, comment, event, item, listed, reading

if TYPE_CHECKING:
    from adapters.store import Store


async def test_all_keys_that_begin_so_are_found_on_whatever_node_and_go(
    any_server: str, any_store: Store
) -> None:
    async with connect(any_server) as connection:
        forget = Forget(connection)
        names = [f"a:{number}" for number in range(2_000)]
        await connection.call_many([("SET", name, "x") for name in [*names, "ab", "b:1", "a*1", "a?"]])

        assert await forget.keys("a:") == sorted(names)
        assert await forget.keys("a*") == ["a*1"]
        assert [key async for key, value in forget.values("a:19") if value == b"x"] == sorted(
            name for name in names if name.startswith("a:19")
        )
        assert await forget.remove_all("a:", but=["a:7"]) == 1_999
        assert await forget.keys("") == ["a*1", "a:7", "a?", "ab", "b:1", "vllm-digest:schema"]
        assert await forget.remove(["b:1", "b:2"]) == 1
        await forget.rewrite()
        await forget.rewrite()


SECRET = item(
    7,
    title="A secret",
    author="ann",
    labels=("bug",),
    body="hush",
    events=(event("opened", 1),),
    comments=(comment("bob", 2, "hush hush"),),
    updated=2,
)


async def test_a_forgotten_item_is_nowhere_in_the_mirror_and_still_counts(any_store: Store) -> None:
    mirror = any_store.mirror
    other = item(8, events=(event("opened", 1),), updated=1)
    await mirror.save(REPO, [reading(SECRET), reading(other)])
    await mirror.cite(REPO, [7], at(10_000))
    before = await mirror.position(REPO)

    assert await mirror.forget(REPO, 7, at(60))

    assert await mirror.item(REPO, 7) is None
    assert [each.number for each in await mirror.items_between(REPO, NOON, at(60))] == [8]
    assert await mirror.with_term(REPO, "author:ann") == set()
    assert await mirror.cited(REPO, NOON) == set()
    assert await mirror.tombstones(REPO) == {7: f"forgotten {at(60).isoformat()}"}
    assert (await mirror.changes(REPO, before))[0] == {7}
    assert not await mirror.forget(REPO, 7, at(61))
    assert await mirror.count(REPO, "pull_request", NOON, at(60)) == 2


async def test_what_is_read_of_a_forgotten_item_later_is_not_kept_but_when_it_was_updated(
    any_store: Store, any_server: str
) -> None:
    mirror = any_store.mirror
    await mirror.save(REPO, [reading(SECRET)])
    await mirror.forget(REPO, 7, at(60))
    moved = replace(SECRET, updated_at=at(500), title="A secret again")

    for part in (reading(listed(moved), "light"), reading(moved, minutes=2_000)):
        await mirror.save(REPO, [part, reading(item(9, events=(event("opened", 3),)))])
    await mirror.fill(REPO, [(moved, ["title"])])

    assert await mirror.item(REPO, 7) is None
    assert await mirror.item(REPO, 9) is not None
    assert [await mirror.count(REPO, "pull_request", at(490), end) for end in (at(500), at(501))] == [0, 1]
    assert "forgotten" in (await mirror.tombstones(REPO))[7]
    async with connect(any_server) as connection:
        kept = await connection.call("HGETALL", f"vllm-digest:mirror:{{{REPO}#7}}")
        assert set(kept) == {b"rev"}


async def test_an_item_that_was_never_seen_can_be_forgotten_beforehand(any_store: Store) -> None:
    assert not await any_store.mirror.forget(REPO, 7, at(60))

    await any_store.mirror.save(REPO, [reading(SECRET)])

    assert await any_store.mirror.item(REPO, 7) is None
    assert await any_store.mirror.updated_since(REPO) == [7]


async def test_an_item_that_github_deletes_after_it_was_forgotten_counts_no_more(any_store: Store) -> None:
    await any_store.mirror.save(REPO, [reading(SECRET)])
    await any_store.mirror.forget(REPO, 7, at(60))

    await any_store.mirror.bury(REPO, {7: "deleted"}, at(90))

    assert await any_store.mirror.updated_since(REPO) == []
