"""A digest's post in a channel: skimmed in ten seconds, with a way on to everything else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.chat.outline.headline import window_shown
from adapters.slack import actions
from adapters.slack.layout.digest import in_channel
from summarizer.digests import Claim, Entry, Section, Table
from summarizer.facts import Notice
from summarizer.filters import Filter
from summarizer.languages import load
from summarizer.windows import Window
from tests.adapters.slack.limits_checker import check_message, links, sentence, texts, walk
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    drawn,
    extracted,
    hostile_facts,
    long_section,
    reference_day,
)
from tests.builders import HOUR, comment, event, item
from tests.references import ITEMS, TZ, digest_of, facts_of, local

if TYPE_CHECKING:
    from typing import Any

    from adapters.slack.blocks import Message
    from summarizer.digests import Digest, Outcome
    from summarizer.windows import Edition

HANDLE = "daily-2025-12-10-0123456789:en:0123456789abcdef"
LINE = "today repo:vllm-project/vllm lang:en tz:Asia/Shanghai"
GOLDEN = Path(__file__).parent / "golden"


def post(digest: Digest, **given: object) -> Message:
    """The post, within every limit."""
    wanted: Any = {"handle": HANDLE, "line": LINE, **given}
    message = in_channel(digest, load(digest.lang), **wanted)
    check_message(message)
    return message


def lines(message: Message) -> list[str]:
    return drawn(message.blocks).splitlines()


def labels(message: Message) -> list[str]:
    return [each["text"]["text"] for each in buttons(message)]


def buttons(message: Message) -> list[dict[str, Any]]:
    return [each for each in walk(list(message.blocks)) if each.get("type") == "button"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_post_of_the_reference_day_reads_like_this(lang: str) -> None:
    golden = GOLDEN / f"post.{lang}.txt"

    message = post(reference_day(lang), chart="F012AB3CD")

    assert drawn(message.blocks) == golden.read_text("utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("edition", ["daily", "weekly"])
def test_a_post_is_no_wall_of_text_however_much_happened(lang: str, edition: Edition) -> None:
    digest = extracted(hostile_facts([HOSTILE[place % len(HOSTILE)] for place in range(300)]), lang, edition)

    message = post(digest)

    assert sum(map(len, texts(message.blocks))) < 5_000
    assert len(message.blocks) <= 12


def test_titles_and_sentences_of_any_length_leave_the_post_within_its_limits() -> None:
    digest = extracted(hostile_facts(["An endless title " * 1_000] * 20), "en")
    table = Table("Endless", ("file", "PRs"), (("x.py", "1"),) * 2_000)
    sections = (replace(digest.sections[0], tables=(table,)), *digest.sections[1:])

    message = post(replace(digest, sections=sections))

    assert any("…" in line for line in lines(message) if line.startswith("• #"))


def test_counts_stand_on_one_line_with_times_in_the_readers_zone() -> None:
    context = post(reference_day()).blocks[1]

    [element] = context["elements"]
    counts, span = element["text"].split("\n")
    assert counts == "3 merged · 6 new PRs · 3 PRs closed unmerged · 3 new issues · 1 issue closed"
    assert span == (
        "<!date^1765296000^{date_short} {time}|2025-12-10 00:00 (UTC+8)> – "
        "<!date^1765371540^{date_short} {time}|2025-12-10 20:59 (UTC+8)>, so far"
        " · times in the text: Asia/Shanghai"
    )


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "en",
            (
                "vLLM development report - 2025-12-10 00:00–20:59, so far: "
                "3 merged, 6 new PRs, 3 new issues; AMD/ROCm: 1 item"
            ),
        ),
        (
            "zh",
            "vLLM 开发动态报告 - 2025-12-10 00:00–20:59（截至目前）：合并 3、新 PR 6、新 Issue 3；AMD/ROCm 生态 1 项",
        ),
    ],
)
def test_the_notification_tells_what_there_is_to_read(lang: str, text: str) -> None:
    assert post(reference_day(lang)).text == text


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

    assert any(line.startswith(mark) for line in lines(message)[2 if outcome == "partial" else 1 :][:2])
    assert notified in message.text


def test_what_could_not_be_fetched_is_not_counted_as_nothing() -> None:
    told = drawn(post(digest_of(facts_of((), HOUR), "en", outcome="unavailable")).blocks)

    assert "0 merged" not in told


def test_a_quiet_digest_still_tells_that_its_topics_were_looked_for() -> None:
    message = post(digest_of(facts_of((), HOUR), "en"))

    assert "That includes AMD/ROCm." in lines(message)[2]


def test_a_note_on_how_a_digest_was_made_is_no_warning() -> None:
    facts = replace(facts_of(ITEMS, HOUR), warnings=(Notice("retold"),))

    message = post(digest_of(facts, "en"))

    assert lines(message)[3] == "Note: The texts of this sample are retold, not quoted."
    assert "⚠️" not in drawn(message.blocks)


def test_filters_are_told() -> None:
    facts = facts_of(
        ITEMS, replace(HOUR, since=local("17:53"), until=local("20:59")), filters=[Filter("topic", ("amd",))]
    )

    assert any(line.startswith("Filter: AMD/ROCm: 1 of ") for line in lines(post(digest_of(facts, "en"))))


def test_things_to_look_at_are_five_at_most_each_with_its_link_its_title_and_why() -> None:
    message = post(reference_day())

    start = lines(message).index("Worth a look")
    looks = [line for line in lines(message)[start + 1 :] if line.startswith("• ")]
    assert len(looks) == 5
    assert looks[0] == (
        "• #30383 [RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits"
        " — Open RFC: still open for comments (opened 18:02)"
    )
    assert ("#30383", "https://github.com/vllm-project/vllm/issues/30383") in links(message.blocks)


def test_nothing_is_told_twice_in_topics_and_things_to_look_at() -> None:
    shown = [line for line in lines(post(reference_day())) if line.startswith("• #")]

    numbers = [line.split()[1] for line in shown]
    assert len(set(numbers)) == len(numbers)
    assert "#26701" in numbers


def test_reverts_stand_before_what_is_merely_worth_watching() -> None:
    digest = reference_day()
    number = 30_062
    alert = Entry((Claim("takes back #30385", (number, 30_385), label="Revert"),), number)
    digest = replace(digest, sections=(Section("alerts", "Reverts", entries=(alert,)), *digest.sections))

    looks = [line for line in lines(post(digest)) if line.startswith("• #30062")]

    assert looks == ["• #30062 [CPU] Support for Whisper — Revert: takes back #30385"]


def test_a_reason_that_only_quotes_gives_way_to_what_happened() -> None:
    digest = reference_day()
    quoted = Entry((Claim("“It goes on.”", (30_388,), label="In its words"),), 30_388)
    digest = replace(digest, sections=(Section("watch", "Watch", entries=(quoted,)),))

    line = next(line for line in lines(post(digest)) if line.startswith("• #30388 "))

    assert line.startswith("• #30388 [Docs] Generate full list of metrics in user docs — ")
    assert re.search(r" — (opened|merged|closed[a-z ]*) \d\d:\d\d$", line)


def test_a_topic_counts_what_is_about_it_and_never_what_is_merely_tagged_as_such() -> None:
    digest = reference_day()
    ledger = digest.facts.ledgers["amd"]
    others = tuple(sorted(digest.facts.items.keys() - set(ledger.about)))[:4]
    ledgers = {**digest.facts.ledgers, "amd": replace(ledger, tagged=others)}
    digest = replace(digest, facts=replace(digest.facts, ledgers=ledgers))

    message = post(digest)

    assert message.text.endswith("AMD/ROCm: 1 item (+4 tagged)")
    assert any(line.startswith("AMD/ROCm: 1 item (+4 tagged)") for line in lines(message))


def test_a_quiet_digest_says_so_once_without_zeros_chart_or_buttons_that_lead_nowhere() -> None:
    message = post(digest_of(facts_of((), HOUR), "en"), chart="F012AB3CD")

    told = drawn(message.blocks)
    assert "0 merged" not in told
    assert told.count("nothing happened") == message.text.count("nothing happened") == 1
    assert not any(block["type"] == "image" for block in message.blocks)
    assert labels(message) == ["Full report", "中文", "Refresh"]


def test_where_people_only_talked_nothing_is_not_what_happened() -> None:
    talk = item(30_001, events=(event("opened", -90),), comments=(comment("ann", 5, "Hm."),))

    message = post(digest_of(facts_of((talk,), HOUR), "en"))

    assert "1 item talked about" in message.text
    assert "nothing happened" not in message.text


@pytest.mark.parametrize(
    ("since", "until", "is_so_far", "told"),
    [
        ("00:00", "20:59", True, "2025-12-10 00:00–20:59, so far"),
        ("17:53", "18:53", False, "2025-12-10 17:53–18:53"),
    ],
)
def test_a_part_of_a_day_is_told_with_its_hours(since: str, until: str, is_so_far: bool, told: str) -> None:
    window = Window(local(since), local(until), TZ, so_far=is_so_far)
    digest = digest_of(facts_of(ITEMS, window), "en")

    assert window_shown(digest, load("en")) == told
    assert post(digest).text.startswith(f"vLLM development report - {told}: ")


def test_a_whole_day_is_told_without_hours() -> None:
    start = local("00:00")
    whole = digest_of(facts_of(ITEMS, Window(start, start + timedelta(days=1), TZ)), "en")
    late = digest_of(facts_of(ITEMS, Window(local("18:00"), start + timedelta(hours=33), TZ)), "en")

    assert window_shown(whole, load("en")) == "2025-12-10"
    assert window_shown(late, load("en")) == "2025-12-10 18:00 – 2025-12-11 09:00"


def test_a_topic_shows_its_first_items_and_how_many_more_there_are() -> None:
    digest = extracted(hostile_facts([HOSTILE[-1]] * 30), "en")

    message = post(digest)

    start = next(place for place, line in enumerate(lines(message)) if line.startswith("AMD/ROCm: "))
    assert lines(message)[start + 1].startswith("• #")
    assert lines(message)[start + 2].startswith("• #")
    assert lines(message)[start + 3].endswith(" more in the thread")


def test_many_topics_are_named_once_there_is_no_room_for_more() -> None:
    digest = reference_day()
    about = [
        Section(f"topic-{place}", f"Topic {place}", (Claim("Nothing of note happened here. " * 6),))
        for place in range(40)
    ]

    message = post(replace(digest, sections=(digest.sections[0], *about)))

    last = next(line for line in lines(message) if line.startswith("… in the thread: "))
    assert last.endswith("Topic 38, Topic 39")


def test_a_summary_is_cut_between_sentences_and_goes_on_in_the_thread() -> None:
    sentences = tuple(Claim(f"Sentence {place} tells of #30062.", (30_062,)) for place in range(200))
    digest = replace(reference_day(), sections=(Section("summary", "Summary", sentences),))

    told = lines(post(digest))[3]

    assert told.startswith("Sentence 0 tells of #30062. Sentence 1 ")
    assert told.endswith("tells of #30062.")
    assert "… goes on in the thread" in lines(post(digest))


def test_a_sentence_that_is_too_long_is_not_begun() -> None:
    digest = reference_day()
    sections = (replace(long_section(40_000), id="summary"), *digest.sections[1:])

    message = post(replace(digest, sections=sections))

    assert lines(message)[3] == "… goes on in the thread"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ["Full report", "Details in thread", "中文", "Copy as text", "Refresh"]),
        ("zh", ["完整报告", "在消息列中看详情", "English", "复制为文本", "刷新"]),
    ],
)
def test_buttons_lead_on_and_the_other_language_is_named_in_its_own_words(lang: str, told: list[str]) -> None:
    message = post(reference_day(lang))

    assert labels(message) == told
    assert [each["action_id"] for each in buttons(message)] == [
        actions.FULL, actions.THREAD, actions.OTHER_LANGUAGE, actions.COPY, actions.REFRESH,
    ]  # fmt: skip
    values = [actions.load(each["value"]) for each in buttons(message)]
    assert {each.handle for each in values} == {HANDLE}
    assert values[2].lang == ("zh" if lang == "en" else "en")
    assert values[4].line == LINE


def test_a_digest_whose_window_is_over_has_nothing_to_refresh() -> None:
    assert "Refresh" not in labels(post(reference_day(), line=""))


def test_a_digest_with_its_sections_in_the_thread_does_not_offer_them_again() -> None:
    assert "Details in thread" not in labels(post(reference_day(), is_threaded=True))


def test_the_full_report_is_a_page_where_there_is_one() -> None:
    first = buttons(post(reference_day(), page_url="https://example.org/d/1"))[0]

    assert first["url"] == "https://example.org/d/1"
    assert not first["action_id"].startswith(actions.FULL)  # or pressing it would attach the file as well


def test_thumbs_below_the_post_name_the_digest() -> None:
    last = post(reference_day()).blocks[-1]

    assert last["type"] == "context_actions"
    button = last["elements"][0]["negative_button"]
    assert actions.load(button["value"]).handle == HANDLE


def test_the_chart_is_told_in_words_as_well() -> None:
    images = [block for block in post(reference_day(), chart="F012AB3CD").blocks if block["type"] == "image"]

    assert images[0]["slack_file"] == {"id": "F012AB3CD"}
    assert images[0]["alt_text"].startswith(
        "Activity of vllm-project/vllm, 2025-12-10, per hour: PRs opened 6"
    )


def test_a_message_that_changes_has_other_block_ids() -> None:
    variants: list[dict[str, Any]] = [
        {},
        {"chart": "F012AB3CD"},
        {"is_threaded": True},
        {"page_url": "https://example.org/d/1"},
    ]

    ids = [{block["block_id"] for block in post(reference_day(), **given).blocks} for given in variants]

    assert sum(map(len, ids)) == len(set().union(*ids))


def test_an_address_outside_of_the_repository_is_no_link() -> None:
    digest = reference_day()
    elsewhere = {
        30_383: "https://evil.example/?/vllm-project/vllm/issues/30383",
        30_062: "https://github.com/vllm-project/vllm/../../evil/pull/30062",
        30_387: "javascript:alert('/vllm-project/vllm/')",
        30_385: "https://github.com/vllm-project/vllm-evil/pull/30385",
    }
    items = {
        number: replace(item, url=elsewhere.get(number, item.url))
        for number, item in digest.facts.items.items()
    }

    message = post(replace(digest, facts=replace(digest.facts, items=items)))

    assert {"#30383", "#30062", "#30387", "#30385"}.isdisjoint({name for name, _ in links(message.blocks)})
    assert "#30383 " in drawn(message.blocks)


def test_a_repository_on_another_github_is_linked_there() -> None:
    digest = reference_day()
    items = {
        number: replace(item, url=item.url.replace("https://github.com/", "https://github.example.org/"))
        for number, item in digest.facts.items.items()
    }

    message = post(replace(digest, facts=replace(digest.facts, items=items)))

    assert ("#30383", "https://github.example.org/vllm-project/vllm/issues/30383") in links(message.blocks)


def test_what_looks_like_an_address_in_a_title_is_code() -> None:
    digest = extracted(hostile_facts(["Move setup.py to evil.example"] * 8), "en", "daily")

    message = post(digest)

    shown = [each for each in walk(list(message.blocks)) if each.get("text") in ("setup.py", "evil.example")]
    assert shown
    assert all(each["style"]["code"] for each in shown)


def test_bold_stands_beside_chinese_without_any_markup() -> None:
    message = post(reference_day("zh"))

    bold = [each["text"] for each in walk(list(message.blocks)) if each.get("style") == {"bold": True}]
    assert "AMD/ROCm 生态相关动态" in bold
    assert "*" not in "".join(sentence(block) for block in message.blocks if block["type"] == "rich_text")
