"""All of a digest in Slack: nothing of it is lost, whatever strangers and models wrote, and every limit is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.layout.digest import everything, in_channel, modal, only_me, pages, report_file, thread
from summarizer.digests import Claim, Section, Table
from summarizer.languages import load
from summarizer.render import render
from summarizer.untrusted import neutralize
from tests.adapters.slack.limits_checker import check_message, check_view, links, sentence, texts
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
from tests.builders import HOUR
from tests.references import digest_of, facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from summarizer.digests import Digest
    from summarizer.windows import Edition

HANDLE = "weekly-2025-W50-0123456789:en:0123456789abcdef"
LINE = "week repo:vllm-project/vllm lang:en tz:UTC"
BASE = "https://github.com/vllm-project/vllm/"

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def in_public(digest: Digest) -> list[dict[str, Any]]:
    """The blocks of the post and of its thread, each message checked."""
    words = load(digest.lang)
    messages = [
        in_channel(
            digest, words, handle=HANDLE, line=LINE, chart="F012AB3CD", page_url="https://example.org/d"
        ),
        *thread(digest, words),
    ]
    for message in messages:
        check_message(message)
    return [block for message in messages for block in message.blocks]


def in_private(digest: Digest) -> list[dict[str, Any]]:
    """The blocks of the message for one person and of its view's pages; message, first and last view are checked."""
    words = load(digest.lang)
    message = only_me(digest, words, handle=HANDLE, line=LINE)
    check_message(message)
    all_pages = pages(digest, words)
    for page in {0, len(all_pages) - 1}:
        view = modal(digest, words, handle=HANDLE, page=page)
        check_view(view)
        shown = [{**block, "block_id": ""} for block in view["blocks"]]
        assert all({**block, "block_id": ""} in shown for block in all_pages[page])
    return [*message.blocks, *(block for page in all_pages for block in page)]


def check_all(digest: Digest) -> None:
    """Every number and link is reachable in both shapes, every link is the repository's, and no sentence is lost."""
    wanted = links_of_report(digest)
    wanted |= {(f"#{number}", each.url) for number, each in digest.facts.shown.items()}
    said = [claim.text for section in digest.sections for claim in section.all_claims]
    for blocks in (in_public(digest), in_private(digest)):
        found = links(blocks)
        assert wanted <= found, sorted(wanted - found)[:5]
        assert all(url.startswith(BASE) for _, url in found)
        assert all(re.fullmatch(r"#\d+|v1\.0\.0", name) for name, _ in found)
        shown = unspaced("".join(texts(block for block in blocks if block["type"] in ("rich_text", "table"))))
        lost = [text for text in said if unspaced(text) not in shown]
        assert not lost, lost[:2]


def unspaced(text: str) -> str:
    """Its letters, digits and signs: where lines are broken does not matter."""
    return neutralize(text).replace(" ", "").replace("`", "")


@few
@given(titles, st.sampled_from(["en", "zh"]), st.sampled_from(["daily", "weekly"]))
@example(list(HOSTILE), "en", "weekly")
@example(list(HOSTILE), "zh", "daily")
def test_whatever_strangers_write_every_limit_is_kept_and_every_number_is_reachable(
    names: list[str], lang: str, edition: Edition
) -> None:
    check_all(extracted(hostile_facts(names), lang, edition))


@few
@given(sentences, st.sampled_from(["en", "zh"]))
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
    sections[0] = replace(long_section(40_000), id="summary")
    check_all(replace(digest, sections=tuple(sections)))


def test_a_message_of_the_thread_holds_one_table_at_most_and_none_is_lost() -> None:
    digest = extracted(hostile_facts(HOSTILE * 4), "en")
    tables = sum(len(section.tables) for section in digest.sections)

    messages = thread(digest, load("en"))

    held = [sum(block["type"] == "table" for block in message.blocks) for message in messages]
    assert tables > 2
    assert sum(held) == tables
    assert max(held) == 1


def test_a_table_of_three_hundred_rows_goes_on_below_its_head() -> None:
    digest = reference_day()
    rows = tuple((f"file_{place}.py", str(place)) for place in range(300))
    section = Section("trends", "Trends", tables=(Table("Files", ("file", "PRs"), rows),))

    messages = thread(replace(digest, sections=(section,)), load("en"))

    tables = [block for message in messages for block in message.blocks if block["type"] == "table"]
    first = [sentence(row[0]) for table in tables for row in table["rows"]]
    assert len(tables) >= 4
    assert [name for name in first if name != "file"] == [name for name, _ in rows]
    assert all(sentence(table["rows"][0][0]) == "file" for table in tables)
    for message in messages:
        check_message(message)


def test_a_view_shows_a_table_as_a_list_since_it_cannot_hold_one() -> None:
    digest = replace(
        reference_day(),
        sections=(
            Section(
                "activity", "Activity", tables=(Table("People", ("login", "merged"), (("`alice`", "3"),)),)
            ),
        ),
    )

    assert "alice · merged: 3" in [sentence(row) for row in rows_of(pages(digest, load("en"))[0])]


def test_a_section_of_the_thread_starts_a_message_and_tells_its_title() -> None:
    digest = reference_day()

    messages = thread(digest, load("en"))

    told = [section.title for section in digest.sections]
    first = [message.blocks[0]["text"]["text"] for message in messages]
    assert [title for title in first if title in told] == told
    assert [message.text for message in messages][: len(told)] == told


def test_the_thread_ends_with_how_the_digest_came_about() -> None:
    last = thread(reference_day(), load("en"))[-1].blocks[-1]

    assert "Time zone: Asia/Shanghai" in sentence(last)
    assert "Coverage: " in sentence(last)


def test_a_row_of_a_list_tells_title_author_and_the_readers_own_time() -> None:
    blocks = [block for message in thread(reference_day(), load("en")) for block in message.blocks]

    rows = [row for row in rows_of(blocks) if sentence(row).startswith("#30386 ")]
    dates = [element for row in rows for element in row["elements"] if element["type"] == "date"]
    assert any(
        "[v1] Add PrefixLM support to TritonAttention backend · Isotr0py, " in sentence(row) for row in rows
    )
    assert dates[0]["timestamp"] == 1_765_366_320
    assert dates[0]["fallback"] == "2025-12-10 19:32 (UTC+8)"


def test_a_view_names_its_page_and_leads_to_those_beside_it() -> None:
    digest = extracted(hostile_facts(HOSTILE * 10), "en")
    count = len(pages(digest, load("en")))

    views = [modal(digest, load("en"), handle=HANDLE, page=page) for page in range(count)]

    assert count > 2
    assert sentence(views[1]["blocks"][0]) == f"Page 2 of {count}"
    assert turns(views[0]) == [1]
    assert turns(views[1]) == [0, 2]
    assert turns(views[-1]) == [count - 2]
    assert actions.load(views[1]["private_metadata"]) == Pressed(handle=HANDLE, page=1)


def test_a_view_leads_to_every_section_by_a_menu() -> None:
    digest = extracted(hostile_facts(HOSTILE * 10), "en")
    count = len(pages(digest, load("en")))

    views = [modal(digest, load("en"), handle=HANDLE, page=page) for page in range(count)]

    [menu] = views[0]["blocks"][1]["elements"]
    assert menu["action_id"] == f"{actions.PAGE}#jump"
    titles = [
        section.title for section in digest.sections if section.claims or section.entries or section.tables
    ]
    assert [each["text"]["text"] for each in menu["options"]] == [*titles, "Appendix: all items"]
    for each in menu["options"]:
        pressed = actions.load(each["value"])
        assert pressed.handle == HANDLE
        headings = [
            block["text"]["text"] for block in views[pressed.page]["blocks"] if block["type"] == "header"
        ]
        assert each["text"]["text"] in headings


def test_a_page_says_which_section_goes_on_there() -> None:
    digest = reference_day()
    sections = [long_section(40_000) if section.id == "changes" else section for section in digest.sections]
    digest = replace(digest, sections=tuple(sections))

    views = [modal(digest, load("en"), handle=HANDLE, page=page) for page in range(3)]

    told = [sentence(view["blocks"][0]) for view in views]
    assert "goes on with" not in told[0]
    assert told[2].endswith(" · goes on with: Key changes by area")


def test_no_page_holds_the_summary_alone_where_more_has_room() -> None:
    claims = tuple(Claim(f"Sentence {place} tells of #30062.", (30_062,)) for place in range(600))
    changes = Section("changes", "Key changes by area", claims)
    digest = replace(reference_day(), sections=(reference_day().sections[0], changes))

    first = pages(digest, load("en"))[0]

    assert [block["text"]["text"] for block in first if block["type"] == "header"][1:] == [
        "Key changes by area"
    ]


def test_lists_that_hold_nothing_are_named_on_one_line() -> None:
    digest = digest_of(facts_of((), HOUR), "en")

    told = [
        sentence(row)
        for row in rows_of([b for message in thread(digest, load("en")) for b in message.blocks])
    ]

    assert [line for line in told if line.startswith("None")] == [
        (
            "None: new issues, closed issues, new pull requests, merged pull requests, "
            "pull requests closed without merging"
        )
    ]
    assert not any("(0)" in line for line in told)


def test_no_message_of_the_thread_ends_with_the_head_of_an_entry_or_of_a_list() -> None:
    digest = extracted(hostile_facts([HOSTILE[place % len(HOSTILE)] for place in range(200)]), "en", "daily")

    for message in thread(digest, load("en")):
        last = message.blocks[-1]
        assert last["type"] != "header"
        if last["type"] != "rich_text":
            continue
        end = last["elements"][-1]
        assert not sentence(end["elements"][-1]).startswith(("PR #", "Issue #"))
        assert not any(each.get("style") == {"bold": True} for each in end["elements"][-1:])


def test_a_page_that_is_gone_becomes_the_last_one() -> None:
    digest = reference_day()
    count = len(pages(digest, load("en")))

    view = modal(digest, load("en"), handle=HANDLE, page=99)

    assert actions.load(view["private_metadata"]).page == count - 1


@pytest.mark.parametrize(("lang", "title"), [("en", "Daily 2025-12-10"), ("zh", "日报 2025-12-10")])
def test_a_view_is_called_by_its_day(lang: str, title: str) -> None:
    view = modal(reference_day(lang), load(lang), handle=HANDLE, page=0)

    assert view["title"]["text"] == title


def test_a_view_warns_of_what_the_data_lacks_as_every_rendering_does() -> None:
    view = modal(reference_day(is_partial=True), load("en"), handle=HANDLE, page=0)

    told = [sentence(row) for row in rows_of(view["blocks"])]
    assert told[0].startswith("⚠️ Incomplete: Counts and lists may lack something. 14 of 17 issues")


def test_everything_is_the_post_without_buttons_and_then_its_thread() -> None:
    digest = reference_day()

    first, *rest = everything(digest, load("en"))

    check_message(first)
    assert {block["type"] for block in first.blocks}.isdisjoint({"actions", "context_actions"})
    assert rest == thread(digest, load("en"))


def test_the_file_is_the_whole_report_in_markdown() -> None:
    digest = reference_day("zh")

    name, content = report_file(digest, load("zh"))

    assert name == f"{digest.id}.zh.md"
    assert content.decode() == render(digest, "md", load("zh"))


def test_a_later_revision_has_other_block_ids() -> None:
    digest = reference_day()
    later = replace(digest, revision=2)

    ids = [
        {block["block_id"] for message in thread(each, load("en")) for block in message.blocks}
        for each in (digest, later)
    ]

    assert ids[0].isdisjoint(ids[1])


def test_equal_digests_have_equal_messages() -> None:
    assert thread(reference_day(), load("en")) == thread(reference_day(), load("en"))


def turns(view: dict[str, Any]) -> list[int]:
    """The pages that a view's buttons lead to."""
    buttons = view["blocks"][-1]["elements"]
    return [actions.load(button["value"]).page for button in buttons]


def rows_of(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every line of rich text."""
    lines: list[dict[str, Any]] = []
    for block in blocks:
        for element in block["elements"] if block["type"] == "rich_text" else ():
            lines += element["elements"] if element["type"] == "rich_text_list" else [element]
    return lines
