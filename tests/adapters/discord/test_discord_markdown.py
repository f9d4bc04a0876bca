"""Anybody's words as Discord's Markdown: they show, and do nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.chat.outline.spans import Span
from adapters.discord.markdown import block_of_code, characters, code, escaped, inline, link, spoken
from summarizer.untrusted import neutralize
from tests.adapters.discord.discord_reader import WAYS, Run, read
from tests.adapters.discord.hostile_words import BITS, hostile

URL = "https://github.com/vllm-project/vllm/pull/30384"
AT = datetime(2026, 7, 27, 12, tzinfo=UTC)


def twins(text: str) -> str:
    """Without what a link's text may differ in: brackets of full width."""
    return text.replace("［", "[").replace("］", "]")


@pytest.mark.parametrize("is_counting", WAYS)
@settings(deadline=None)
@given(text=hostile)
@example(text="1. one")
@example(text="\\")
def test_escaped_text_is_one_plain_run_that_reads_as_the_text(is_counting: bool, text: str) -> None:
    seen = read(escaped(text), is_counting=is_counting)

    assert seen.is_inert
    assert seen.runs == ([Run(neutralize(text))] if neutralize(text) else [])


@pytest.mark.parametrize(
    ("before", "after", "style"),
    [
        ("", "", ""), ("- ", "", "item"), ("3", "", ""), ("3. ", "", "item"), ("discord", "", ""), ("> ", "", "quote"),
        ("-# ", "", "small"), ("## ", "", "heading"), ("**", "**", "bold"), ("x\n", "", ""), ("(", ")", ""),
        ("`c` ", " `d`", ""), ("**b** ", " **b**", ""), ("https", "", ""), ("- **", "** x", "bold"),
        ("", "/evil.com", ""), ("", "//evil.com", ""), ("", " [z](<https://github.com/a_b_>)", ""), ("-", "", ""),
    ],
)  # fmt: skip
@settings(deadline=None)
@given(text=hostile)
def test_escaped_text_is_inert_wherever_it_stands(before: str, after: str, style: str, text: str) -> None:
    shown = neutralize(text)
    for is_counting in WAYS:
        seen = read(f"{before}{escaped(text)}{after}", is_counting=is_counting)

        assert shown in seen.text
        assert not shown or not style or any(shown in each for each in seen.styled(style))
        assert {each for _, each in seen.links} <= {"https://github.com/a_b_"}
        assert not seen.tokens
        assert seen.is_harmless


@settings(deadline=None)
@given(text=hostile)
def test_a_links_text_does_nothing_and_leads_to_our_address_alone(text: str) -> None:
    made = link(escaped(text), URL)

    for is_counting in WAYS:
        seen = read(f"a {made} [b](<{URL}>) \\] c", is_counting=is_counting)
        assert {url for _, url in seen.links} == {URL}
        assert len(seen.links) <= 2
        assert seen.is_harmless


@settings(deadline=None)
@given(text=hostile.filter(lambda text: "://" not in neutralize(text) and neutralize(text)))
def test_a_links_text_is_read_as_it_is(text: str) -> None:
    seen = [read(link(escaped(text), URL), is_counting=each) for each in WAYS]

    assert [[(twins(shown), url) for shown, url in each.links] for each in seen] == [
        [(twins(neutralize(text)), URL)]
    ] * 2


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Fix https://evil.com/x", "Fix evil.com/x"),
        ("[ROCm] Fix", "[ROCm] Fix"),
        ("a [b", "a ［b"),
        ("a] [b] c", "a］ [b] c"),
        ("[x](https://evil.com)", "[x](evil.com)"),
    ],
)
def test_a_links_text_keeps_pairs_of_brackets_and_leaves_schemes_out(title: str, shown: str) -> None:
    made = link(escaped(title), URL)

    assert [read(made, is_counting=each).links for each in WAYS] == [[(shown, URL)]] * 2


def test_an_address_cannot_break_out_of_its_link() -> None:
    made = link("x", "https://github.com/a/b?q=(1)> **c** [d]\\`")

    assert made == "[x](<https://github.com/a/b?q=%281%29%3E%20%2A%2Ac%2A%2A%20%5Bd%5D%5C%60>)"


@settings(deadline=None)
@given(text=hostile)
def test_code_is_code_of_the_text_or_the_text_alone(text: str) -> None:
    for is_counting in WAYS:
        seen = read(f"[ours](<{URL}>) {code(text)} y", is_counting=is_counting)

        assert seen.text == f"ours {neutralize(text)} y"
        assert seen.links == [("ours", URL)]
        assert seen.is_harmless
        assert {run.styles for run in seen.runs} <= {frozenset({"link"}), frozenset(), frozenset({"code"})}


@pytest.mark.parametrize(
    "text", ["torch.compile", "a`b", "`x", "x`", "**b** _c_", "https://evil.com", "\\", "@here"]
)
def test_code_holds_what_would_be_markup_elsewhere(text: str) -> None:
    assert read(code(text)).runs == [Run(text, frozenset({"code"}))]


@pytest.mark.parametrize("text", ["``", "a``b", "discord.gg/abc", "dis.gd/abc", "`", "](https://evil.com)"])
def test_what_would_do_something_in_code_is_none(text: str) -> None:
    assert read(code(text)).runs == [Run(text)]


@settings(deadline=None)
@given(text=hostile)
def test_a_block_of_code_is_one_block_or_plain_lines(text: str) -> None:
    for is_counting in WAYS:
        seen = read(f"[ours](<{URL}>)\n{block_of_code(text)}", is_counting=is_counting)

        assert seen.links == [("ours", URL)]
        assert seen.is_harmless
        assert {run.styles for run in seen.runs} <= {frozenset({"link"}), frozenset(), frozenset({"block"})}
        assert "".join(seen.text.split()) == "ours" + "".join(neutralize(text).split())


spans = st.lists(
    st.builds(
        Span,
        text=hostile | st.sampled_from([" ", "a", ". "]),
        url=st.sampled_from(["", "", URL]),
        bold=st.booleans(),
        code=st.booleans(),
        at=st.sampled_from([None, None, None, AT]),
    ),
    max_size=6,
).map(tuple)


@settings(deadline=None)
@given(line=spans)
def test_spans_show_their_texts_in_order_and_lead_where_they_say(line: tuple[Span, ...]) -> None:
    for is_counting in WAYS:
        seen = read(inline(line), is_counting=is_counting)

        assert {url for _, url in seen.links} <= {URL}
        assert set(seen.tokens) <= {"t:1785153600:f"}
        assert seen.is_harmless
        assert seen.styled("bold") or not any(
            span.bold and not span.code and neutralize(span.text) and span.at is None for span in line
        )
        assert {style for run in seen.runs for style in run.styles} <= {"bold", "code", "link", "token"}
        plain = "".join(neutralize(span.text) for span in line if span.at is None and not span.url)
        words = iter("".join(seen.text.split()))
        assert all(letter in words for letter in "".join(plain.split()))


def test_spans_are_written_together_with_their_neighbours() -> None:
    line = (
        Span("a", bold=True), Span("b", bold=True), Span(" "), Span("c", code=True), Span("d", code=True),
        Span(" · "), Span("#1", url=URL, bold=True), Span(": "), Span("12:00", at=AT),
    )  # fmt: skip

    assert inline(line) == f"**ab** `cd` · **[#1](<{URL}>)**: <t:1785153600:f>"


def test_code_that_links_is_code_unless_it_holds_brackets_or_an_address() -> None:
    line = tuple(Span(text, url=URL, code=True) for text in ("a", "b[0]", "https://x.org"))

    (seen, other) = (read(" ".join(inline((span,)) for span in line), is_counting=each) for each in WAYS)

    assert seen.links == other.links == [("a", URL), ("b[0]", URL), ("x.org", URL)]
    assert seen.styled("code") == ["a"]


@settings(deadline=None)
@given(words=hostile)
def test_a_sentence_of_ours_shows_anybodys_words_and_its_own_code(words: str) -> None:
    seen = read(spoken(f"No topic `{neutralize(words).replace('`', '')}x` here: {neutralize(words)}"))

    assert seen.is_inert
    assert {style for run in seen.runs for style in run.styles} <= {"code"}


def test_a_sentence_keeps_its_lines_and_its_code() -> None:
    assert spoken("Say `today` or\n- `week`: all") == "Say `today` or\n\\- `week`: all"


@pytest.mark.parametrize("text", BITS)
def test_a_text_that_needs_no_escape_is_left_alone(text: str) -> None:
    if neutralize(text).replace(" ", "").isalnum():
        assert escaped(text) == neutralize(text)
    else:
        assert len(escaped(text)) <= 2 * len(neutralize(text))


@pytest.mark.parametrize(
    "text", ["vLLM v0.11.2 (rc1) is out, 50% faster -> see #30384!", "a < b && c > d", "补丁：修复。"]
)
def test_usual_titles_take_no_backslash(text: str) -> None:
    assert escaped(text) == text


def test_characters_are_counted_as_the_longer_of_both_units() -> None:
    assert [characters("a"), characters("中"), characters("🚀")] == [1, 1, 2]
