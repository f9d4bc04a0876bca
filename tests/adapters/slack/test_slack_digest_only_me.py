"""A digest for one person's eyes: what a channel would see, the names of the rest, and what leads to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.slack import actions
from adapters.slack.layout.digest import in_channel, only_me
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
def test_what_is_shown_is_what_a_channel_would_see(lang: str) -> None:
    digest = reference_day(lang)
    post = in_channel(digest, load(lang), handle=HANDLE, line=LINE)

    told = lines(shown(digest))

    seen = drawn([block for block in post.blocks if block["type"] not in ("actions", "context_actions")])
    assert told[: len(seen.splitlines())] == seen.splitlines()


def test_what_is_in_the_view_alone_is_named_right_above_the_buttons() -> None:
    digest = extracted(hostile_facts(HOSTILE * 12), "en")

    told = lines(shown(digest))

    assert told[-2].startswith("In Details: ")
    assert told[-2].endswith(f"Appendix: all items ({len(digest.facts.shown) + 1} items)")
    assert "Module and theme trends" in told[-2]
    assert told[-1].startswith("[Details]")


def test_no_section_is_both_named_as_left_out_and_shown() -> None:
    digest = reference_day()

    message = shown(digest)

    *told, left, _ = lines(message)
    for section in digest.sections:
        if section.id not in ("summary", "appendix") and not section.id.startswith("topic-"):
            assert section.title in left
            assert section.title not in told


@pytest.mark.parametrize("place", range(12))
def test_whatever_happened_the_buttons_come_soon(place: int) -> None:
    digest = extracted(hostile_facts([HOSTILE[place]] * 200), "en")

    assert sum(map(len, texts(shown(digest).blocks))) < 5_000


def test_a_topic_goes_on_in_the_view_not_in_a_thread() -> None:
    told = drawn(shown(extracted(hostile_facts([HOSTILE[-1]] * 30), "en")).blocks)

    assert "more in Details" in told
    assert "thread" not in told


def test_a_summary_that_is_far_too_long_goes_on_in_the_view_and_the_things_to_look_at_stay() -> None:
    digest = reference_day()
    summary = replace(long_section(40_000), id="summary", title="Summary")

    told = lines(shown(replace(digest, sections=(summary, *digest.sections[1:]))))

    assert "… goes on in Details" in told
    assert "Worth a look" in told


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
    assert len(message.blocks) == 4
    assert actions.SEND_ALL not in {each["action_id"] for each in buttons(message).values()}


def test_gaps_in_the_data_are_told_before_anything_else() -> None:
    assert lines(shown(reference_day(is_partial=True)))[3].startswith("⚠️ Incomplete: ")
