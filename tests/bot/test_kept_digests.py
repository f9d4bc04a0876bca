"""Kept digests share what they have in common once they are unpacked, and are what was kept nevertheless."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.kept import Kept
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from adapters.store import Store
    from summarizer.digests import Digest

FACTS = facts_of(ITEMS, next(iter(WINDOWS.values())))


async def unpacked(store: Store, *digests: Digest) -> list[Digest]:
    """As a process that has made none of them opens them, one after the other."""
    kept = Kept(store.cache)
    for place, digest in enumerate(digests):
        await kept.put(f"{place}", digest, settled=True)
    found = [await kept.shown(f"{place}") for place in range(len(digests))]
    assert found == list(digests)
    return [each for each in found if each is not None]


async def test_a_digest_in_two_languages_has_its_facts_once(store: Store) -> None:
    english, chinese = await unpacked(store, digest_of(FACTS, "en"), digest_of(FACTS, "zh"))
    assert english.facts is chinese.facts


async def test_digests_of_other_windows_have_their_equal_items_once(store: Store) -> None:
    other = replace(FACTS, window=replace(FACTS.window, tz="UTC"))
    one, two = await unpacked(store, digest_of(FACTS, "en"), digest_of(other, "en"))
    assert one.facts.items
    assert all(two.facts.items[number] is item for number, item in one.facts.items.items())


async def test_an_item_that_has_changed_is_another_one(store: Store) -> None:
    number, item = next(iter(FACTS.items.items()))
    changed = replace(FACTS, items={**FACTS.items, number: replace(item, title="Renamed since")})
    one, two = await unpacked(store, digest_of(FACTS, "en"), digest_of(changed, "en"))
    assert (one.facts.items[number].title, two.facts.items[number].title) == (item.title, "Renamed since")
