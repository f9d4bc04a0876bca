"""An answer as Markdown, text and JSON: whatever strangers wrote shows, and does nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarizer.digests import Claim, Table
from summarizer.filters import Filter
from summarizer.items import Comment, Person
from summarizer.languages import load
from summarizer.questions import Part, Query
from summarizer.questions.composing import ask_back, compose, unanswered
from summarizer.questions.telling import as_markdown, as_text
from tests.summarizer.questions.scenes import ITEMS, NOW, REPO, RULES, TZ, WEEK, before, find, item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from summarizer.questions import Answer
    from summarizer.questions.query import Form

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
MERGED_AMD = Query(kind="pull_request", topics=("amd",), events=("merged",), window=WEEK)

BITS = [
    "@everyone", "@mgoin", "[x](http://evil.example)", "![x](http://evil.example/p.png)", "<script>", "<!channel>",
    "https://evil.example", "www.evil.example", "**", "*", "_", "`", "``", "|", "\\", "#30384", "owner/repo#1", "> ",
    "- ", "# ", "---", "&lt;", "\n", "\u202e", "\u200b", "[ref]: http://evil.example", "~~", "$$", "{{ x }}", "补丁",
]  # fmt: skip
hostile = st.lists(st.sampled_from(BITS) | st.text(max_size=6), min_size=1, max_size=6).map("".join)


def answer(query: Query, lang: str = "en", **changes: Any) -> Answer:  # noqa: ANN401 - fields of what is found
    return compose(find(query, **changes), load(lang), rules=RULES, tz=TZ)


def test_the_reading_comes_first_then_the_answer_then_its_proof() -> None:
    lines = as_markdown(answer(MERGED_AMD), load("en")).splitlines()

    assert lines[:3] == [
        "> PRs · AMD/ROCm · merged · Mon 8 Dec to now (UTC+8)",
        "",
        "**2 AMD/ROCm PRs were merged this week (1 about, 1 tagged).**",
    ]
    assert lines[4] == (
        "- [#30384](https://github.com/vllm-project/vllm/pull/30384) [BugFix] Fix minimax m2 model rotary_dim"
        " — by rogeryoungh, opened 2 hours ago; merged 1 minute ago; label `rocm`"
    )


def test_a_row_reads_in_chinese_too() -> None:
    lines = as_markdown(answer(MERGED_AMD, "zh"), load("zh")).splitlines()

    assert lines[4].endswith("— 作者 rogeryoungh，2 小时前新开；1 分钟前合并；标签 `rocm`")


def test_a_state_is_not_told_twice() -> None:
    merged = as_markdown(answer(MERGED_AMD), load("en"))
    talked = as_markdown(answer(Query(numbers=(26701,))), load("en"))

    assert "— merged" not in merged
    assert "— closed without merging, by gronsti-amd, opened 2 months ago" in talked


def test_text_is_for_pasting() -> None:
    shown = as_text(answer(MERGED_AMD), load("en"))

    assert "- #30384 [BugFix] Fix minimax m2 model rotary_dim — by rogeryoungh, opened 2 hours ago" in shown
    assert "](" not in shown
    assert "`" not in shown


def test_choices_are_numbered_with_how_many_each_finds() -> None:
    query = Query(kind="pull_request", events=("closed",), window=WEEK)
    asked = ask_back(
        (find(query), find(replace(query, events=("closed", "merged")))),
        load("en"),
        rules=RULES,
        in_conversation=True,
    )
    shown = as_markdown(asked, load("en"))

    assert (
        "<ol>\n<li>closed without merging — 1 item</li>\n<li>closed or merged — 4 items</li>\n</ol>"
        in PARSER.render(shown)
    )
    assert "2) closed or merged — 4 items" in as_text(asked, load("en"))
    assert "Answer with the number of the one you mean." in shown


def test_more_items_than_are_shown_are_counted() -> None:
    few = compose(find(Query(window=WEEK)), load("en"), rules=RULES, shown=2)

    assert "… and 6 more." in as_markdown(few, load("en"))
    assert "… and 6 more." in as_text(few, load("en"))


def test_tables_and_claims_are_shown_in_both() -> None:
    against = replace(MERGED_AMD, topics=("nvidia",))
    compared = answer(replace(MERGED_AMD, form="compare", against=against))
    assert "| Total | 2 | 0 |" in as_markdown(compared, load("en"))
    assert re.search(r"Total +2 +0", as_text(compared, load("en")))

    explained = answer(Query(numbers=(26701,), form="explain"))
    assert "- What happened: opened Sat 11 Oct 20:59" in as_markdown(explained, load("en"))
    assert "- What happened: opened Sat 11 Oct 20:59" in as_text(explained, load("en"))


def test_claims_that_a_model_adds_stand_apart_from_the_items() -> None:
    added = replace(
        answer(MERGED_AMD), claims=(Claim("Both touch AITER, see #30331.", (30331,), "model"),), model="m"
    )
    tokens = PARSER.parse(as_markdown(added, load("en")))

    assert sum(token.type == "bullet_list_open" for token in tokens) == 2
    assert f"[#30331](https://github.com/{REPO}/pull/30331)." in as_markdown(added, load("en"))


def test_an_address_outside_the_repository_is_no_link() -> None:
    moved = replace(ITEMS[30331], url="https://evil.example/pull/30331")
    shown = as_markdown(answer(MERGED_AMD, items={30331: moved}), load("en"))

    assert "evil.example" not in shown


def test_a_row_whose_item_is_not_at_hand_still_names_it() -> None:
    found = find(MERGED_AMD)
    shown = compose(replace(found, items={30384: found.items[30384]}), load("en"), rules=RULES)

    assert "- #30331 — merged 8 hours ago" in as_markdown(shown, load("en"))


def tokens_of(page: str) -> Iterator[Token]:
    for token in PARSER.parse(page):
        yield token
        yield from token.children or ()


def check(page: str, urls: set[str]) -> None:
    """Nothing but our own structure: quotation, paragraphs, bold, lists, tables, code and the items' links."""
    known = {"text", "softbreak", "code_inline", "inline", "html_inline", "link_open", "link_close", "strong_open",
             "strong_close", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close",
             "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}  # fmt: skip
    for token in tokens_of(page):
        assert token.type in known or token.type.split("_")[0] in {
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        }, token
        if token.type == "html_inline":
            assert token.content == "<!-- -->"
        if token.type == "link_open":
            assert token.attrs["href"] in urls
        if token.type == "text":
            assert not re.search(r"@[A-Za-z0-9_]", token.content)


@given(hostile, hostile, hostile, hostile, st.sampled_from(["en", "zh"]))
@settings(max_examples=60, deadline=None)
def test_hostile_items_only_show(title: str, login: str, label: str, body: str, lang: str) -> None:
    number = 7
    strange = item(
        number,
        title,
        login,
        events=[("opened", before(2), login), ("merged", before(1), login)],
        labels=(label, "rocm"),
        body=f"It fails because {body} is wrong on MI300. {body}",
        files=(f"vllm/{label}",),
        comments=(Comment(Person(login), before(1), f"I agreed that {body} is caused by the KV cache."),),
        assignees=(login,),
    )
    forms: tuple[Form, ...] = ("list", "who", "explain", "yes_no", "trend")
    for form in forms:
        query = Query(topics=("amd",), window=WEEK, form=form)
        if form == "explain":
            query = Query(numbers=(number,), form="explain")
        shown = compose(find(query, {number: strange}), load(lang), rules=RULES)
        check(as_markdown(shown, load(lang)), {strange.url})
        assert (
            "](" not in re.sub(r"\]\((?=http)", "", as_text(shown, load(lang)))
            or "](" in title + login + body
        )


@given(
    hostile,
    hostile,
    st.sampled_from(["en", "zh"]),
    st.sampled_from(["list", "count", "who", "yes_no", "compare"]),
)
@settings(max_examples=60, deadline=None)
def test_hostile_questions_only_show(word: str, other: str, lang: str, form: Form) -> None:
    query = Query(
        repo=other,
        topics=(word,),
        labels=(word,),
        people=(Part("author", other),),
        organisations=(other,),
        paths=(word,),
        words=(word, other),
        phrases=(word,),
        filters=(Filter("author", (other,)),),
        window=WEEK,
        form=form,
    )
    found = find(replace(query, topics=()), {})
    found = replace(found, query=query, near=(30387,), items={30387: ITEMS[30387]})
    if form == "compare":
        found = replace(found, query=replace(query, against=query), against=found)
    shown = compose(found, load(lang), rules=RULES, unread=(word, other))
    check(as_markdown(shown, load(lang)), {ITEMS[30387].url})
    refused = unanswered(query, load(lang), rules=RULES, now=NOW, unread=(word,), problems=(other,))
    check(as_markdown(refused, load(lang)), set())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_table_of_hostile_cells_keeps_its_form(lang: str) -> None:
    rows = tuple((bit.replace("\n", " ") or "x", "1") for bit in BITS)
    shown = replace(answer(MERGED_AMD, lang), tables=(Table("", ("a", "b"), rows),))

    check(as_markdown(shown, load(lang)), {each.url for each in ITEMS.values()})
    assert json.dumps(as_text(shown, load(lang)))
