"""Our Markdown in Slack: it shows what it says, and does nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.slack import rich
from summarizer import markup, tables
from summarizer.digests import Table
from summarizer.untrusted import visible
from tests.adapters.slack.seen_blocks import BITS, bare, check_literal, hostile, links, texts
from tests.servers.slack.blocks import faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

OWN = "https://github.com/vllm-project/vllm/"
URL = f"{OWN}pull/30384"
PARSER = MarkdownIt("commonmark").enable("table")


def page_of(title: str, cell: str) -> str:
    """Every construct that a renderer of ours writes, around strangers' words."""
    urls = {30384: URL}
    table = Table("", ("name", "n"), ((cell.replace("\n", " ") or "x", "1"), ("second", "2")))
    return "\n\n".join(
        [
            f"> {markup.markdown(title, start=True)}",
            f"## {markup.markdown(title)}",
            markup.markdown_prose(title, urls, start=True),
            (
                f"- {markup.markdown_link('#30384', URL)} {markup.markdown(title)}\n"
                f"  - {markup.markdown(cell, start=True)}"
            ),
            f"1) {markup.markdown_link(title, 'https://evil.com/')}",
            "\n".join(tables.markdown_rows(table, urls)),
        ]
    )


def shown_by(markdown: str) -> str:
    """What a reader of the Markdown sees."""
    return "".join(
        token.content if token.type in ("text", "code_inline") else "\n" if "break" in token.type else ""
        for token in tokens_of(markdown)
    )


def tokens_of(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield from token.children or [token]


@given(hostile, hostile)
@settings(max_examples=150, deadline=None)
def test_strangers_words_only_show(title: str, cell: str) -> None:
    page = page_of(title, cell)
    blocks = rich.blocks_of(page, repo_urls=[OWN])

    check_literal(blocks, OWN)
    assert faults_of([each for each in blocks if each["type"] != "table"], files={}) == []
    assert faults_of([each for each in blocks if each["type"] == "table"], files={}) == []
    assert bare("".join(texts(blocks))) == bare(visible(shown_by(page)))


@given(hostile, hostile)
@settings(max_examples=150, deadline=None)
def test_strangers_words_only_show_where_markdown_is_streamed(title: str, cell: str) -> None:
    page = page_of(title, cell)
    made = rich.slack_markdown(page, repo_urls=[OWN])

    assert "<" not in made
    assert bare(shown_by(made)) == bare(visible(shown_by(page)))
    for token in tokens_of(made):
        assert token.type not in ("html_inline", "html_block", "image")
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(OWN)
        if token.type == "text":
            assert not re.search(r"\w://|\w\.(?:com|py|org)\b", token.content)


@given(st.text(st.sampled_from("".join(BITS)), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_markdown_whatever_is_harmless(markdown: str) -> None:
    check_literal(rich.blocks_of(markdown, repo_urls=[OWN]), OWN)
    assert "<" not in rich.slack_markdown(markdown, repo_urls=[OWN])


@given(hostile)
@settings(max_examples=100, deadline=None)
def test_fallback_texts_hold_no_token_and_no_address(text: str) -> None:
    assert not re.search(r"[<>]", rich.inert(text))
    assert not re.search(r"@[A-Za-z]|https?://|\bwww\.", rich.inert(text))
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rich.escaped(text))


def test_bold_stands_beside_chinese() -> None:
    assert rich.blocks_of("**合并了 3 个 PR。**", repo_urls=[])[0]["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "合并了 3 个 PR。", "style": {"bold": True}}],
        }
    ]


def test_stars_that_markdown_would_show_beside_chinese_are_left_out() -> None:
    assert rich.slack_markdown("见**setup.py**的说明", repo_urls=[]) == "见`setup.py`的说明"
    assert rich.slack_markdown("**15 个 PR。**\n\n", repo_urls=[]) == "**15 个 PR。**\n\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("see setup.py, please", ["setup.py"]),
        ("支持torch.compile的模型", ["torch.compile"]),
        ("mail a@b.com!", ["a@b.com"]),
        ("go to https://evil.com/x?y=1.", ["https://evil.com/x?y=1"]),
        ("evil.中国", ["evil.中国"]),
        ("пример.рф", ["пример.рф"]),
        ("at 10.0.0.1:8000", ["10.0.0.1:8000"]),
        ("v0.11.0 and e.g. CUDA/ROCm, 完成。然后 #general", []),
    ],
)
def test_what_a_client_would_link_is_code(text: str, code: list[str]) -> None:
    made = rich.literal(text)

    assert [each["text"] for each in made if "style" in each] == code
    assert "".join(each["text"] for each in made) == text


def test_a_domain_in_two_pieces_is_one_word() -> None:
    made = rich.blocks_of("evil<!-- -->.com", repo_urls=[])

    assert made[0]["elements"][0]["elements"] == [
        {"type": "text", "text": "evil.com", "style": {"code": True}}
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com/vllm-project/vllm/pull/1",
        "https://github.com/vllm-project/vllm-evil/pull/1",
        "https://github.com/vllm-project/vllm/../../evil/pull/1",
        "https://github.com/vllm-project/vllm/%2e%2E/evil",
        "https://github.com@evil.com/vllm-project/vllm/",
        "javascript:alert(1)",
    ],
)
def test_links_elsewhere_leave_their_text(url: str) -> None:
    for own in (OWN, OWN.rstrip("/")):
        assert links(rich.blocks_of(f"[here]({url})", repo_urls=[own])) == []
        assert rich.slack_markdown(f"[here]({url})", repo_urls=[own]) in (
            "here",
            f"\\[here\\](`{url}`)",
            f"\\[here\\]({url})",
        )
    assert "here" in "".join(texts(rich.blocks_of(f"[here]({url})", repo_urls=[OWN])))


def test_nested_lists_go_on_counting() -> None:
    made = rich.blocks_of("3. a\n4. b\n   - c\n5. d", repo_urls=[])[0]["elements"]

    assert [(each["style"], each["indent"], each.get("offset", 0), texts(each)) for each in made] == [
        ("ordered", 0, 2, ["a", "b"]),
        ("bullet", 1, 0, ["c"]),
        ("ordered", 0, 4, ["d"]),
    ]


def test_a_list_stands_below_what_introduces_it_and_paragraphs_apart() -> None:
    made = rich.blocks_of("one\n\ntwo:\n\n- item\n\n# three\n\nfour", repo_urls=[])

    assert [texts(each) for each in made] == [["one"], ["two:", "item"], ["three", "four"]]


def test_a_table_that_no_block_holds_is_a_list() -> None:
    head = "|".join(f"h{place}" for place in range(25))
    row = "|".join(f"c{place}" for place in range(25))
    made = rich.blocks_of(f"|{head}|\n|{'|'.join(['---'] * 25)}|\n|{row}|", repo_urls=[])

    assert [each["type"] for each in made] == ["rich_text"]
    assert "".join(texts(made)).startswith("c0 · h1: c1 · h2: c2")


def test_a_long_table_becomes_several_below_the_same_head() -> None:
    rows = "\n".join(f"| r{place} | {place} |" for place in range(250))
    made = rich.blocks_of(f"| name | n |\n| --- | ---: |\n{rows}", repo_urls=[])

    assert [len(each["rows"]) for each in made] == [100, 100, 53]
    assert all(texts(each["rows"][0]) == ["name", "n"] for each in made)
    assert made[0]["column_settings"] == [
        {"align": "left", "is_wrapped": True},
        {"align": "right", "is_wrapped": False},
    ]


def test_streamed_blocks_join_as_they_were() -> None:
    page = "**12 PRs.**\n\n- [#1](https://github.com/vllm-project/vllm/pull/1) Fix x\n- b\n\nMore below.\n"
    begin = page.index("- ")

    whole = rich.slack_markdown(page, repo_urls=[OWN])
    parts = (page[:begin], page[begin:])
    assert "".join(rich.slack_markdown(each, repo_urls=[OWN]) for each in parts) == whole == page


def test_a_moment_is_local_to_who_reads() -> None:
    noon = datetime(2025, 12, 10, 12, tzinfo=UTC)

    assert (
        rich.moment(noon, "a|b <c>", "{date_short} {time}")
        == "<!date^1765368000^{date_short} {time}|a/b &lt;c&gt;>"
    )
