"""What people think of digests and answers: taken with what it is about, listed for the shell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from adapters.chat import Context, Feedback
from bot.commands import sentence
from bot.feedback import FeedbackBook
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store import Store
    from adapters.store.feedback import FeedbackEntry

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
REPO = "vllm-project/vllm"
ANN = Context("slack", team="T1", person="U1")
CYD = Context("discord", person="123")
DAILY, WEEKLY = "daily-2026-03-24-0123456789:en:abcdef", "weekly-2026-W12-0123456789:zh:abcdef"


class Ticking:
    """A clock that is a minute later each time it is asked."""

    def __init__(self) -> None:
        self._now = NOW

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


@pytest.fixture
def book(store: Store) -> FeedbackBook:
    return FeedbackBook(store, Ticking())


async def kept(store: Store) -> Sequence[FeedbackEntry]:
    return await store.feedback.newest(100)


# take


async def test_it_is_kept_with_who_said_it_and_what_it_is_about(book: FeedbackBook, store: Store) -> None:
    await book.take(
        Feedback("wrong", about=DAILY, section="summary", number=123, reason="It is open, not merged"),
        ANN,
        2,
        repo=REPO,
    )

    [entry] = await kept(store)
    assert (entry.at, entry.who, entry.team) == (NOW + timedelta(minutes=1), "slack-user:U1", "T1")
    assert (entry.opinion, entry.about, entry.revision, entry.repo) == ("wrong", DAILY, 2, REPO)
    assert (entry.section, entry.number, entry.reason) == ("summary", 123, "It is open, not merged")


async def test_of_an_answer_in_a_direct_message_there_is_little_to_keep(
    book: FeedbackBook, store: Store
) -> None:
    await book.take(Feedback("helpful"), CYD)

    [entry] = await kept(store)
    assert (entry.who, entry.team, entry.repo, entry.about, entry.number) == (
        "discord-user:123",
        "",
        "",
        "",
        None,
    )


@pytest.mark.parametrize("number", [None, 0, -1, 10**9 + 1])
async def test_what_is_wrong_needs_the_number_of_an_item(
    number: int | None, book: FeedbackBook, store: Store
) -> None:
    with pytest.raises(BadInput) as caught:
        await book.take(Feedback("wrong", number=number), ANN)

    assert caught.value.key == "feedback.number"
    for lang in ("en", "zh"):
        assert "1234" in sentence(caught.value, lang)
    assert await kept(store) == []


async def test_other_opinions_need_no_number_but_none_that_no_item_has(
    book: FeedbackBook, store: Store
) -> None:
    await book.take(Feedback("unhelpful", number=None), ANN)
    await book.take(Feedback("helpful", number=10**9), ANN)
    with pytest.raises(BadInput):
        await book.take(Feedback("unhelpful", number=0), ANN)

    assert [entry.number for entry in await kept(store)] == [10**9, None]


async def test_a_reason_is_one_visible_line_of_at_most_2000_characters(
    book: FeedbackBook, store: Store
) -> None:
    await book.take(Feedback("unhelpful", reason="two\nlines\u202e and\u200b  a \x1b[31m bell"), ANN)
    await book.take(Feedback("unhelpful", reason="字" * 5_000), ANN)
    await book.take(Feedback("unhelpful", about="a" * 5_000, section="s" * 5_000), ANN)

    third, second, first = await kept(store)
    assert first.reason == "two lines and a [31m bell"
    assert second.reason == "字" * 2_000
    assert (len(third.about), len(third.section)) == (200, 200)


# listing


async def test_where_nobody_said_anything_that_is_told(book: FeedbackBook) -> None:
    assert await book.listing("en") == "Nobody has given feedback yet."
    assert await book.listing("zh") == "还没有人提供反馈。"


async def test_counts_come_first_and_then_the_newest_by_digest(book: FeedbackBook) -> None:
    await book.take(Feedback("helpful", about=DAILY), ANN, 1, repo=REPO)
    await book.take(Feedback("unhelpful", about=WEEKLY), CYD, 2, repo=REPO)
    await book.take(
        Feedback("wrong", about=DAILY, section="summary", number=7, reason="It is open"), ANN, 1, repo=REPO
    )
    await book.take(Feedback("helpful"), CYD)

    assert await book.listing("en") == (
        "Feedback kept: 4 (2 helpful, 1 not helpful, 1 something wrong).\n"
        "The newest 4, by digest:\n"
        "\n"
        "Answers to questions\n"
        "\n"
        "- 2026-03-24 12:04 UTC, discord-user:123: helpful\n"
        "\n"
        "Digest daily-2026-03-24-0123456789:en:abcdef, vllm-project/vllm, revision 1\n"
        "\n"
        "- 2026-03-24 12:03 UTC, slack-user:U1 in T1: something is wrong, #7, section summary."
        " They say: “It is open”\n"
        "- 2026-03-24 12:01 UTC, slack-user:U1 in T1: helpful\n"
        "\n"
        "Digest weekly-2026-W12-0123456789:zh:abcdef, vllm-project/vllm, revision 2\n"
        "\n"
        "- 2026-03-24 12:02 UTC, discord-user:123: not helpful"
    )


async def test_in_chinese_it_is_told_in_chinese(book: FeedbackBook) -> None:
    await book.take(
        Feedback("wrong", about=DAILY, section="summary", number=7, reason="还没合并"), ANN, 1, repo=REPO
    )

    assert await book.listing("zh") == (
        "已保存 1 条反馈（有帮助 0 条，没有帮助 0 条，内容有误 1 条）。\n"
        "最近 1 条，按报告排列：\n"
        "\n"
        "报告 daily-2026-03-24-0123456789:en:abcdef，vllm-project/vllm，第 1 版\n"
        "\n"
        "- 2026-03-24 12:01 UTC，T1 的 slack-user:U1：内容有误、#7、章节 summary。原话：“还没合并”"
    )


async def test_the_newest_fifty_are_listed_and_all_are_counted(book: FeedbackBook) -> None:
    for number in range(1, 61):
        await book.take(Feedback("wrong", about=DAILY, number=number), ANN)

    listed = await book.listing("en")

    assert "Feedback kept: 60 (0 helpful, 0 not helpful, 60 something wrong)." in listed
    assert "The newest 50, by digest:" in listed
    rows = [line for line in listed.split("\n") if line.startswith("- ")]
    assert len(rows) == 50
    assert "#60" in rows[0]
    assert "#11" in rows[-1]


async def test_nothing_that_people_wrote_is_markup(book: FeedbackBook) -> None:
    hostile = "@octocat [x](https://evil.example.org) <b>*bold*</b> `code https://evil.example.org"
    await book.take(Feedback("unhelpful", about=hostile, section=hostile, reason=hostile), ANN)

    shown = MarkdownIt("commonmark").parse(await book.listing("en"))

    inline = [token for block in shown for token in block.children or ()]
    assert {token.type for token in inline} <= {"text", "softbreak", "html_inline", "text_special"}
    assert {token.content for token in inline if token.type == "html_inline"} == {"<!-- -->"}
    assert "@octocat" not in "".join(token.content for token in inline)
