"""The text index: what is found, in which order, and what is not."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store.search import Document, Sought, TextIndex, open_index
from adapters.store.search.file import require_fts5
from adapters.store.search.words import normalized
from summarizer.errors import StoreError
from summarizer.items import Item
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

REPO = "vllm-project/vllm"
QUOTED = re.compile('"([^"]*)"')

COLLECT_ENV = """It hangs.

```text
Collecting environment information...
PyTorch version              : 2.9.0+cu129
ROCM used to build PyTorch   : N/A
[pip3] flashinfer-python==0.5.2
```
"""


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[TextIndex]:
    """An empty index."""
    async with open_index(tmp_path / "index.db") as index:
        yield index


@asynccontextmanager
async def index_of(*documents: Document) -> AsyncIterator[TextIndex]:
    """A throwaway index of these documents, for each example of a property."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_index(Path(folder) / "index.db") as index:
            await put(index, *documents)
            yield index


async def put(index: TextIndex, *documents: Document, gone: tuple[int, ...] = ()) -> None:
    after = await index.position(REPO)
    assert await index.apply(REPO, documents, gone, after=after, position=after + 1)


def document(
    number: int,
    title: str,
    *,
    labels: tuple[str, ...] = (),
    body: str = "",
    comments: tuple[str, ...] = (),
    paths: tuple[str, ...] = (),
) -> Document:
    """A document whose item has nothing to be found by."""
    item = Item(REPO, number, "issue", "", "")
    return Document(number, title, labels, body, comments, paths, item)


async def found(index: TextIndex, text: str, within: Iterable[int] = (), repo: str = REPO) -> list[int]:
    """The items that hold every word and every phrase in quotation marks, best first; where there is none, those that
    hold the most of them."""
    words, phrases = QUOTED.sub(" ", text).split(), QUOTED.findall(text)
    query = Query(words=tuple(words), phrases=tuple(phrases), numbers=tuple(within))
    finding = await index.find(repo, Sought(query))
    assert finding is not None
    return [match.number for match in finding.matches] or [*finding.near]


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# What is found


@pytest.mark.parametrize(
    "text",
    [
        "crash", "Crashes", "VLLM_ROCM_USE_AITER", "aiter", "vllm_rocm", "fp8_e4m3", "e4m3", "gpt-oss", "oss", "GPT",
        "gpt-oss-120b", "v0.11.0", "v0.11", "#30062", "30062", "vllm/v1/core/sched/scheduler.py", "scheduler.py",
        "sched", "修复", "MoE", "量化", "量化错误", "修复MoE量化错误", "moe 错误", "量", "误",
        "bug", "rocm", '"fix moe"', "latency", "ＭｏＥ", "naive", "양자", "メモリ",
    ],
)  # fmt: skip
async def test_item_is_found_by_its_words_in_any_script_whole_or_in_part(index: TextIndex, text: str) -> None:
    whole = document(
        7,
        "[Bugfix] Fix MoE: 修复MoE量化错误 with VLLM_ROCM_USE_AITER, 양자화 メモリ",
        labels=("bug", "rocm"),
        body="gpt-oss-120b crashed at fp8_e4m3 with v0.11.0, like #30062; a naïve fix.",
        comments=("Latency is fine.",),
        paths=("vllm/v1/core/sched/scheduler.py",),
    )
    await put(index, whole, document(8, "Something else"))

    assert await found(index, text) == [7]


async def test_item_is_found_by_its_own_number_before_those_that_mention_it(index: TextIndex) -> None:
    await put(
        index, document(40, "A"), document(41, "B", body="like #40"), document(42, "C", comments=("#40",))
    )

    assert await found(index, "#40") == [40, 41, 42]


async def test_word_counts_most_in_the_title_then_labels_paths_body_and_comments(index: TextIndex) -> None:
    await put(
        index,
        document(1, "other", comments=("kernel",)),
        document(2, "other", body="kernel"),
        document(3, "other", paths=("kernel",)),
        document(4, "other", labels=("kernel",)),
        document(5, "kernel"),
        *(document(number, "filler") for number in range(10, 30)),
    )

    assert await found(index, "kernel") == [5, 4, 3, 2, 1]


async def test_equally_good_items_come_newest_first(index: TextIndex) -> None:
    await put(index, *(document(number, "same title") for number in (11, 13, 12)))

    assert await found(index, "title") == [13, 12, 11]


async def test_items_with_every_word_are_the_only_ones_when_there_are_some(index: TextIndex) -> None:
    await put(index, document(1, "crash of the scheduler"), document(2, "crash"), document(3, "scheduler"))

    assert await found(index, "scheduler crash") == [1]


async def test_items_with_most_of_the_words_come_when_none_has_them_all(index: TextIndex) -> None:
    await put(
        index,
        document(1, "hang", body="scheduler"),
        document(2, "hang hang hang"),
        document(3, "nothing of it"),
        document(4, "kernel"),
    )

    first, *others = await found(index, "hang scheduler kernel")

    assert first == 1
    assert set(others) == {2, 4}


async def test_quoted_words_must_stand_in_their_order(index: TextIndex) -> None:
    await put(index, document(1, "prefix caching hang"), document(2, "caching of a prefix"))

    assert await found(index, '"prefix caching"') == [1]
    assert await found(index, '"caching prefix"') == []
    assert await found(index, '"prefix caching" zebra hang') == [1]
    assert await found(index, '"量化" hang') == []


async def test_environment_dump_is_not_what_an_item_is_about(index: TextIndex) -> None:
    unclosed = "Collecting environment information...\nROCM used to build PyTorch : N/A"
    await put(
        index,
        document(1, "It hangs", body=COLLECT_ENV),
        document(2, "It hangs", comments=(unclosed, "Same on Gaudi.")),
    )

    assert await found(index, "flashinfer") == []
    assert await found(index, "rocm") == []
    assert await found(index, "Gaudi") == [2]
    assert sorted(await found(index, "hangs")) == [1, 2]


# What changes


async def test_changed_item_is_found_by_its_new_words_alone(index: TextIndex) -> None:
    await put(index, document(1, "old words", body="旧文"))
    await put(index, document(1, "new words", body="新文"))

    assert (await found(index, "old"), await found(index, "旧文")) == ([], [])
    assert (await found(index, "new"), await found(index, "新文")) == ([1], [1])
    assert await index.count(REPO) == 1


async def test_item_that_is_gone_is_not_found(index: TextIndex) -> None:
    await put(index, document(1, "words"), document(2, "words"))
    await put(index, gone=(1, 99))

    assert await found(index, "words") == [2]
    assert await index.count(REPO) == 1


async def test_item_that_is_both_changed_and_gone_stays(index: TextIndex) -> None:
    await put(index, document(1, "words"), gone=(1,))

    assert await found(index, "words") == [1]


async def test_repositories_are_apart_and_their_names_have_no_case(index: TextIndex) -> None:
    await put(index, document(1, "words"))
    assert await index.apply("other/repo", [document(2, "words")], [], after=0, position=5)

    assert await found(index, "words") == [1]
    assert await found(index, "words", repo="Other/Repo") == [2]
    assert await index.position("OTHER/repo") == 5
    assert await found(index, "words", repo="no/repo") == []


async def test_forgotten_repository_begins_anew(index: TextIndex) -> None:
    await put(index, document(1, "words"))
    await index.forget(REPO)

    assert (await index.position(REPO), await index.count(REPO), await found(index, "words")) == (0, 0, [])
    await put(index, document(2, "words"))
    assert await found(index, "words") == [2]


async def test_changes_read_from_another_position_are_not_applied(index: TextIndex) -> None:
    await put(index, document(1, "first"))

    assert not await index.apply(REPO, [document(2, "second")], [1], after=0, position=9)
    assert await index.position(REPO) == 1
    assert await found(index, "first") == [1]


async def test_index_is_kept_when_it_is_opened_again(tmp_path: Path) -> None:
    async with open_index(tmp_path / "index.db") as index:
        await put(index, document(1, "words"))

    async with open_index(tmp_path / "index.db") as index:
        assert await index.position(REPO) == 1
        assert await found(index, "words") == [1]
    assert files_in(tmp_path) == ["index.db"]


# Filters


async def test_only_items_within_are_found_however_many_they_are(index: TextIndex) -> None:
    await put(index, *(document(number, "words in common") for number in range(1, 301)))

    assert await found(index, "words", {3, 5, 900}) == [5, 3]
    assert len(await found(index, "words", range(200, 20_000))) == 101
    assert await found(index, "words zebra", {4}) == [4]


# Any text at all

any_text = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from('ab"*^:()+-{}\0 量化ｶﾞ"\ud800\U0001f600ANDORNOT'), max_size=20
)
titles = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
cjk = st.text(st.sampled_from("修复量化错误的了什么是否支持メモリ不足양자화"), min_size=2, max_size=12)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.lists(any_text, min_size=5, max_size=5), any_text)
async def test_any_text_can_be_indexed_and_searched(texts: list[str], query: str) -> None:
    title, label, body, comment, path = texts
    whole = document(1, title, labels=(label,), body=body, comments=(comment,), paths=(path,))

    async with index_of(whole, document(2, query)) as index:
        for text in (query, f'"{query}"', f"{query}*", f"{query} {title}"):
            assert set(await found(index, text)) <= {1, 2}
        await put(index, gone=(1, 2))
        assert await found(index, query) == []


@quick
@given(titles)
async def test_item_is_found_by_any_word_of_its_title(title: str) -> None:
    words = [word for word in title.split() if any(map(str.isalnum, normalized(word)))]

    async with index_of(document(1, title), document(2, "")) as index:
        for word in words:
            assert 1 in await found(index, word)


@quick
@given(st.text(st.sampled_from("ab1 "), max_size=4), cjk, st.text(st.sampled_from("xy2 。"), max_size=4))
async def test_item_is_found_by_any_part_of_a_run_without_spaces(before: str, run: str, after: str) -> None:
    async with index_of(document(1, before + run + after), document(2, "other")) as index:
        for start in range(len(run)):
            for end in range(start + 1, len(run) + 1):
                assert await found(index, run[start:end]) == [1], run[start:end]


@quick
@given(
    st.dictionaries(st.integers(1, 40), cjk | st.sampled_from(["crash", "moe crash", "moe"]), max_size=12),
    st.sets(st.integers(1, 40)),
    st.sets(st.integers(1, 40), min_size=1),
    st.sampled_from(["crash", "moe crash", "moe zebra", "量化", "错误 crash", "量化错误的支持"]),
)
async def test_nothing_gone_and_nothing_outside_is_ever_found(
    items: dict[int, str], gone: set[int], within: set[int], query: str
) -> None:
    async with index_of(*(document(number, title) for number, title in items.items())) as index:
        every = set(await found(index, query))
        await put(index, gone=tuple(gone))

        assert every <= set(items)
        assert set(await found(index, query)) <= set(items) - gone
        assert set(await found(index, query, within)) <= (set(items) - gone) & within


async def test_longest_texts_github_allows_are_indexed(index: TextIndex) -> None:
    await put(
        index,
        document(1, "x" * 256, body="a" * 65_536, comments=("\U00020000" * 65_536, "\ufdfa" * 65_536)),
        document(2, "y", body="\0" * 65_536, labels=("l",) * 100, paths=("a/" * 2_000,) * 300),
    )

    assert await found(index, "x" * 256) == [1]
    assert await found(index, "\U00020000\U00020000") == [1]


# Where it runs


async def test_event_loop_goes_on_while_documents_are_indexed(index: TextIndex) -> None:
    documents = [document(number, "words " * 200, body=f"text {number} " * 500) for number in range(200)]
    applying = asyncio.create_task(index.apply(REPO, documents, [], after=0, position=1))

    turns = 0
    while not applying.done():
        turns += 1
        await asyncio.sleep(0)

    assert await applying
    assert turns > 20


def test_sqlite_without_full_text_search_is_told() -> None:
    connection = sqlite3.connect(":memory:")
    connection.set_authorizer(
        lambda action, *_: (
            sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_CREATE_VTABLE else sqlite3.SQLITE_OK
        )
    )

    with pytest.raises(StoreError) as raised:
        require_fts5(connection)

    assert raised.value.key == "store.no_fts"
    connection.close()
