"""Outline: what a digest tells beside other things, and all of it, before any platform's markup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.outline import appendix
from adapters.chat.outline.brief import brief, left
from adapters.chat.outline.headline import headline, notice
from adapters.chat.outline.pieces import pieces_of
from adapters.chat.outline.prose import Prose
from adapters.chat.outline.spans import length
from adapters.chat.outline.topics import is_topic
from summarizer import pages
from summarizer.languages import load
from tests.adapters.slack.shown_digests import (
    extracted,
    hostile_facts,
    long_section,
    reference_day,
    sentences,
    titles,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.chat.outline.brief import Brief, Elsewhere
    from adapters.chat.outline.spans import Inline, Span
    from summarizer.digests import Digest

LANGS = ["en", "zh"]


def told(digest: Digest, elsewhere: Elsewhere = "in_thread") -> Brief:
    return brief(digest, load(digest.lang), Prose(digest.facts), elsewhere)


def read(inline: Inline) -> str:
    return "".join(span.text for span in inline)


def lines_of(short: Brief) -> Iterator[Inline]:
    yield from (short.headline.span, *short.headline.told)
    for piece in short.summary:
        yield from (piece.inline, *piece.below)
    for topic in short.topics.topics if short.topics else ():
        yield from (topic.first, *topic.lines)
    yield from short.looking


def spans_of(digest: Digest) -> Iterator[Span]:
    """Of all that is told of it anywhere, but for the cells of tables."""
    language, prose = load(digest.lang), Prose(digest.facts)
    lines = list(lines_of(told(digest)))
    for section in pages.told(digest):
        for piece in pieces_of(section, prose, language):
            lines += (piece.inline, *piece.below)
    for listing in appendix.lists(digest, language, prose):
        lines += listing.rows
    return (span for line in lines for span in line)


@settings(max_examples=30)
@given(titles, sentences, st.sampled_from(LANGS))
def test_links_lead_into_the_repository_alone_and_no_span_is_empty(
    names: list[str], said: list[str], lang: str
) -> None:
    digest = written(extracted(hostile_facts(names), lang), said)

    shown = list(spans_of(digest))

    own = f"https://github.com/{digest.facts.repo}/"
    assert all(span.url.startswith(own) for span in shown if span.url)
    assert all(span.text and not (span.url and span.at) for span in shown)


@settings(max_examples=30)
@given(titles, sentences)
def test_what_a_message_tells_has_an_end_whatever_was_written(names: list[str], said: list[str]) -> None:
    digest = written(extracted(hostile_facts(names), "en"), said)
    long = replace(digest, sections=(*digest.sections, replace(long_section(40_000), id="summary")))

    short = told(long)

    assert sum(piece.length for piece in short.summary) <= 1_200
    assert short.topics is not None
    assert sum(topic.length for topic in short.topics.topics) <= 1_200
    assert len(short.looking) <= 5
    assert length(*short.looking) < 5 * 600


@pytest.mark.parametrize("lang", LANGS)
def test_the_span_is_of_instants_and_names_whose_time_the_text_tells(lang: str) -> None:
    digest = reference_day(lang)

    span = headline(digest, load(lang), Prose(digest.facts)).span

    window = digest.facts.window
    assert [each.at for each in span if each.at] == [window.since, window.until]
    assert read(span).endswith(window.tz)
    assert "{" not in read(span)


@pytest.mark.parametrize("lang", LANGS)
def test_a_quiet_digest_is_its_headline(lang: str) -> None:
    digest = replace(reference_day(lang), outcome="quiet")

    short = told(digest)

    assert short.headline.counts == ""
    assert (short.summary, short.more, short.topics, short.looking_title, short.looking) == (
        (),
        "",
        None,
        "",
        (),
    )
    assert left(digest, load(lang)) == []


def test_without_data_no_summary_and_no_counts_are_told() -> None:
    short = told(replace(reference_day(), outcome="unavailable"))

    assert (short.headline.counts, short.summary) == ("", ())
    assert read(short.headline.told[0]).startswith("⛔ Not available: ")


@pytest.mark.parametrize(
    ("elsewhere", "line"), [("in_thread", "… goes on in the thread"), ("in_details", "… goes on in Details")]
)
def test_a_summary_that_is_cut_says_where_it_goes_on(elsewhere: Elsewhere, line: str) -> None:
    day = reference_day()
    long = replace(long_section(9_000), id="summary")

    cut = told(replace(day, sections=(long, *day.sections[1:])), elsewhere)
    whole = told(day, elsewhere)

    assert (cut.more, whole.more) == (line, "")


def test_nothing_stands_both_in_a_topic_and_among_what_to_look_at() -> None:
    short = told(reference_day())

    assert short.topics is not None
    assert short.topics.numbers
    looked_at = {read(line).split()[0] for line in short.looking}
    assert looked_at
    assert looked_at.isdisjoint({f"#{number}" for number in short.topics.numbers})


def test_topics_that_have_no_room_are_named() -> None:
    day = reference_day()
    topic = next(each for each in day.sections if is_topic(each))
    many = tuple(replace(topic, id=f"topic-{n}", title=f"Topic {n}") for n in range(40))

    topics = told(replace(day, sections=many)).topics

    assert topics is not None
    shown = [read(topic.first) for topic in topics.topics]
    assert 0 < len(shown) < 40
    assert topics.left == f"… in the thread: {', '.join(f'Topic {n}' for n in range(len(shown), 40))}"


def test_what_a_message_leaves_out_is_named_with_the_lists_and_their_size() -> None:
    names = left(reference_day(), load("en"))

    assert "Hot discussions" in names
    assert names[-1] == "Appendix: all items (14 items)"
    assert {"Summary", "AMD/ROCm"}.isdisjoint(names)


@pytest.mark.parametrize("lang", LANGS)
def test_every_item_of_the_window_stands_in_a_list(lang: str) -> None:
    digest = extracted(hostile_facts(["A change"] * 60), lang)

    made = appendix.lists(digest, load(lang), Prose(digest.facts))

    words = [span.text for listing in made for row in listing.rows for span in row]
    assert {f"#{number}" for number in digest.facts.shown} <= {*words}
    assert "v1.0.0" in words
    assert all(listing.title or len(listing.rows) == 1 for listing in made)


def test_a_notice_is_plain_words() -> None:
    digest = replace(extracted(hostile_facts(["<b>"]), "en"), title="A & B <!here>")

    assert notice(digest, load("en")).startswith("A & B <!here> (incomplete): ")
