"""Strangers' text in Markdown, plain text, Liquid and YAML: it shows, and does nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len, set_cell_size

from summarizer import markup, tables
from summarizer.digests import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

URL = "https://github.com/vllm-project/vllm/pull/30384"
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])

VERBATIM = [
    "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512",
    "[v1] Add PrefixLM support to TritonAttention backend",
    "[Core] Whisper support `torch.compile`",
    "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache()",
    'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim`',
    "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs",
    "when using kv-cache-type=fp8  loading  a weight",
    "Use torch._scaled_mm in vllm._custom_ops",
    "~3x faster, a < b && c > d, 50% of $5, C++ & C#, foo[0] = {x}",
    "[Kernel] 2 * 3 blocks (#123) for Q&A; see GH-1",
    "支持 MI355X：修复 `get_rope` 的缩放（#29966）",
    "👩‍🚀 tools"[:1] + " tools",
]

HOSTILE = [
    "[x](http://evil.example)",
    "![x](http://evil.example/pixel.png)",
    "<img src=x onerror=alert(1)>",
    "</details><script>alert(1)</script>",
    "<http://evil.example>",
    "@everyone look, @vllm-project/all",
    "unbalanced ` backtick",
    "``two ` of them",
    "**bold** and __strong__ and *em* and _em_ and ~~gone~~ and ~gone~",
    "# heading",
    "- item",
    "1. one",
    "> quote",
    "---",
    "```sh",
    "~~~",
    "a | b | c",
    "[ref]: http://evil.example",
    "[x] done",
    "trailing backslash \\",
    "\\[x](http://evil.example)",
    "\\`code\\`",
    "&lt;img&gt; &#64;everyone",
    "line\n\n# two\r\n- three\u2028four",
    "text ](http://evil.example) more",
    "{: onclick=alert(1)} {{ site.x }} {% include y %}",
    "$$x$$ and $y$",
    "evil/repo#1 and https://evil.example and www.evil.example",
    "\u202egnp.exe\u2066 zero\u200bwidth \u200d\ufeff",
    "*[HTML]: abbreviation",
    "!",
    "",
    " ",
]

PIECES = st.sampled_from(
    [*HOSTILE, *VERBATIM, *"`*_~[]()<>!#@|\\&;:{}$-+=.^\n\t ", "](", "**", "``", "#30384", "a", "字"]
)
TITLES = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@pytest.mark.parametrize("title", VERBATIM)
def test_a_title_without_live_markup_stays_verbatim(title: str) -> None:
    assert markup.markdown(title) == title


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("call [x](http://evil.example)", r"call [x\](http\://evil.example)"),
        ("a <img src=x>", r"a \<img src=x>"),
        ("cc @everyone", "cc @<!-- -->everyone"),
        ("one ` two", r"one \` two"),
        ("`__init__` and __init__", r"`__init__` and __init\_\_"),
        ("a | b", r"a \| b"),
        ("see &#64;all", "see &amp;#64;all"),
        ("evil/repo#1", "evil/repo#<!-- -->1"),
    ],
)
def test_only_the_character_that_would_change_the_structure_is_escaped(title: str, shown: str) -> None:
    assert markup.markdown(title) == shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. one", r"1\. one"),
        ("> quote", r"\> quote"),
        ("[ref]: x", r"\[ref]: x"),
        ("[x] done", r"\[x] done"),
        ("[Bug]: it breaks", r"\[Bug]: it breaks"),
    ],
)
def test_what_starts_a_block_is_escaped_only_at_the_start_of_one(title: str, shown: str) -> None:
    assert markup.markdown(title, start=True) == shown
    assert markup.markdown(title) == title


def test_known_references_become_links_and_unknown_ones_stay_plain() -> None:
    shown = markup.markdown_prose("见#30384，not #1 nor a#30384 nor `#30384`; wow!#30384", {30384: URL})

    assert shown == f"见[#30384]({URL})，not #1 nor a#30384 nor `#30384`; wow\\![#30384]({URL})"


def test_an_address_that_could_break_out_is_no_link() -> None:
    assert markup.markdown_link("#1", "https://github.com/a/b) [x](http://evil.example") == "#1"
    assert markup.markdown_link("#1", "javascript:alert(1)") == "#1"


@given(st.lists(TITLES, min_size=1, max_size=4))
def test_whatever_the_titles_the_document_keeps_its_structure(titles: list[str]) -> None:
    lines = [f"- [#30384]({URL}) {markup.markdown(title)} — bug (x)" for title in titles]
    lines += ["", *(f"1. **{markup.markdown(title, strong=True)}x**: y" for title in titles)]

    tokens = PARSER.parse("\n".join(lines))

    outline = ["bullet_list", *["list_item", "paragraph"] * len(titles), "ordered_list"]
    outline += ["list_item", "paragraph"] * len(titles)
    assert [token.type.removesuffix("_open") for token in tokens if token.nesting == 1] == outline
    inline = [child.type for token in tokens for child in token.children or ()]
    assert inline.count("link_open") == len(titles)
    assert inline.count("strong_open") == len(titles)
    assert not {"image", "em_open", "s_open", "softbreak", "hardbreak"}.intersection(inline)


@given(TITLES)
def test_whatever_the_text_it_shows_as_it_is_and_nothing_is_live(title: str) -> None:
    rendered = PARSER.parse(markup.markdown(title, start=True))

    assert _shown(rendered).strip() == _without_ticks(markup.one_line(title))
    assert [token.type for token in rendered if token.nesting == 1] in ([], ["paragraph_open"])
    texts = [child for token in rendered for child in token.children or ()]
    assert {child.content for child in texts if child.type == "html_inline"} <= {"<!-- -->"}
    assert not any(re.search(r"@[0-9A-Za-z_]", child.content) for child in texts if child.type == "text")


@given(TITLES)
def test_prose_links_lead_to_the_known_addresses_only(text: str) -> None:
    tokens = PARSER.parse(markup.markdown_prose(text, {30384: URL}, start=True))

    links = [child for token in tokens for child in token.children or () if child.type == "link_open"]
    assert {link.attrGet("href") for link in links} <= {URL}


@given(TITLES)
def test_plain_text_is_one_line_that_pings_nobody_and_links_nowhere(text: str) -> None:
    shown = markup.plain(text)

    assert "\n" not in shown
    assert "\r" not in shown
    assert not re.search(
        r"@[0-9A-Za-z_]|[A-Za-z]://|(?<![0-9A-Za-z])www\.|[\u200b\u202a-\u202e\u2066-\u2069\x1b]", shown
    )


@given(st.lists(st.lists(TITLES, min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_table_keeps_its_columns_and_shows_its_texts_whatever_they_are(rows: list[list[str]]) -> None:
    table = Table("Counts", ("name", "now", "then"), tuple(tuple(row) for row in rows))

    tokens = PARSER.parse("\n".join(tables.markdown_rows(table, {30384: URL})) + "\n")

    assert [token.type for token in tokens].count("tr_open") == 1 + len(rows)
    cells = [token.children or [] for token in tokens if token.type == "inline"]
    assert len(cells) == 3 * (1 + len(rows))
    assert {token.type.partition("_")[0] for token in tokens} == {
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "inline",
    }
    kinds = {child.type for cell in cells for child in cell}
    assert kinds <= {
        "text",
        "text_special",
        "code_inline",
        "link_open",
        "link_close",
        "html_inline",
        "softbreak",
    }
    hrefs = {child.attrGet("href") for cell in cells for child in cell if child.type == "link_open"}
    assert hrefs <= {URL}
    for cell, text in zip(cells[3:], [text for row in rows for text in row], strict=True):
        shown = "".join(child.content for child in cell if child.type != "html_inline")
        assert _letters(shown) == _letters(markup.one_line(text))


@given(st.lists(st.lists(TITLES, min_size=2, max_size=2), min_size=1, max_size=4))
def test_a_table_in_plain_text_is_aligned_by_the_cells_of_a_terminal(rows: list[list[str]]) -> None:
    table = Table("Counts", ("名称", "状态"), tuple((first, f"|{second}") for first, second in rows))

    lines = tables.text_rows(table)

    assert len(lines) == 2 + len(rows)
    width = cell_len(lines[1].split("  ")[0]) + 2
    for line, (first, _) in zip(lines[2:], rows, strict=True):
        assert set_cell_size(line, width).rstrip() == markup.plain(first)
        assert not re.search(r"[\n\r\x1b\u202e]|https?://|@[A-Za-z0-9]", line)


def test_columns_of_numbers_stand_to_the_right() -> None:
    table = Table("C", ("topic", "PRs", "change"), (("量化", "12", "+3"), ("AMD/ROCm", "7", "−10")))

    assert tables.markdown_rows(table, {})[1] == "| --- | ---: | ---: |"
    assert tables.text_rows(table) == [
        "topic     PRs  change",
        "--------  ---  ------",
        "量化       12      +3",
        "AMD/ROCm    7     −10",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", "a \\| b"),
        ("`a|b` and `c`", "a\\|b and `c`"),
        ("---", "\\---"),
        (":=:", "\\:=:"),
        ("#30384 `x`", f"[#30384]({URL}) `x`"),
        ("−3", "−3"),
        ("+3", "+3"),
    ],
)
def test_a_cell_holds_no_bare_pipe_and_is_no_rule(text: str, shown: str) -> None:
    assert markup.markdown_cell(text, {30384: URL}) == shown


def _letters(text: str) -> str:
    """What a reader reads: a code span that became plain text has lost its ticks."""
    return re.sub(r"[\s`]", "", text)


@given(st.text(alphabet="{}% a\n\"'x", max_size=40) | TITLES)
def test_liquid_prints_the_page_and_runs_nothing(page: str) -> None:
    shown = markup.liquid(page)

    ours = re.compile(r'\{\{ "(\{\{|\{%)" \}\}')
    assert not re.search(r"\{\{|\{%", ours.sub("", shown))
    assert ours.sub(lambda found: found[1], shown) == page


@pytest.mark.parametrize(
    ("text", "scalar"),
    [
        ("vLLM 开发动态报告 - 2025-12-10", "vLLM 开发动态报告 - 2025-12-10"),
        ("a: b", '"a: b"'),
        ("yes", '"yes"'),
        ('say "hi" # now', '"say \\"hi\\" # now"'),
        ("{{ x }}", '"{{ x }}"'),
        ("2025-12-10", '"2025-12-10"'),
        ("x\ny: z", '"x y: z"'),
    ],
)
def test_a_yaml_scalar_is_plain_only_where_it_can_be_read_as_text(text: str, scalar: str) -> None:
    assert markup.yaml_scalar(text) == scalar


def _shown(tokens: Iterable[Token]) -> str:
    """The text a reader sees."""
    return "".join(
        child.content
        for token in tokens
        for child in token.children or ()
        if child.type in ("text", "code_inline", "text_special")
    )


def _without_ticks(title: str) -> str:
    """A title as it is seen: without the backticks of its code spans."""
    return "".join(part.strip("`") if code else part for part, code in markup.spans(title))
