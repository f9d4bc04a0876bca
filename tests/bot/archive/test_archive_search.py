"""Searching: what somebody types finds items of the mirror and kept digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.web.archive import SearchShown, Visitor
from bot.commands import sentence
from summarizer.errors import BadInput
from tests.bot.archive.reading import PASSER, kept, stored
from tests.bot.talk import HOUR, NOW, REPO, talked_about, talking

if TYPE_CHECKING:
    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.github import World


async def search(bot: Services, words: str, visitor: Visitor = PASSER, page: int = 1) -> SearchShown:
    found = await bot.archive.search(REPO, words, visitor, page=page)
    assert found is not None
    return found


async def numbers(bot: Services, words: str) -> set[int]:
    return {match.number for match in (await search(bot, words)).found.matches}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("whisper", {105}),
        ("GEMMs", {102, 103}),
        ("gemms tune topic:amd", {102}),
        ("gemms -topic:amd", {103}),
        ("whisper|metrics", {93, 105}),
        ('"paged attention"', {91}),
        ('"attention paged"', set()),
        ("label:bug is:open", {105}),
        ("is:issue is:closed", {94, 106}),
        ("author:zoe is:merged", set()),
        ("author:@zoe", {93, 104}),
        ("#105", {105}),
        ("105", {105}),
        ("PR #102", {102}),
        (f"https://github.com/{REPO}/pull/102", {102}),
        (f"{REPO}#94", {94}),
        ("memory — !!", {106}),
        ("标签:bug is:open", {105}),
    ],
)
async def test_words_numbers_links_and_options_find_items(typed: str, found: set[int], host: Host) -> None:
    async with talking(host) as bot:
        assert await numbers(bot, typed) == found


async def test_a_number_that_is_no_item_is_a_word_unless_it_is_written_as_one(host: Host) -> None:
    world = talked_about()
    world.repository(REPO).open_issue("Error 4040 on load", by="cyd", at=NOW - HOUR)
    async with talking(host, world) as bot:
        word, item = await search(bot, "4040"), await search(bot, "#4040")

    assert [each.title for each in word.found.items.values()] == ["Error 4040 on load"]
    assert item.found.matches == ()
    assert item.found.missing == {4040: "unknown"}
    assert item.words == "#4040"


def many() -> World:
    world = talked_about()
    for number in range(201, 246):
        world.repository(REPO).open_issue(f"Quokka {number}", by="cyd", at=NOW - HOUR, number=number)
    return world


async def test_pages_hold_twenty_items_each_whole(host: Host) -> None:
    async with talking(host, many()) as bot:
        pages = [await search(bot, "quokka", page=page) for page in (1, 2, 3)]
        beyond = await search(bot, "quokka", page=99)

    assert [(each.page, each.pages, len(each.found.items)) for each in pages] == [
        (1, 3, 20),
        (2, 3, 20),
        (3, 3, 5),
    ]
    assert beyond.page == 3
    shown = [number for each in pages for number in each.found.items]
    assert shown == [match.number for match in pages[0].found.matches]


async def test_what_is_found_tells_its_topics(host: Host) -> None:
    async with talking(host) as bot:
        found = (await search(bot, "gemms")).found

    assert 102 in found.ledgers["amd"].reasons
    assert 103 in found.ledgers["nvidia"].reasons
    assert 103 not in found.ledgers["amd"].reasons


async def test_what_comes_closest_is_told_where_nothing_holds_all_words(host: Host) -> None:
    async with talking(host) as bot:
        found = (await search(bot, "whisper zeppelin")).found

    assert found.matches == ()
    assert found.near == (105,)
    assert 105 in found.items


async def test_kept_digests_are_found_by_their_titles(host: Host) -> None:
    async with talking(host) as bot:
        day = await kept(bot, "2026-03-23")
        await kept(bot, "2026-W12")

        assert [each.id for each in (await search(bot, "2026-03-23")).digests] == [day.id]
        assert (await search(bot, "zeppelin")).digests == ()
        assert (await search(bot, "label:bug")).digests == ()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "archive.nothing_sought"),
        (" \t ", "archive.nothing_sought"),
        ("!!! — ???", "archive.unsearchable"),
        ("🚀", "archive.unsearchable"),
        ("\ud800", "archive.unsearchable"),
        ("x" * 401, "archive.too_long"),
        ("other/repo#7", "archive.other_repo"),
        ("is:nonsense", "filter.is_unknown"),
        ("topic:nonsense", "topics.unknown_many"),
    ],
)
async def test_what_cannot_be_looked_for_is_told_in_every_language(typed: str, key: str, host: Host) -> None:
    async with talking(host) as bot:
        with pytest.raises(BadInput) as refused:
            await search(bot, typed)

    assert refused.value.key == key
    for lang in ("en", "zh"):
        assert "{" not in sentence(refused.value, lang)


@pytest.mark.parametrize("typed", ['" OR 1 --', "NEAR(a b)", "a* b^2 {x}", "title:whisper", "'; DROP TABLE"])
async def test_nothing_that_is_typed_is_an_operator(typed: str, host: Host) -> None:
    async with talking(host) as bot:
        found = await search(bot, typed)

    assert found.pages == 1


async def test_a_visitor_searches_at_the_rate_of_a_person_and_pages_are_free(host: Host) -> None:
    other = Visitor(address="192.0.2.8")
    async with talking(host, DIGEST_RATE_PER_USER="2/h") as bot:
        await search(bot, "whisper")
        await search(bot, "gemms")
        for _ in range(3):
            await search(bot, "gemms", page=2)
        with pytest.raises(BadInput) as refused:
            await search(bot, "whisper")
        await search(bot, "whisper", other)

    assert refused.value.key == "rules.too_fast"


async def test_pages_may_be_closed_to_searches(host: Host) -> None:
    async with talking(host, DIGEST_USERS="slack:T1") as bot:
        with pytest.raises(BadInput) as refused:
            await search(bot, "whisper")
    async with talking(host, DIGEST_USERS="slack:T1,web") as bot:
        assert await numbers(bot, "whisper") == {105}

    assert refused.value.key == "rules.not_for_you"


async def test_nothing_is_kept_of_who_searches(host: Host) -> None:
    async with talking(host) as bot:
        before = set(await stored(bot))
        await search(bot, "whisper")
        new = set(await stored(bot)) - before

    assert all(key.startswith("vllm-digest:pace:") for key in new)
    assert not any(PASSER.address in key for key in new)


async def test_a_page_of_what_nobody_looked_for_is_a_search(host: Host) -> None:
    async with talking(host, DIGEST_RATE_PER_USER="2/h") as bot:
        await search(bot, "whisper", page=2)
        await search(bot, "gemms", page=2)
        with pytest.raises(BadInput) as refused:
            await search(bot, "logits", page=2)

    assert refused.value.key == "rules.too_fast"
