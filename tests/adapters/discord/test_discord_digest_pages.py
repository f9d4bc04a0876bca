"""All of a digest in Discord: pages that one message turns, the messages of a thread, the file, and text to paste."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.layout.digest import (
    copied,
    page,
    pages,
    report_file,
    thread,
    thread_name,
)
from adapters.discord.messages import Menu, Rule, Text
from summarizer.digests import Claim, Section, Table
from summarizer.languages import load
from summarizer.render import render
from summarizer.windows import Window
from tests.adapters.discord.discord_reader import read
from tests.adapters.discord.seen_digests import HANDLE, buttons, characters_of, check, drawn, links
from tests.adapters.slack.shown_digests import (
    HOSTILE,
    extracted,
    hostile_facts,
    long_section,
    reference_day,
)
from tests.builders import HOUR
from tests.references import ITEMS, TZ, digest_of, facts_of, local

if TYPE_CHECKING:
    from adapters.discord.messages import Message
    from summarizer.digests import Digest


def turned(digest: Digest) -> list[Message]:
    """All pages, within every limit."""
    made = pages(digest, load(digest.lang), handle=HANDLE)
    for each in made:
        check(each)
    return made


def messages(digest: Digest) -> list[Message]:
    """Of the thread, within every limit."""
    made = thread(digest, load(digest.lang))
    for each in made:
        check(each)
    return made


def markdown(message: Message) -> str:
    return "\n".join(part.markdown for part in message.parts if isinstance(part, Text))


def with_sections(*sections: Section) -> Digest:
    return replace(reference_day(), sections=sections)


def busy() -> Digest:
    return extracted(hostile_facts(HOSTILE * 10), "en")


def test_a_page_says_which_it_is_and_leads_to_those_beside_it() -> None:
    made = turned(busy())

    assert len(made) > 2
    assert markdown(made[1]).startswith(f"-# Page 2 of {len(made)}")
    turns = [
        [each.pressed.page for each in buttons(each_page) if not each.is_disabled]
        for each_page in (made[0], made[1], made[-1])
    ]
    assert turns == [[1], [0, 2], [len(made) - 2]]
    assert len({len(buttons(each_page)) for each_page in made}) == 1  # which keep their places
    assert {actions.action_of(each.action) for each in buttons(made[1])} == {actions.PAGE}


def test_a_menu_leads_to_every_section() -> None:
    digest = busy()
    made = turned(digest)

    [menu] = [row for row in made[0].rows if isinstance(row, Menu)]

    assert actions.action_of(menu.action) == actions.PAGE
    titles = [
        section.title for section in digest.sections if section.claims or section.entries or section.tables
    ]
    assert [each.label for each in menu.options] == [*titles, "Appendix: all items"]
    for option in menu.options:
        assert option.pressed.handle == HANDLE
        assert f"### {option.label}\n" in f"{markdown(made[option.pressed.page])}\n"


def test_a_menu_holds_no_more_sections_than_it_may() -> None:
    made = turned(with_sections(*(replace(long_section(900), id=f"s{n}", title=f"S {n}") for n in range(40))))

    [menu] = [row for row in made[0].rows if isinstance(row, Menu)]

    assert len(menu.options) == 25


def test_sections_without_a_title_or_with_one_that_is_too_long_break_nothing() -> None:
    odd = [
        replace(long_section(900), id=f"s{place}", title=title)
        for place, title in enumerate(
            ("", "  ", "🚀" * 200, "Word " * 100, "# *a* [b](https://evil.example)")
        )
    ]

    made = turned(with_sections(*odd, *odd[2:4]))

    assert not any("evil.example" in url for each in made for _, url in links(each))


def test_sections_of_a_page_are_parted_by_lines() -> None:
    first = turned(reference_day())[0]

    headings = markdown(first).count("### ")
    assert headings > 1
    assert sum(isinstance(part, Rule) for part in first.parts) == headings


def test_many_short_sections_are_no_more_than_a_message_may_hold() -> None:
    made = turned(with_sections(*(Section(f"s{n}", f"Section {n}", (Claim("Short."),)) for n in range(60))))

    assert all(len(each.parts) < 30 for each in made)


def test_a_page_says_which_section_goes_on_there() -> None:
    digest = reference_day()
    sections = [long_section(40_000) if section.id == "changes" else section for section in digest.sections]

    made = turned(replace(digest, sections=tuple(sections)))

    told = [markdown(each).partition("\n")[0] for each in made]
    assert "goes on with" not in told[0]
    assert told[4] == f"-# Page 5 of {len(made)} · goes on with: Key changes by area"


def test_a_page_that_is_gone_becomes_the_nearest() -> None:
    digest = reference_day()
    made = turned(digest)

    assert page(digest, load("en"), handle=HANDLE, page=1) == made[1]
    assert page(digest, load("en"), handle=HANDLE, page=99) == made[-1]
    assert page(digest, load("en"), handle=HANDLE, page=-1) == made[0]


def test_a_digest_of_one_page_has_nothing_to_turn() -> None:
    [only] = turned(digest_of(facts_of((), HOUR), "en"))

    assert only.rows == ()
    assert "Page" not in markdown(only)


def test_the_first_page_warns_of_what_the_data_lacks_as_every_rendering_does() -> None:
    told = drawn(turned(reference_day(is_partial=True))[0])

    assert "⚠️ Incomplete: Counts and lists may lack something. 14 of 17 issues" in told


def test_no_page_is_mostly_empty_where_more_has_room() -> None:
    digest = extracted(hostile_facts([HOSTILE[place % len(HOSTILE)] for place in range(300)]), "en")

    made = turned(digest)

    assert all(characters_of(each) > 1_500 for each in made[1:-1])


def test_a_section_of_the_thread_starts_a_message_with_its_title() -> None:
    digest = reference_day()

    made = messages(digest)

    told = [section.title for section in digest.sections]
    begun = [markdown(each).partition("\n")[0].removeprefix("### ") for each in made]
    assert [title for title in begun if title in told] == told
    assert [each.notice for each in made][: len(told)] == told
    assert all(each.rows == () for each in made)


def test_the_thread_ends_with_how_the_digest_came_about() -> None:
    told = drawn(messages(reference_day())[-1]).splitlines()

    assert told[-1] == "Time zone: Asia/Shanghai"
    assert told[-2].startswith("Coverage: ")


def test_a_row_of_a_list_tells_title_author_and_the_readers_own_time() -> None:
    rows = [line for each in messages(reference_day()) for line in markdown(each).splitlines()]

    [row] = [line for line in rows if "Isotr0py" in line and "<t:" in line]
    assert row.endswith("Add PrefixLM support to TritonAttention backend · Isotr0py, <t:1765366320:f>")
    assert row.startswith("- [")


def test_a_table_is_a_list_since_a_phone_would_break_it() -> None:
    table = Table("People", ("login", "merged", "opened"), (("`alice`", "3", ""), ("`bob`", "2", "1")))

    [first, *_] = messages(with_sections(Section("activity", "Activity", tables=(table,))))

    assert drawn(first).splitlines() == [
        "Activity",
        "People",
        "- alice · merged: 3",
        "- bob · merged: 2 · opened: 1",
    ]


def test_what_is_told_of_an_entry_stands_indented_below_it() -> None:
    told = (Claim("It is fast."), Claim("Nobody.", label="Reviews"))
    entries = [replace(long_section(0).entries[0], claims=told, number=number) for number in (30_062, 30_382)]

    [first, *_] = messages(with_sections(Section("changes", "Changes", entries=tuple(entries))))

    assert drawn(first).splitlines() == [
        "Changes",
        "1. PR #30062 [CPU] Support for Whisper",
        "   - It is fast.",
        "   - Reviews: Nobody.",
        "2. Issue #30382 [Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512",
        "   - It is fast.",
        "   - Reviews: Nobody.",
    ]


def test_no_message_ends_with_a_heading_or_with_the_name_of_a_list() -> None:
    digest = extracted(hostile_facts([HOSTILE[place % len(HOSTILE)] for place in range(200)]), "en", "daily")

    for message in [*messages(digest), *turned(digest)]:
        last = markdown(message).splitlines()[-1]
        assert not last.startswith(("#", "**"))


def test_lists_that_hold_nothing_are_named_on_one_line() -> None:
    told = drawn(messages(digest_of(facts_of((), HOUR), "en"))[-1]).splitlines()

    assert [line for line in told if line.startswith("None")] == [
        (
            "None: new issues, closed issues, new pull requests, merged pull requests, "
            "pull requests closed without merging"
        )
    ]


def test_equal_digests_have_equal_messages() -> None:
    assert messages(reference_day()) == messages(reference_day())


def test_threads_of_one_day_have_different_names() -> None:
    windows = [
        Window(local("17:53"), local("18:53"), TZ),
        Window(local("18:53"), local("19:53"), TZ),
    ]

    names = [thread_name(digest_of(facts_of(ITEMS, each), "en"), load("en")) for each in windows]

    assert names == [
        "vLLM development report - 2025-12-10 17:53–18:53",
        "vLLM development report - 2025-12-10 18:53–19:53",
    ]


@pytest.mark.parametrize(
    "title", ["A title " * 40, "🚀" * 90, "a\nb\u202e"], ids=["long", "pictures", "unseen"]
)
def test_a_thread_has_a_name_that_discord_takes(title: str) -> None:
    name = thread_name(replace(reference_day(), title=title), load("en"))

    assert 0 < len(name.encode("utf-16-le")) // 2 <= 100
    assert name.isprintable()


def test_the_file_is_the_whole_report_in_markdown() -> None:
    digest = reference_day("zh")

    file = report_file(digest, load("zh"))

    assert file.name == f"{digest.id}.zh.md"
    assert file.data.decode() == render(digest, "md", load("zh"))


def test_text_to_paste_is_the_plain_text_in_a_block_of_code() -> None:
    digest = digest_of(facts_of((), HOUR), "en")

    message = copied(digest, load("en"))

    check(message)
    block, told = (part.markdown for part in message.parts if isinstance(part, Text))
    assert block == "```\n" + render(digest, "text", load("en")).strip("\n") + "\n```"
    assert told == "-# For pasting: plain text, in which nobody is mentioned."


def test_text_to_paste_is_cut_between_lines_and_says_so() -> None:
    digest = busy()

    message = copied(digest, load("en"))

    check(message)
    block, told = (part.markdown for part in message.parts if isinstance(part, Text))
    whole = render(digest, "text", load("en")).splitlines()
    kept = block.replace("\u200b", "").splitlines()[1:-1]
    assert len(kept) > 20
    assert kept == whole[: len(kept)]
    assert "This is as much as fits here" in told


@pytest.mark.parametrize(
    "title",
    [
        "``` @everyone <@1> ```",
        "````` evil.example",
        "discord.gg/abc",
        "Discord.com/invite/x dis.gd/y",
    ],
)
def test_a_title_does_nothing_in_text_to_paste(title: str) -> None:
    digest = extracted(hostile_facts([title] * 2), "en")

    block, _ = (part.markdown for part in copied(digest, load("en")).parts if isinstance(part, Text))

    made = read(block)
    assert made.is_inert
    assert [run.styles for run in made.runs] == [{"block"}]
    assert title.split()[-1] in made.text.replace("\u200b", "")


def test_buttons_of_a_page_carry_the_digest() -> None:
    second = turned(busy())[1]

    assert [each.pressed for each in buttons(second)] == [
        Pressed(handle=HANDLE, page=0),
        Pressed(handle=HANDLE, page=2),
    ]
