"""What holds for any sentence: it is read without a crash, kept and found again, and no word of it is lost."""

from __future__ import annotations

import json
import re
import string
from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar import parse
from bot.grammar.commands import Question
from bot.grammar.normalize import normalize
from bot.questions import saved
from bot.questions.lexicon import load_lexicon
from summarizer.errors import BadInput
from summarizer.questions.query import Query
from tests.bot.questions.asking import READER

if TYPE_CHECKING:
    from bot.questions.reading import Reading

KNOWN = sorted(phrase for phrase in load_lexicon().phrases)
WINDOWS = [
    "today", "last 48 hours", "since Tuesday", "before v0.11", "上周", "三天前", "12月8日到10日", "2025-13-45",
    "in March", "between", "v0.10", "to", "2025-12-10T17:53..18:53", "3/4", "yesterday afternoon", "周二", "之前",
]  # fmt: skip
TERMS = [
    "#26701",
    "PR 12",
    '"a b"',
    "docs/x.py",
    "AMD",
    "mgoin",
    "@octocat",
    "MI300X",
    "label bug",
    "显存",
    "Qwen3",
    "top 5",
]
NONSENSE = ["zqxv", "flurb", "wubble", "grommit", "xyzzyq", "plughh"]

anything = st.text(max_size=120) | st.text(
    alphabet=st.sampled_from(
        string.printable + "的了吗上周本合并没有除了和到前后个三十月日年「」，。？'\"#@/.:-–—"
    ),
    max_size=120,
)
sentences = st.lists(st.sampled_from([*KNOWN, *WINDOWS, *TERMS, *NONSENSE]), max_size=12).map(" ".join)
glued = st.lists(st.sampled_from([word for word in KNOWN if not word.isascii()] + WINDOWS), max_size=10).map(
    "".join
)

QUIET = settings(deadline=None, max_examples=120)


def _read(text: str, last: Query | None = None) -> Reading:
    return READER.read(Question(text), last=last)


@QUIET
@given(anything | sentences | glued)
def test_any_text_is_read_and_its_query_is_found_again_as_it_was_kept(text: str) -> None:
    reading = _read(text)

    for query in (reading.query, *reading.others):
        assert saved.load(saved.dump(query)) == query


@QUIET
@given(anything | sentences | glued, sentences)
def test_any_text_after_any_question_is_read(text: str, before: str) -> None:
    last = _read(before).query
    reading = _read(text, last)

    assert saved.load(saved.dump(reading.query)) == reading.query
    if not reading.refines:
        alone = _read(text)
        assert (reading.query, reading.unread, reading.nod) == (alone.query, alone.unread, alone.nod)


@QUIET
@given(anything | sentences | glued)
def test_where_nothing_is_understood_something_is_said_to_be_unread(text: str) -> None:
    reading = _read(text)

    if reading.query == Query() and not reading.nod and normalize(text).text:
        assert reading.unread


@QUIET
@given(st.text(alphabet=st.characters(categories=["Cs", "Lu", "Lo", "Zs", "Po"]), max_size=40) | anything)
def test_any_text_can_be_stored_and_sent_once_it_is_read(text: str) -> None:
    """Half of a sign that takes two ("\\ud83d") comes from broken clients, and can be neither."""
    line = f"\ud83d {text} PRs"
    reading = _read(line)
    with suppress(BadInput):
        if isinstance(found := parse(line, surface="chat", conversation=True), Question):
            found.text.encode()

    for told in (*reading.unread, json.dumps(saved.dump(reading.query), ensure_ascii=False)):
        told.encode()
    normalize(line).text.encode()


@QUIET
@given(st.lists(st.sampled_from([*KNOWN, *TERMS, *NONSENSE]), min_size=1, max_size=10))
def test_every_word_that_nobody_knows_is_looked_for_or_said_to_be_unread(words: list[str]) -> None:
    """An unknown word of an English sentence is in the query (a word, label, path or person) or in `unread`."""
    words = [word for word in words if word.isascii() and '"' not in word]
    reading = _read(" ".join(words))
    told = " ".join((*reading.unread, *map(str, saved.dump(reading.query).values()))).lower()

    for word in NONSENSE:
        assert word not in words or re.search(rf"\b{word}\b", told), (word, reading)


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from(["(", "a/", "#1 ", "今", "PRs ", "before ", "除了", '"a" ', "last ", "- ", "v0.", "aé"])
)
def test_a_long_text_is_read_no_further_than_its_first_words(sign: str) -> None:
    reading = _read(sign * 8000)

    assert len(reading.unread) <= 40
    assert saved.load(saved.dump(reading.query)) == reading.query
