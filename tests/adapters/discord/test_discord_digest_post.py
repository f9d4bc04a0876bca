"""A digest's post in a channel: skimmed in ten seconds, with a way on to everything else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.layout.digest import in_channel, payload
from adapters.discord.messages import Image, Rule, Text
from summarizer.digests import Claim, Section
from summarizer.filters import Filter
from summarizer.languages import load
from tests.adapters.discord.limits_checker import refused
from tests.adapters.discord.seen_digests import (
    HANDLE,
    LINE,
    buttons,
    characters_of,
    check,
    drawn,
    labels,
    links,
)
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    extracted,
    hostile_facts,
    long_section,
    reference_day,
)
from tests.builders import HOUR, comment, event, item
from tests.references import ITEMS, digest_of, facts_of, local

if TYPE_CHECKING:
    from adapters.discord.messages import Message
    from summarizer.digests import Digest, Outcome
    from summarizer.windows import Edition

GOLDEN = Path(__file__).parent / "golden"


def post(digest: Digest, **given: object) -> Message:
    """The post, within every limit."""
    wanted: Any = {"handle": HANDLE, "line": LINE, **given}
    message = in_channel(digest, load(digest.lang), **wanted)
    check(message)
    return message


def lines(message: Message) -> list[str]:
    return drawn(message).splitlines()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_post_of_the_reference_day_reads_like_this(lang: str) -> None:
    golden = GOLDEN / f"post.{lang}.txt"

    message = post(reference_day(lang), chart="activity.png")

    assert drawn(message) == golden.read_text("utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("edition", ["daily", "weekly"])
def test_a_post_is_no_wall_of_text_however_much_happened(lang: str, edition: Edition) -> None:
    digest = extracted(hostile_facts([HOSTILE[place % len(HOSTILE)] for place in range(300)]), lang, edition)

    message = post(digest)

    assert characters_of(message) <= 3_600
    assert len(message.parts) <= 12


def test_titles_and_sentences_of_any_length_leave_the_post_within_its_limits() -> None:
    digest = extracted(hostile_facts(["An *endless* title " * 1_000] * 20), "en")

    message = post(digest)

    assert characters_of(message) <= 3_600
    assert any(line.endswith("…") or "… — " in line for line in lines(message) if line.startswith("- #"))


def test_times_are_shown_in_each_readers_own_zone_in_small() -> None:
    [text, *_] = [part.markdown for part in post(reference_day()).parts if isinstance(part, Text)]

    title, counts, span = text.split("\n")
    assert title == "## vLLM development report - 2025-12-10"
    assert counts == "-# 3 merged · 6 new PRs · 3 PRs closed unmerged · 3 new issues · 1 issue closed"
    assert span == "-# <t:1765296000:f> – <t:1765371540:f>, so far · times in the text: Asia/Shanghai"


@pytest.mark.parametrize(
    ("outcome", "mark", "notified"),
    [
        ("partial", "⚠️ Incomplete: ", "(incomplete)"),
        ("quiet", "💤 Quiet: All data was looked at", "2025-12-10 12:00–13:00: nothing happened"),
        (
            "unavailable",
            "⛔ Not available: The data of this period",
            ": the data of this period could not be fetched",
        ),
    ],
)
def test_how_a_digest_came_out_is_told_at_a_glance(outcome: Outcome, mark: str, notified: str) -> None:
    digest = digest_of(facts_of((), HOUR), "en", outcome=outcome)
    if outcome == "partial":
        digest = reference_day(is_partial=True)

    message = post(digest)

    assert any(line.startswith(mark) for line in lines(message)[2:5])
    assert notified in message.notice
    assert message.colour != post(reference_day()).colour


def test_each_outcome_has_its_own_colour() -> None:
    digests = [digest_of(facts_of((), HOUR), "en", outcome=each) for each in ("quiet", "unavailable")]
    digests += [reference_day(), reference_day(is_partial=True)]

    assert len({post(digest).colour for digest in digests}) == 4


def test_what_could_not_be_fetched_is_not_counted_as_nothing() -> None:
    assert "0 merged" not in drawn(post(digest_of(facts_of((), HOUR), "en", outcome="unavailable")))


def test_a_quiet_digest_is_one_sentence_with_what_was_looked_for_and_leads_nowhere() -> None:
    message = post(digest_of(facts_of((), HOUR), "en"), chart="activity.png")

    title, _span, told, last = lines(message)
    assert title == "vLLM development report - 2025-12-10"
    assert told.startswith("💤 Quiet: All data was looked at")
    assert told.endswith("That includes AMD/ROCm.")
    assert last == "[中文] [Full report] [Refresh] [👍 Helpful] [👎 Not helpful]"
    assert not any(isinstance(part, Image | Rule) for part in message.parts)


def test_where_people_only_talked_the_items_can_be_unfolded() -> None:
    talk = item(30_001, events=(event("opened", -90),), comments=(comment("ann", 5, "Hm."),))

    message = post(digest_of(facts_of((talk,), HOUR), "en"))

    assert "1 item talked about" in message.notice
    assert "Details" in labels(message)


def test_filters_are_told() -> None:
    facts = facts_of(
        ITEMS, replace(HOUR, since=local("17:53"), until=local("20:59")), filters=[Filter("topic", ("amd",))]
    )

    assert any(line.startswith("Filter: AMD/ROCm: 1 of ") for line in lines(post(digest_of(facts, "en"))))


def test_things_to_look_at_are_five_at_most_each_with_its_link_its_title_and_why() -> None:
    message = post(reference_day())

    start = lines(message).index("Worth a look")
    looks = [line for line in lines(message)[start + 1 :] if line.startswith("- ")]
    assert len(looks) == 5
    assert looks[0] == (
        "- #30383 [RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits"
        " — Open RFC: still open for comments (opened 18:02)"
    )
    assert ("#30383", "https://github.com/vllm-project/vllm/issues/30383") in links(message)


def test_a_topic_shows_its_first_items_and_how_many_more_there_are() -> None:
    told = lines(post(extracted(hostile_facts([HOSTILE[-1]] * 30), "en")))

    start = next(place for place, line in enumerate(told) if line.startswith("AMD/ROCm: "))
    assert told[start + 1].startswith("- #")
    assert told[start + 2].startswith("- #")
    assert re.fullmatch(r"… and \d+ more in Details", told[start + 3])


def test_many_topics_are_named_once_there_is_no_room_for_more() -> None:
    digest = reference_day()
    about = [
        Section(f"topic-{place}", f"Topic {place}", (Claim("Nothing of note happened here. " * 6),))
        for place in range(40)
    ]

    told = lines(post(replace(digest, sections=(digest.sections[0], *about))))

    shown = {line.partition(":")[0] for line in told if line.startswith("Topic ")}
    [last] = [line for line in told if line.startswith("… in Details: ")]
    named = last.removeprefix("… in Details: ").split(", ")
    assert len(shown) > 3
    assert shown.isdisjoint(named)
    assert named[0] == f"Topic {len(shown)}"


def test_a_topic_whose_sentences_have_more_links_than_there_is_room_for_is_begun() -> None:
    digest = reference_day()
    topic = next(section for section in digest.sections if section.id == "topic-amd")
    numbers = " ".join(f"#{number}" for number in digest.facts.items)
    claims = tuple(Claim(f"{numbers} {numbers}.", tuple(digest.facts.items), "model") for _ in range(2))

    told = lines(post(replace(digest, sections=(replace(topic, claims=claims, entries=()),))))

    [place] = [place for place, line in enumerate(told) if line.startswith("AMD/ROCm: 1 item · #")]
    assert told[place].endswith("…")
    assert told[place + 1] == "… goes on in Details"


def test_a_summary_is_cut_between_sentences_and_goes_on_in_details() -> None:
    sentences = tuple(Claim(f"Sentence {place} tells of #30062.", (30_062,)) for place in range(200))
    digest = replace(reference_day(), sections=(Section("summary", "Summary", sentences),))

    told = lines(post(digest))

    start = told.index("---") + 1
    assert told[start].startswith("Sentence 0 tells of #30062. Sentence 1 ")
    assert all(line.endswith("tells of #30062.") for line in told[start : told.index("… goes on in Details")])


def test_a_summary_that_is_far_too_long_is_not_begun_and_leaves_the_things_to_look_at() -> None:
    digest = reference_day()
    sections = (replace(long_section(40_000), id="summary"), *digest.sections[1:])

    told = lines(post(replace(digest, sections=sections)))

    assert told[told.index("---") + 1] == "… goes on in Details"
    assert "Worth a look" in told


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "en",
            [
                ["Details", "Details in thread", "中文", "Full report", "Refresh"],
                ["Helpful", "Not helpful", "Copy as text"],
            ],
        ),
        (
            "zh",
            [
                ["详情", "在子区中查看详情", "English", "完整报告", "刷新"],
                ["有帮助", "没有帮助", "复制为文本"],
            ],
        ),
    ],
)
def test_buttons_lead_on_and_the_other_language_is_named_in_its_own_words(
    lang: str, told: list[list[str]]
) -> None:
    message = post(reference_day(lang))

    assert [[each.label for each in row] for row in message.rows if isinstance(row, tuple)] == told
    assert [each.action for each in buttons(message)] == [
        actions.DETAILS, actions.THREAD, actions.OTHER_LANGUAGE, actions.FULL, actions.REFRESH,
        actions.FEEDBACK, actions.FEEDBACK, actions.COPY,
    ]  # fmt: skip
    carried = [each.pressed for each in buttons(message)]
    assert {each.handle for each in carried} == {HANDLE}
    assert carried[2].lang == ("zh" if lang == "en" else "en")
    assert carried[4].line == LINE
    assert [each.section for each in carried[5:7]] == ["helpful", "unhelpful"]


def test_a_digest_whose_window_is_over_has_nothing_to_refresh() -> None:
    assert "Refresh" not in labels(post(reference_day(), line=""))


def test_a_digest_with_its_sections_in_the_thread_does_not_offer_them_again() -> None:
    assert "Details in thread" not in labels(post(reference_day(), is_threaded=True))


def test_the_full_report_is_a_page_where_there_is_one() -> None:
    [full] = [
        each
        for each in buttons(post(reference_day(), page_url="https://example.org/d/1"))
        if each.label == "Full report"
    ]

    assert full.url == "https://example.org/d/1"
    assert full.action == ""


def test_a_page_whose_address_has_no_room_in_a_button_gives_way_to_the_file() -> None:
    message = post(reference_day(), page_url="https://example.org/" + "d" * 600)

    assert actions.FULL in {each.action for each in buttons(message)}


def test_the_chart_is_told_in_words_as_well() -> None:
    [image] = [part for part in post(reference_day(), chart="a.png").parts if isinstance(part, Image)]

    assert image.name == "a.png"
    assert image.alt.startswith("Activity of vllm-project/vllm, 2025-12-10, per hour: PRs opened 6")


def test_an_address_outside_of_the_repository_is_no_link() -> None:
    digest = reference_day()
    elsewhere = {
        30_383: "https://evil.example/?/vllm-project/vllm/issues/30383",
        30_062: "https://github.com/vllm-project/vllm/../../evil/pull/30062",
        30_387: "javascript:alert('/vllm-project/vllm/')",
        30_385: "https://github.com/vllm-project/vllm-evil/pull/30385",
    }
    items = {
        number: replace(each, url=elsewhere.get(number, each.url))
        for number, each in digest.facts.items.items()
    }

    message = post(replace(digest, facts=replace(digest.facts, items=items)))

    assert {"#30383", "#30062", "#30387", "#30385"}.isdisjoint({name for name, _ in links(message)})
    assert "- #30383 " in drawn(message)


def test_what_a_program_prints_is_the_post_and_calls_nobody() -> None:
    made = payload(reference_day(), load("en"), handle=HANDLE, line=LINE)

    assert refused(made) == []
    assert made["flags"] == 32_768
    assert made["allowed_mentions"] == {"parse": []}
    [container] = made["components"]
    assert container["accent_color"] == post(reference_day()).colour
    assert Pressed(handle=HANDLE) == actions.read(container["components"][-2]["components"][0]["custom_id"])
