"""Prose: whatever strangers and models write is text, and only the digest's own repository is linked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.outline.prose import Prose
from adapters.chat.outline.spans import Span, joined, length, plain
from summarizer.markup import spans
from summarizer.untrusted import neutralize
from tests.adapters.slack.shown_digests import DAY, HOSTILE
from tests.builders import REPO, event, item
from tests.references import ITEMS, TZ, facts_of, local

if TYPE_CHECKING:
    from adapters.chat.outline.spans import Inline
    from summarizer.facts import Facts

FACTS = facts_of(ITEMS, DAY)
KNOWN = "https://github.com/vllm-project/vllm/issues/30383"

anything = st.text(max_size=80) | st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map(" ".join)


def with_url(url: str) -> Prose:
    """The reference day's, where #30383 has another address."""
    found = FACTS.items[30_383]
    return Prose(replace(FACTS, items={**FACTS.items, 30_383: replace(found, url=url)}))


def read(inline: Inline) -> str:
    return "".join(span.text for span in inline)


def unticked(text: str) -> str:
    """What a reader sees of a text whose code stands in backticks."""
    return "".join(part.strip("`") if is_code else part for part, is_code in spans(neutralize(text)))


def test_a_claim_links_the_items_that_are_known_and_shows_code_as_code() -> None:
    made = Prose(FACTS).claim("See #30383, #999 and `a#30383`.", bold=True)

    assert made == (
        Span("See ", bold=True),
        Span("#30383", url=KNOWN, bold=True),
        Span(", #999 and ", bold=True),
        Span("a#30383", code=True),
        Span(".", bold=True),
    )


def test_a_title_links_nothing() -> None:
    assert Prose(FACTS).words("Fix #30383 in `x`") == (Span("Fix #30383 in "), Span("x", code=True))


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/vllm-project/vllm/../../evil/pull/30383",
        "https://github.com/vllm-project/vllm/%2e%2e/%2E./evil",
        "https://github.com/vllm-project/vllm-evil/pull/30383",
        "https://github.com/vllm-project/vllm",
        "https://evil.example/?/vllm-project/vllm/issues/30383",
        "https://evil.example/vllm-project/vllm@evil.example/vllm-project/vllm/x y",
        "https://user@evil.example/vllm-project/vllm/pull/1",
        "http://github.com/vllm-project/vllm/pull/30383",
        "javascript:alert('/vllm-project/vllm/')",
        "https://github.com/vllm-project/vllm/pull/1>",
        "https://github.com/vllm-project/vllm/pull/1|x",
        "https://github.com/vllm-project/vllm/pull/1\\",
        "",
    ],
)
def test_an_address_outside_of_the_repository_is_no_link(url: str) -> None:
    assert with_url(url).number(30_383) == (Span("#30383"),)


@pytest.mark.parametrize("host", ["github.com", "github.example.org:8443"])
def test_the_repository_is_linked_on_whichever_github_it_is(host: str) -> None:
    url = f"https://{host}/vllm-project/vllm/pull/30383#issuecomment-1"

    assert with_url(url).number(30_383, bold=True) == (Span("#30383", url, bold=True),)


@given(anything, st.booleans())
def test_nobodys_words_are_lost_added_to_or_linked_elsewhere(text: str, bold: bool) -> None:
    prose = Prose(FACTS)

    claim, words = prose.claim(text, bold=bold), prose.words(text, bold=bold)

    assert read(claim) == read(words) == unticked(text)
    assert all(span.text for span in claim + words)
    assert all(span.url.startswith(f"https://github.com/{REPO}/") for span in claim if span.url)
    assert not any(span.url for span in words)


@given(anything)
def test_a_links_name_is_text_on_one_line(name: str) -> None:
    shown = neutralize(name)

    assert Prose(FACTS).link(name, KNOWN) == ((Span(shown, KNOWN),) if shown else ())


def test_an_instant_is_told_as_one_with_the_digests_own_zone_where_a_client_cannot() -> None:
    [span] = Prose(FACTS).moment(local("17:53"))

    assert span == Span("2025-12-10 17:53 (UTC+8)", at=local("17:53"))
    assert FACTS.window.tz == TZ


def test_of_a_file_that_tells_days_alone_no_hour_is_made_up() -> None:
    prose = Prose(imported(FACTS))

    assert prose.moment(datetime(2025, 12, 10, tzinfo=UTC)) == (Span("2025-12-10"),)
    assert prose.moment(local("17:53"))[0].at == local("17:53")


def imported(facts: Facts) -> Facts:
    reasons = (*facts.coverage.reasons, "imported")
    return replace(facts, coverage=replace(facts.coverage, reasons=reasons))


def test_an_item_that_is_only_spoken_of_is_known_as_well() -> None:
    other = item(7, title="Elsewhere", events=(event("opened", -90),))
    prose = Prose(replace(FACTS, related={7: other}))

    assert prose.item(7) == other
    assert prose.item(8) is None
    assert prose.claim("#7") == (Span("#7", other.url),)


def test_numbers_are_listed_with_what_stands_between_them() -> None:
    made = Prose(FACTS).numbers([30_383, 8], ", ")

    assert made == (Span("#30383", KNOWN), Span(", "), Span("#8"))


def test_lines_are_joined_and_counted_as_a_reader_sees_them() -> None:
    linked = (Span("a link", url=KNOWN),)

    assert plain("") == ()
    assert joined([], " · ") == ()
    assert joined([linked], " · ") == linked
    assert joined([linked, plain("b")], " · ") == (*linked, Span(" · "), Span("b"))
    assert length(linked, plain("b", bold=True), ()) == 7
