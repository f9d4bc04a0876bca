"""A digest for one person's eyes: one message with as much of it as fits whole, which names what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.slack import actions
from adapters.slack.layout.digest import only_me
from summarizer.digests import Section, Table
from summarizer.languages import load
from tests.adapters.slack.limits_checker import check_message, texts, walk
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    drawn,
    extracted,
    hostile_facts,
    long_section,
    reference_day,
)
from tests.builders import HOUR
from tests.references import digest_of, facts_of

if TYPE_CHECKING:
    from typing import Any

    from adapters.slack.blocks import Message
    from summarizer.digests import Digest

HANDLE = "daily-2025-12-10-0123456789:en:0123456789abcdef"
LINE = "today repo:vllm-project/vllm lang:en tz:Asia/Shanghai"


def shown(digest: Digest, **given: object) -> Message:
    """The message, within every limit."""
    wanted: Any = {"handle": HANDLE, "line": LINE, **given}
    message = only_me(digest, load(digest.lang), **wanted)
    check_message(message)
    return message


def lines(message: Message) -> list[str]:
    return drawn(message.blocks).splitlines()


def buttons(message: Message) -> dict[str, dict[str, Any]]:
    return {each["text"]["text"]: each for each in walk(list(message.blocks)) if each.get("type") == "button"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_day_that_fits_is_shown_whole_with_its_lists(lang: str) -> None:
    digest = reference_day(lang)

    message = shown(digest)

    told = drawn(message.blocks)
    assert all(section.title in told for section in digest.sections if section.id != "summary")
    assert all(f"#{number} " in told for number in digest.facts.items)
    assert load(lang).text("slack.digest.left", names="") not in told


def test_a_day_that_does_not_fit_names_what_is_in_the_view() -> None:
    digest = extracted(hostile_facts(HOSTILE * 12), "en")

    message = shown(digest)

    left = next(line for line in lines(message) if line.startswith("In Details: "))
    assert left.endswith(f"Appendix: all items ({len(digest.facts.shown) + 1} items)")
    assert "Module and theme trends" in left


def test_what_is_named_as_left_out_is_not_shown() -> None:
    digest = extracted(hostile_facts(HOSTILE * 12), "en")

    message = shown(digest)

    left = next(line for line in lines(message) if line.startswith("In Details: "))
    headings = [block["text"]["text"] for block in message.blocks if block["type"] == "header"]
    for section in digest.sections:
        if section.id not in ("summary", "appendix") and not section.id.startswith("topic-"):
            assert (section.title in headings) != (section.title in left)


def test_the_summary_the_topics_and_what_to_look_at_come_first() -> None:
    told = lines(shown(reference_day()))

    order = [
        told.index(line) for line in ("AMD/ROCm", "Worth a look", "Hot discussions", "Appendix: all items")
    ]
    assert order == sorted(order)
    assert told[2].startswith("• What moved: ")


def test_a_section_that_is_far_too_long_leaves_room_for_the_others() -> None:
    digest = reference_day()
    sections = [long_section(40_000) if section.id == "changes" else section for section in digest.sections]

    told = lines(shown(replace(digest, sections=tuple(sections))))

    assert "Hot discussions" in told
    assert "Worth watching" in told
    assert "In Details: Key changes by area" in told


def test_a_summary_that_is_far_too_long_is_named_and_the_things_to_look_at_stay() -> None:
    digest = reference_day()
    summary = replace(long_section(40_000), id="summary", title="Summary")

    told = lines(shown(replace(digest, sections=(summary, *digest.sections[1:]))))

    assert "Worth a look" in told
    assert any(line.startswith("In Details: Summary (the rest)") for line in told)


def test_one_table_is_shown_and_a_section_with_another_is_left_for_the_view() -> None:
    rows = (("`alice`", "3"), ("`bob`", "2"))
    sections = [
        Section(f"section-{place}", f"Section {place}", tables=(Table("People", ("login", "merged"), rows),))
        for place in range(3)
    ]

    message = shown(replace(reference_day(), sections=tuple(sections)))

    assert sum(block["type"] == "table" for block in message.blocks) == 1
    assert "In Details: Section 1, Section 2" in lines(message)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ["Details", "Send me everything", "Share in channel", "中文", "Refresh"]),
        ("zh", ["详情", "全部发给我", "分享到频道", "English", "刷新"]),
    ],
)
def test_buttons_lead_to_the_view_to_everything_and_to_the_channel(lang: str, told: list[str]) -> None:
    found = buttons(shown(reference_day(lang)))

    assert list(found) == told
    assert [each["action_id"] for each in found.values()] == [
        actions.DETAILS, actions.SEND_ALL, actions.SHARE, actions.OTHER_LANGUAGE, actions.REFRESH,
    ]  # fmt: skip
    assert all(actions.load(each["value"]).handle == HANDLE for each in found.values())


def test_what_is_shared_and_refreshed_is_asked_by_its_line() -> None:
    found = buttons(shown(reference_day()))

    assert actions.load(found["Share in channel"]["value"]).line == LINE
    assert actions.load(found["Refresh"]["value"]).line == LINE


def test_a_digest_whose_window_is_over_has_nothing_to_refresh() -> None:
    assert "Refresh" not in buttons(shown(reference_day(), line=""))


def test_a_line_that_is_too_long_for_a_button_is_left_out() -> None:
    found = buttons(shown(reference_day(), line="today " + "label:x " * 400))

    assert actions.load(found["Refresh"]["value"]).line == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_quiet_digest_is_short(lang: str) -> None:
    digest = digest_of(facts_of((), HOUR), lang)

    message = shown(digest)

    assert lines(message)[2].startswith("💤 ")
    assert sum(map(len, texts(message.blocks))) < 1_200


def test_gaps_in_the_data_are_told_before_anything_else() -> None:
    assert lines(shown(reference_day(is_partial=True)))[2].startswith("⚠️ Incomplete: ")
