"""A digest for one person's eyes: what a channel would see, the names of the rest, and what leads to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from adapters.discord.layout.digest import in_channel, only_me
from summarizer.languages import load
from tests.adapters.discord.seen_digests import HANDLE, LINE, buttons, characters_of, check, drawn, labels
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    extracted,
    hostile_facts,
    long_section,
    reference_day,
)
from tests.builders import HOUR, comment, event, item
from tests.references import digest_of, facts_of

if TYPE_CHECKING:
    from adapters.discord.messages import Message
    from summarizer.digests import Digest


def shown(digest: Digest, *, line: str = LINE) -> Message:
    """The message, within every limit."""
    message = only_me(digest, load(digest.lang), handle=HANDLE, line=line)
    check(message)
    return message


def lines(message: Message) -> list[str]:
    return drawn(message).splitlines()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_shown_is_what_a_channel_would_see(lang: str) -> None:
    digest = reference_day(lang)
    post = in_channel(digest, load(lang), handle=HANDLE, line=LINE)

    message = shown(digest)

    assert message.parts[:-1] == post.parts
    assert message.colour == post.colour


def test_what_is_in_the_pages_alone_is_named_right_above_the_buttons() -> None:
    digest = extracted(hostile_facts(HOSTILE * 12), "en")

    told = lines(shown(digest))

    assert told[-2].startswith("In Details: ")
    assert told[-2].endswith(f"Appendix: all items ({len(digest.facts.shown) + 1} items)")
    assert "Module and theme trends" in told[-2]
    assert told[-1].startswith("[Details]")


def test_no_section_is_both_named_as_left_out_and_shown() -> None:
    digest = reference_day()

    *told, left, _ = lines(shown(digest))

    for section in digest.sections:
        if section.id not in ("summary", "appendix") and not section.id.startswith("topic-"):
            assert section.title in left
            assert section.title not in told


@pytest.mark.parametrize("place", range(12))
def test_whatever_happened_the_buttons_come_soon(place: int) -> None:
    digest = extracted(hostile_facts([HOSTILE[place]] * 200), "en")

    assert characters_of(shown(digest)) <= 3_600


def test_a_hundred_sections_are_named_as_far_as_there_is_room() -> None:
    digest = reference_day()
    more = tuple(replace(long_section(90), id=f"s{place}", title=f"Section {place}") for place in range(100))

    told = lines(shown(replace(digest, sections=(*digest.sections, *more))))

    assert told[-2].startswith("In Details: ")
    assert told[-2].endswith("…")


def test_a_summary_that_is_far_too_long_goes_on_in_details_and_the_things_to_look_at_stay() -> None:
    digest = reference_day()
    summary = replace(long_section(40_000), id="summary", title="Summary")

    told = lines(shown(replace(digest, sections=(summary, *digest.sections[1:]))))

    assert "… goes on in Details" in told
    assert "Worth a look" in told


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ["Details", "Full report", "Share in channel", "中文", "Refresh"]),
        ("zh", ["详情", "完整报告", "分享到频道", "English", "刷新"]),
    ],
)
def test_buttons_lead_to_the_pages_to_the_report_and_to_the_channel(lang: str, told: list[str]) -> None:
    message = shown(reference_day(lang))

    assert labels(message) == told
    assert [each.action for each in buttons(message)] == [
        actions.DETAILS, actions.FULL, actions.SHARE, actions.OTHER_LANGUAGE, actions.REFRESH,
    ]  # fmt: skip
    assert all(each.pressed.handle == HANDLE for each in buttons(message))


def test_what_is_shared_and_refreshed_is_asked_by_its_line() -> None:
    asked = {each.action: each.pressed.line for each in buttons(shown(reference_day()))}

    assert asked[actions.SHARE] == LINE
    assert asked[actions.REFRESH] == LINE


def test_a_digest_whose_window_is_over_has_nothing_to_refresh() -> None:
    assert "Refresh" not in labels(shown(reference_day(), line=""))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_quiet_digest_is_short_and_has_nothing_to_unfold(lang: str) -> None:
    message = shown(digest_of(facts_of((), HOUR), lang))

    assert lines(message)[2].startswith("💤 ")
    assert len(lines(message)) == 4
    assert actions.DETAILS not in {each.action for each in buttons(message)}


def test_where_people_only_talked_details_lead_to_the_items() -> None:
    talk = item(30_001, events=(event("opened", -90),), comments=(comment("ann", 5, "Hm."),))

    message = shown(digest_of(facts_of((talk,), HOUR), "en"))

    assert actions.DETAILS in {each.action for each in buttons(message)}


def test_gaps_in_the_data_are_told_before_anything_else() -> None:
    assert lines(shown(reference_day(is_partial=True)))[3].startswith("⚠️ Incomplete: ")
