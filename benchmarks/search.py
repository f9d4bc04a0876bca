"""Text search over a mirror of vLLM's size: how long a filtered search takes, and what the index costs."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from adapters.store.search import Document, Sought, open_index
from benchmarks.measure import Row, at_most
from benchmarks.words import AREAS, body_of, comment_of, title_of
from summarizer.items import Item
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.store.search import TextIndex

SEED = 7
REPO = "vllm-project/vllm"
DOCUMENTS = 40_000
POOL = 3_000
"""Different bodies and comments; each stands in several items, as making them takes longer than indexing them."""
BATCH = 500
CHANGES = 20
SEARCHES = 240
WITHIN = (50, 300, 2_000)
"""How many numbers a search is narrowed to: an author's, a topic's, a month's."""

QUERIES = (
    "crash", "prefix caching", "throughput tokens", "MI300X hangs", "tensor parallel size wrong",
    "serve gpt-oss", "captured graph padding", "server run memory",
    "attention backend workspace shared", "rebase conflicts", "DeepSeek slower B200", "router drain zebra",
    "吞吐", "显存占用", "日志最后几行", "返回空内容", "显存占用 问题", "感谢修复 Kimi-K2",
    "升级到最新版本后崩溃",
    "DeepSeek-V3.2", "Qwen3-Next-80B", "rocm_aiter_fa.py", "vllm/v1/spec_decode/eagle.py", "speculative-decoding",
    "fused_moe config", "#31337", "kv-connector nixl", "L40S", "VLLM_ROCM_USE_AITER",
)  # fmt: skip
"""One to four words that tell something, questions, Chinese, identifiers; not all are in an item, or in the same."""


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    within: list[int] | None


async def measure_search() -> list[Row]:
    """The rows of an index of 40,000 items, a third of them with their text."""
    random = Random(SEED)
    documents = list(_documents(random))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.db"
        async with open_index(path) as index:
            started = time.monotonic()
            for at in range(0, DOCUMENTS, BATCH):
                assert await index.apply(REPO, documents[at : at + BATCH], (), after=0, position=0)
            built_s = time.monotonic() - started
            size = path.stat().st_size
            asked = [_Asked(QUERIES[turn % len(QUERIES)], _within(random, turn)) for turn in range(SEARCHES)]
            taken = [await _search_s(index, each) for each in asked]
            changed = [await _change_s(index, documents[number]) for number in range(CHANGES)]
            compared = await _beside_like(index, Path(folder) / "like.db", documents, random)
    raw = sum(len(_text(document).encode()) for document in documents)
    return [
        at_most(f"search in {DOCUMENTS:,} items, filtered: p95 of {SEARCHES}", _p95(taken) * 1000, 80, " ms"),
        Row("  mean, longest", f"{mean(taken) * 1000:.1f} ms, {max(taken) * 1000:.0f} ms"),
        *compared,
        Row("  indexing 1,000 items", f"{built_s * 1000 / DOCUMENTS:.2f} s"),
        Row("  an item that changed, saved by itself", f"{mean(changed) * 1000:.1f} ms"),
        Row("  the file, as a share of the raw text", f"{size / raw:.0%} of {raw / 1e6:.0f} MB"),
    ]


def _within(random: Random, turn: int) -> list[int]:
    return random.sample(range(1, DOCUMENTS + 1), WITHIN[turn % len(WITHIN)])


def _documents(random: Random) -> Iterator[Document]:
    areas = list(AREAS)
    bodies = [body_of(random, dump=random.choice((None, None, "cuda", "rocm"))) for _ in range(POOL)]
    comments = [comment_of(random) for _ in range(POOL)]
    for number in range(1, DOCUMENTS + 1):
        area = random.choice(areas)
        label, paths = AREAS[area]
        light = Document(
            number,
            title_of(random, area, random.choice(("bug", "feature", "usage", "pull", "pull"))),
            (label, random.choice(("bug", "ready", "stale"))),
            item=Item(REPO, number, "issue", "", ""),
        )
        whole = random.random() < 1 / 3
        yield (
            light
            if not whole
            else replace(
                light,
                body=random.choice(bodies),
                comments=tuple(random.choices(comments, k=random.randint(0, 8))),
                paths=paths,
            )
        )


async def _search_s(index: TextIndex, asked: _Asked) -> float:
    started = time.monotonic()
    query = Query(words=tuple(asked.text.split()), numbers=tuple(asked.within or ()))
    assert await index.find(REPO, Sought(query)) is not None
    return time.monotonic() - started


async def _change_s(index: TextIndex, document: Document) -> float:
    changed = replace(document, comments=(*document.comments, "Any news of this?"))
    started = time.monotonic()
    assert await index.apply(REPO, [changed], (), after=0, position=0)
    return time.monotonic() - started


async def _beside_like(
    index: TextIndex, path: Path, documents: Sequence[Document], random: Random
) -> list[Row]:
    """The named alternative: SQLite's `LIKE '%word%'` for each word over the same texts, without index or ranking."""
    rows = []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany(
            "INSERT INTO texts VALUES (?, ?)", ((document.number, _text(document)) for document in documents)
        )
        connection.commit()
        for many in (50, 2_000, None):
            numbers = None if many is None else random.sample(range(1, DOCUMENTS + 1), many)
            asked = [_Asked(text, numbers) for text in QUERIES]
            ours_s = mean([await _search_s(index, each) for each in asked])
            like_s = mean([_like_s(connection, each) for each in asked])
            where = "in all items" if many is None else f"within {many:,}"
            rows.append(
                Row(
                    f"  as many times faster than LIKE over the same texts, {where}",
                    f"{like_s / ours_s:.1f} ({like_s * 1000:.1f} / {ours_s * 1000:.1f} ms)",
                )
            )
    return rows


def _like_s(connection: sqlite3.Connection, asked: _Asked) -> float:
    words = asked.text.split()
    conditions, values = ["text LIKE '%' || ? || '%'" for _ in words], list(words)
    if asked.within is not None:
        conditions.append("number IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(asked.within))
    started = time.monotonic()
    # every match, as the best can be told only from all
    connection.execute(f"SELECT number FROM texts WHERE {' AND '.join(conditions)}", values).fetchall()  # noqa: S608
    return time.monotonic() - started


def _text(document: Document) -> str:
    fields = (
        document.title,
        *document.labels,
        document.body,
        *document.comments,
        *document.paths,
    )
    return "\n".join(fields)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
