"""Items are found by their words, as the mirror has them now; a question with a phrase lists those that hold it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Reply, unwatched
from bot.find import Find
from bot.following import BATCH
from summarizer import languages
from summarizer.questions.query import Query
from summarizer.topics import TopicRules
from tests.builders import REPO, at, comment, coverage, event, item, reading, review
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from adapters.store import Store
    from summarizer.items import Item
    from tests.bot.running import Host
    from tests.servers.github import GitHub

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
RULES = TopicRules((), "0" * 64)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def titled(
    number: int, title: str, *, body: str = "", updated: float = 0, labels: tuple[str, ...] = ()
) -> Item:
    opened = (event("opened", 0, "ann"),)
    return item(
        number, title=title, body=body, updated=updated, labels=labels, events=opened, node_id=f"N{number}"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


@pytest.fixture
async def find(file: Path, store: Store) -> AsyncIterator[Find]:
    async with Find(file, store) as find:
        yield find


async def save(store: Store, *items: Item) -> None:
    await store.mirror.save(
        REPO, [reading(each, minutes=1440 + (each.updated_at or at(0)).minute) for each in items]
    )


async def numbers(find: Find, *words: str, phrases: tuple[str, ...] = ()) -> list[int]:
    """The items that hold all of the words, best first."""
    found = await find.found(
        REPO,
        Query(words=words, phrases=phrases),
        window=None,
        rules=RULES,
        now=NOW,
        coverage=coverage(),
        mirror_from=None,
        synced_until=NOW,
    )
    return [match.number for match in found.matches]


# Following the mirror


async def test_what_is_saved_is_found_at_once(find: Find, store: Store) -> None:
    await save(store, titled(1, "Fix the paged attention kernel"))
    first = await numbers(find, "paged", "attention")
    await save(store, titled(2, "Tune paged attention"))

    assert first == [1]
    assert sorted(await numbers(find, "paged", "attention")) == [1, 2]


async def test_everything_that_is_said_is_searched(find: Find, store: Store) -> None:
    await store.mirror.save(
        REPO,
        [
            reading(
                item(
                    7,
                    title="Title zebra",
                    author="quokka",
                    labels=("wombat",),
                    body="Body numbat.",
                    files=("csrc/dingo.cu",),
                    comments=(comment("bob", 1, "Comment bilby."),),
                    reviews=(review("cy", 2, body="Review galah."),),
                    events=(event("opened", 0),),
                )
            )
        ],
    )

    for word in ("zebra", "wombat", "numbat", "dingo", "bilby", "galah"):
        assert await numbers(find, word) == [7]


async def test_what_changed_is_found_by_its_new_words_alone(find: Find, store: Store) -> None:
    await save(store, titled(1, "Speculative decoding"))
    await numbers(find, "speculative")
    await save(store, titled(1, "Guided decoding", updated=5))

    assert await numbers(find, "speculative") == []
    assert await numbers(find, "guided") == [1]


async def test_what_is_gone_from_github_is_found_no_more(find: Find, store: Store) -> None:
    await save(store, titled(1, "Speculative decoding"), titled(2, "Speculative sampling"))
    await numbers(find, "speculative")
    await store.mirror.bury(REPO, {1: "deleted"}, at(10))

    assert await numbers(find, "speculative") == [2]


async def test_many_changes_are_followed_in_parts(find: Find, store: Store) -> None:
    many = 2 * BATCH + 7
    await save(store, *(titled(number, f"Change {number}") for number in range(1, many + 1)))

    assert len(await numbers(find, "change")) == many


async def test_another_process_finds_the_same_and_neither_is_in_the_others_way(
    find: Find, file: Path, store: Store
) -> None:
    await save(store, titled(1, "Paged attention"))
    async with Find(file, store) as another:
        assert await numbers(another, "paged") == await numbers(find, "paged") == [1]
        await save(store, titled(2, "Paged caches"))
        assert sorted(await numbers(another, "paged")) == sorted(await numbers(find, "paged")) == [1, 2]


# The file


def removed(file: Path) -> None:
    file.unlink()


def overwritten(file: Path) -> None:
    file.write_bytes(b"no database" * 1_000)


def torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5_000])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def of_another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")


DAMAGES = [removed, overwritten, torn, emptied, of_another_version]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_file_that_is_lost_while_the_bot_runs_is_made_anew_from_the_mirror(
    damage: Callable[[Path], None], find: Find, file: Path, store: Store
) -> None:
    await save(store, titled(1, "Paged attention"), titled(2, "Something else"))
    before = await numbers(find, "paged")

    damage(file)

    assert before == await numbers(find, "paged") == [1]
    await save(store, titled(3, "Paged caches"))
    assert sorted(await numbers(find, "paged")) == [1, 3]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_nor_does_a_lost_file_keep_the_next_bot_from_starting(
    damage: Callable[[Path], None], file: Path, store: Store
) -> None:
    await save(store, titled(1, "Paged attention"))
    async with Find(file, store) as find:
        await numbers(find, "paged")
    damage(file)

    async with Find(file, store) as find:
        assert await numbers(find, "paged") == [1]


# Words


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("量化",), [1, 2]),
        (("量化错误",), [1]),
        (("crash",), [3]),
        (("crashes",), [3]),
        (("it", "crash"), [3]),
        (("crash", "nowhere"), []),
        (("nowhere|crash",), [3]),
        (("量化|crash", "memory"), [3]),
        (("access memory",), [3]),
        (("VLLM_USE_AITER",), [4]),
        (("dee",), []),  # who wrote it is no word of an item
        (("4",), [4]),
    ],
)
async def test_all_words_must_be_there_in_either_language(
    words: tuple[str, ...], found: list[int], find: Find, store: Store
) -> None:
    await save(store, *texts())

    assert sorted(await numbers(find, *words)) == found


@pytest.mark.parametrize(
    ("phrase", "found"),
    [("illegal memory access", [3]), ("memory illegal", []), ("量化内核", [2]), ("Illegal MEMORY", [3])],
)
async def test_a_phrase_must_stand_there_as_it_is(
    phrase: str, found: list[int], find: Find, store: Store
) -> None:
    await save(store, *texts())

    assert await numbers(find, phrases=(phrase,)) == found


def texts() -> tuple[Item, ...]:
    return (
        titled(1, "加载模型时量化错误", body="问题如下。"),
        titled(2, "优化量化内核"),
        titled(3, "It crashes", body="CUDA error: an illegal memory access was encountered"),
        titled(4, "Read VLLM_USE_AITER once"),
    )


# Questions that quote


def quoting() -> World:
    world = World()
    repository = world.repository(REPO)
    kernel = repository.open_pr(
        "Kernel",
        by="ann",
        at=NOW - 5 * HOUR,
        body="It hits an illegal memory access.",
        files=["csrc/paged.cu"],
    )
    kernel.merge(by="bob", at=NOW - 4 * HOUR)
    repository.open_issue("Illegal memory access on load", by="cy", at=NOW - 3 * HOUR)
    remarked = repository.open_issue("Startup", by="dee", at=NOW - 3 * HOUR)
    remarked.comment(by="eve", at=NOW - 2 * HOUR, body="The same: Illegal  memory access!")
    repository.open_issue("Memory", by="cy", at=NOW - 3 * HOUR, body="An access to illegal memory.")
    repository.open_issue("加载时内存泄漏", by="lin", at=NOW - 3 * HOUR, body="出现显存不足，随后崩溃。")
    repository.open_issue("Of old: illegal memory access", by="cy", at=NOW - 9 * DAY)
    repository.open_issue('A merge conflict in "AMD" code', by="cy", at=NOW - HOUR)
    return world


KERNEL, ON_LOAD, STARTUP, LEAK, OLD, CONFLICT = 1, 2, 3, 5, 6, 7


async def asked(bot_at: GitHub, host: Host, line: str, lang: str = "en") -> Reply:
    async with host.bot(bot_at, NOW) as bot:
        return await bot.commands(line, Context("terminal", lang=lang, tz="UTC"))


def listed(reply: Reply) -> set[int]:
    rows = [line for line in reply.text.splitlines() if line.startswith("- [#")]
    return {int(row.partition("#")[2].partition("]")[0]) for row in rows}


@pytest.mark.parametrize(
    ("question", "found", "understood"),
    [
        ('"illegal memory access" today?', {KERNEL, ON_LOAD, STARTUP}, "“illegal memory access”"),
        ('which PRs have "illegal memory access" today?', {KERNEL}, "“illegal memory access”"),
        ('today "ILLEGAL memory ACCESS"?', {KERNEL, ON_LOAD, STARTUP}, "“ILLEGAL memory ACCESS”"),
        ("today “illegal memory access”?", {KERNEL, ON_LOAD, STARTUP}, "“illegal memory access”"),
        ('"memory access" "illegal" by cy today?', {ON_LOAD}, "by `cy`"),
        ('what got merged with "illegal memory" today?', {KERNEL}, "“illegal memory”"),
        ("今天「显存不足」的问题？", {LEAK}, "“显存不足”"),
        ("今天有提到“内存泄漏”的吗？", {LEAK}, "“内存泄漏”"),
        ('anything with "illegal memory access" in the last 10d?', {KERNEL, ON_LOAD, STARTUP, OLD}, "“illegal"),
        # what is quoted is looked for, and neither an event, nor a topic, nor a kind of item
        ('"merge conflict" today?', {CONFLICT}, "“merge conflict”"),
        ('"AMD code" today?', {CONFLICT}, "“AMD code”"),
        ('"csrc/paged.cu" today?', {KERNEL}, "“csrc/paged.cu”"),
    ],
)  # fmt: skip
async def test_exactly_the_items_of_the_window_that_hold_the_phrase_are_listed(
    question: str, found: set[int], understood: str, host: Host
) -> None:
    async with github_server(quoting(), clock=lambda: NOW) as server:
        await asked(server, host, "anything today?")  # from then on it is known who there is
        reply = await asked(server, host, question)

    assert reply.problem is None
    assert listed(reply) == found
    assert understood in reply.text.splitlines()[0]


async def test_signs_alone_are_nothing_to_look_for(host: Host) -> None:
    async with github_server(quoting(), clock=lambda: NOW) as server:
        reply = await asked(server, host, 'any issues with "?!" today?')

    assert listed(reply) == {ON_LOAD, STARTUP, 4, LEAK, CONFLICT}
    assert "“" not in reply.text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "lang", "seen"),
    [
        ('today "segmentation fault"?', "en", "all 6 items"),
        ("今天提到「segmentation fault」的动态？", "zh", "6 个条目已全部查看"),
    ],
)
async def test_over_complete_data_a_phrase_that_nobody_wrote_is_told_as_none(
    question: str, lang: str, seen: str, host: Host
) -> None:
    async with github_server(quoting(), clock=lambda: NOW) as server:
        reply = await asked(server, host, question, lang)

    assert listed(reply) == set()
    assert seen in reply.text


async def test_of_a_window_in_which_nothing_happened_it_is_told_what_matches_at_other_times(
    host: Host,
) -> None:
    async with github_server(quoting(), clock=lambda: NOW) as server:
        await asked(server, host, "today")
        reply = await asked(server, host, '"illegal memory access" on 2026-03-20?')

    assert listed(reply) == set()
    assert "nothing at all happened then" in reply.text
    assert "4 items match at other times" in reply.text


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_over_incomplete_data_none_is_never_said_for_certain_and_the_reason_is_told(
    lang: str, host: Host, tmp_path: Path
) -> None:
    words = languages.load(lang)
    file = tmp_path / "items.jsonl"
    line = {"repo": REPO, "kind": "issue", "number": 1, "title": "x", "createdAt": "2026-03-10T09:00:00Z"}
    file.write_text(json.dumps(line), "utf-8")
    async with host.bot(None, NOW) as bot:
        await bot.mirrors.take_in(file, words, unwatched)
        reply = await bot.commands('2026-03-10 "segmentation fault"?', Context("terminal", lang=lang))

    assert listed(reply) == set()
    assert words.text("coverage.imported") in reply.text
    assert reply.answer is not None
    assert reply.answer.found is not None
    assert not reply.answer.found.complete


async def test_what_is_said_later_is_found_by_the_next_question(host: Host) -> None:
    world = quoting()
    async with github_server(world, clock=lambda: NOW) as server:
        before = await asked(server, host, '"brand new" today?')
        world.repository(REPO).threads[ON_LOAD].comment(
            by="eve", at=NOW - MINUTE, body="Something brand new."
        )
    later = NOW + 5 * MINUTE
    async with github_server(world, clock=lambda: later) as server, host.bot(server, later) as bot:
        after = await bot.commands('"brand new" today?', Context("terminal", tz="UTC"))

    assert listed(before) == set()
    assert listed(after) == {ON_LOAD}


async def test_an_index_that_was_discarded_is_made_anew_when_something_is_sought(
    find: Find, store: Store
) -> None:
    await save(store, titled(1, "First"))
    await find.keep_up(REPO, RULES)

    assert await find.discard()
    assert not await find.discard()
    await find.keep_up(REPO, RULES)

    assert (await find.names(REPO)).logins
