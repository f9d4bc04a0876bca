"""What the text index makes of texts and of what people type."""

from __future__ import annotations

import pytest

from adapters.store.search.query import MOST_TERMS, MOST_WORDS, Word, entry_of, phrase_of
from adapters.store.search.words import prepared


def words(text: str) -> list[str]:
    """The words of an entry as FTS5 is asked for them."""
    entry = entry_of(text)
    return [str(word) for [*way] in (entry.ways if entry else ()) for word in way]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("修复MoE量化错误", "修复 复 moe 量化 化错 错误 误"),
        ("ＦＰ８ ﬁx：ｶﾞ", "fp8 fix ガ"),
        ("naïve Café ŁÓDŹ", "naive cafe łodz"),
        ("양자화 오류", "양자 자화 화 오류 류"),
        ("メモリー不足", "メモ モリ リー ー不 不足 足"),
        ("a\ud800b", "a?b"),
        ("量\ud800化", "量 化"),
        ("Plain, lower-case\0ASCII", "plain, lower-case ascii"),
        ("4xB200, 2xB200-16xMI355_8x", "4x b200, 2x b200-16x mi355_8x"),
        ("量4xB200化", "量 4x b200 化"),
        ("0x7f 10x a4xb 0 4×B200", "0x7f 10x a4xb 0 4 b200"),
        ("0x7f 10x a4xb", "0x7f 10x a4xb"),
        ("", ""),
    ],
)
def test_text_is_prepared_as_terms_between_spaces(text: str, expected: str) -> None:
    assert prepared(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crash on MI300X", ['"crash"', '"on"', '"mi300x"']),
        ("VLLM_ROCM_USE_AITER", ['"vllm rocm use aiter"']),
        ("vllm/v1/core/sched.py, gpt-oss!", ['"vllm v1 core sched py"', '"gpt oss"']),
        ("#30062 v0.11.0", ['"30062"', '"v0 11 0"']),
        ("4xB200 2x2x2", ['"4x b200"', '"2x 2x2"']),
        ("修复MoE量化错误", ['"修复"', '"moe"', '"量化 化错 错误"']),
        ("量", ['"量"*']),
        ("请问有没有关于量化的崩溃", ['"量化 化的 的崩 崩溃"']),
        ("什么", ['"什么"']),
    ],
)
def test_query_is_read_as_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["", " ", '"', "* - ^ : ( ) { } +", '""', "？！…", "\ud800", "_", "|"])
def test_without_a_letter_or_digit_there_is_nothing_to_look_for(text: str) -> None:
    assert entry_of(text) is None
    assert phrase_of(text) is None


def test_any_of_several_ways_will_do() -> None:
    assert str(entry_of("OOM|out of memory||显存")) == (
        '(("oom") OR ("out" AND "of" AND "memory") OR ("显存"))'
    )


def test_quoted_words_stand_in_a_row() -> None:
    assert phrase_of("KV-cache hang") == Word(("kv", "cache", "hang"))


def test_quoted_run_of_chinese_may_begin_and_end_inside_another() -> None:
    assert phrase_of("复MoE量化") == Word(("复", "moe", "量化"))
    assert phrase_of("MoE量") == Word(("moe", "量"), begins=True)


def test_operators_of_fts5_are_words() -> None:
    assert words("crash AND NEAR(moe kernel, 2) OR title:x* -y ^z") == [
        '"crash"', '"and"', '"near"', '"moe"', '"kernel"', '"2"', '"or"', '"title x"', '"y"', '"z"',
    ]  # fmt: skip


def test_what_is_long_is_cut() -> None:
    many = words(" ".join(f"word{number}" for number in range(500)))
    [long] = words("-".join(str(number) for number in range(300)))

    assert len(many) == MOST_WORDS
    assert len(long.split()) == MOST_TERMS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("量化的崩溃", ['"量化"', '"崩溃"']),
        ("gpt-oss-120b", ['"gpt"', '"oss"', '"120b"']),
        ("v0.11.0", ['"v0"']),
        ("MI300", ['"mi300"*']),
        ("x", []),
        ("量化", []),
    ],
)
def test_word_is_loosened_into_its_parts_or_its_beginning(text: str, expected: list[str]) -> None:
    entry = entry_of(text)

    assert entry is not None
    assert [str(looser) for looser in entry.looser()] == expected
