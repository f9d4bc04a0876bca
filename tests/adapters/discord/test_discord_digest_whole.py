"""Nothing of a digest is lost in Discord, whatever strangers and models wrote, and every limit is kept: as components,
as embeds and as plain contents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.discord.layout.digest import in_channel, only_me, pages, thread
from summarizer.languages import load
from summarizer.untrusted import neutralize
from tests.adapters.discord.hostile_words import hostile
from tests.adapters.discord.seen_digests import HANDLE, LINE, forms, links_in, shown_in
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    extracted,
    hostile_facts,
    links_of_report,
    long_section,
    reference_day,
    sentences,
    titles,
    written,
)
from tests.builders import HOUR, comment, event, item
from tests.references import digest_of, facts_of

if TYPE_CHECKING:
    from adapters.discord.messages import Message
    from summarizer.digests import Digest, Outcome
    from summarizer.windows import Edition

BASE = "https://github.com/vllm-project/vllm/"

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def in_public(digest: Digest) -> list[Message]:
    """The post and its thread."""
    words = load(digest.lang)
    post = in_channel(
        digest, words, handle=HANDLE, line=LINE, chart="a.png", page_url="https://example.org/d"
    )
    return [post, *thread(digest, words)]


def in_private(digest: Digest) -> list[Message]:
    """The message for one person, and the pages behind it."""
    words = load(digest.lang)
    return [only_me(digest, words, handle=HANDLE, line=LINE), *pages(digest, words, handle=HANDLE)]


def check_all(digest: Digest) -> None:
    """Every number and link is reachable in both shapes, every link is the repository's, and no sentence is lost."""
    wanted = links_of_report(digest)
    wanted |= {(f"#{number}", each.url) for number, each in digest.facts.shown.items()}
    said = [claim.text for section in digest.sections for claim in section.all_claims]
    for messages in (in_public(digest), in_private(digest)):
        for form, texts in forms(messages).items():
            if (
                form != "components"
            ):  # which are read as a whole; lines that were read there need no second look
                texts = [line for text in texts for line in text.split("\n")]
            found = {link for text in texts for link in links_in(text)}
            assert wanted <= found, sorted(wanted - found)[:5]
            assert all(url.startswith(BASE) for _, url in found)
            # small are the lines that say which page it is, between what is cut there
            shown = unspaced("".join(shown_in(text, is_small=False) for text in texts))
            lost = [text for text in said if unspaced(text) not in shown]
            assert not lost, lost[:2]


def unspaced(text: str) -> str:
    """Its letters, digits and signs: where lines are broken does not matter."""
    return "".join(neutralize(text).replace("`", "").split())


@few
@given(
    titles | st.lists(hostile, min_size=1, max_size=12),
    st.sampled_from(["en", "zh"]),
    st.sampled_from(["daily", "weekly"]),
)
@example(list(HOSTILE), "en", "weekly")
@example(list(HOSTILE), "zh", "daily")
def test_whatever_strangers_write_every_limit_is_kept_and_every_number_is_reachable(
    names: list[str], lang: str, edition: Edition
) -> None:
    check_all(extracted(hostile_facts(names), lang, edition))


@few
@given(sentences | st.lists(hostile, min_size=1, max_size=6), st.sampled_from(["en", "zh"]))
@example(list(HOSTILE[:6]), "zh")
def test_whatever_a_model_writes_every_limit_is_kept_and_every_number_is_reachable(
    said: list[str], lang: str
) -> None:
    check_all(written(extracted(hostile_facts(HOSTILE), lang), said))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_four_hundred_items_are_all_reachable(lang: str) -> None:
    names = [HOSTILE[place % len(HOSTILE)] for place in range(400)]
    check_all(extracted(hostile_facts(names), lang))


def test_a_section_of_forty_thousand_characters_is_not_lost() -> None:
    digest = extracted(hostile_facts(HOSTILE), "zh")
    sections = [long_section(40_000) if section.id == "changes" else section for section in digest.sections]
    sections[0] = replace(long_section(4_000), id="summary")
    check_all(replace(digest, sections=tuple(sections)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_partial_digest_is_whole_as_far_as_it_goes(lang: str) -> None:
    check_all(reference_day(lang, is_partial=True))


@pytest.mark.parametrize("outcome", ["quiet", "unavailable"])
def test_a_digest_without_data_is_told_within_every_limit(outcome: Outcome) -> None:
    check_all(replace(digest_of(facts_of((), HOUR), "en"), outcome=outcome))


def test_items_that_were_only_talked_about_are_reachable_from_a_quiet_digest() -> None:
    talk = item(30_001, events=(event("opened", -90),), comments=(comment("ann", 5, "Hm."),))
    check_all(digest_of(facts_of((talk,), HOUR), "en", outcome="quiet"))
