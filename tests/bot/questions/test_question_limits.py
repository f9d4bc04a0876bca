"""What no query can say is told as unread, so that no question for it gets a sure answer to another one."""

from __future__ import annotations

import pytest

from tests.bot.questions.asking import named, query, read


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("were all AMD PRs merged this week?", ("all",)),
        ("is everything merged?", ("everything",)),
        ("are all bugs closed?", ("all",)),
        ("did every AMD PR get merged?", ("every",)),
        ("is each AMD PR reviewed?", ("each",)),
        ("have both PRs been merged?", ("both",)),
        ("have most of the PRs been merged?", ("most of",)),
        ("is no AMD PR open?", ("no",)),
        ("are no AMD PRs open?", ("no",)),
        ("are there no open PRs?", ("no",)),
        ("are none of the AMD PRs merged?", ("none of",)),
        ("本周 AMD 的 PR 都合并了吗？", ("都",)),
        ("所有的 bug 都关闭了吗？", ("所有的", "都")),
        ("全部 PR 是否已合并？", ("全部",)),
        ("大部分 PR 合并了吗？", ("大部分",)),
        ("没有 AMD 的 PR 吗？", ("没有",)),
    ],
)
def test_a_question_of_all_or_none_is_not_answered_by_some(text: str, unread: tuple[str, ...]) -> None:
    found = read(text)

    assert found.query.form == "yes_no"
    assert found.unread == unread


@pytest.mark.parametrize(
    "text",
    [
        "show all AMD PRs",
        "can you list all AMD PRs?",
        "any AMD PRs at all?",
        "were #101 and #102 both merged?",
        "本周所有 AMD 的 PR",
        "#101 和 #102 都合并了吗？",
    ],
)
def test_all_is_harmless_where_a_list_is_wanted_or_items_are_named(text: str) -> None:
    assert read(text).unread == ()


def test_all_of_what_was_found_before_is_no_part_of_it() -> None:
    assert read("are they all merged?", after="AMD PRs this week").unread == ("all",)
    assert read("这些都合并了吗？", after="AMD PRs this week").unread == ("都",)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ('AMD PRs "--"', "--"),
        ('any AMD PRs with "???" in the title?', "???"),
        ('AMD PRs "!!!"', "!!!"),
        ("AMD PRs 🚀", "🚀"),
        ("AMD PRs ## today", "##"),
        ("any → AMD PRs", "→"),
        ("本周有“--”的 PR 吗？", "--"),
        ("本周「？？」的 PR", "??"),
        ("🚀 相关的 PR", "🚀"),
    ],
)
def test_signs_that_say_something_do_not_vanish(text: str, unread: str) -> None:
    found = read(text)

    assert unread in found.unread
    assert (found.query.phrases, found.query.words) == ((), ())


@pytest.mark.parametrize(
    "text", ["AMD PRs!!!", "AMD PRs this week?!", "AMD PRs... this week", "AMD 的 PR！！", "AMD PRs 🙏"]
)
def test_punctuation_and_thanks_say_nothing(text: str) -> None:
    assert read(text).unread == ()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [("今天有提到“内存泄漏”的吗？", "内存泄漏"), ('提到"a b"的 PR', "a b"), ("PRs with “a b” today", "a b")],
)
def test_what_curly_quotes_hold_is_a_phrase_in_any_script(text: str, phrase: str) -> None:
    assert read(text).query.phrases == (phrase,)
    assert read(text).unread == ()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("how long did #101 take to merge?", "how long"),
        ("#101 多久才合并？", "多久才"),
        ("who has to review #102?", "review"),
        ("谁要审查 #102？", "审查"),
        ("谁需要审查 #102？", "需要审查"),
        ("who is assigned to #102?", "is assigned to"),
        ("who is the assignee of #102?", "assignee"),
        ("谁负责 #102？", "负责"),
        ("PRs that have to be merged", "that have to"),
    ],
)
def test_what_cannot_be_asked_for_is_told(text: str, unread: str) -> None:
    found = read(text)

    assert unread in found.unread
    assert found.query.people == ()
    assert found.query.window is None or found.query.events


@pytest.mark.parametrize(
    "text",
    [
        "AMD PRs except #101",
        "AMD PRs besides #101",
        "AMD PRs except PR #101",
        "AMD PRs other than #101 and #102",
        "AMD PRs, not #101",
        "除了 #101 以外的 AMD PR",
        "不含 #101、#102 的 AMD PR",
    ],
)
def test_an_item_that_is_left_out_is_not_what_is_looked_for(text: str) -> None:
    found = read(text)

    assert named(text) == {"kind": "pull_request", "topics": ["amd"]}
    assert "#101" in found.unread


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("any boring AMD PRs?", "boring"),
        ("is everyting megred?", "everyting"),
        ("有 reviewwed 都 的 PR 吗", "都"),
    ],
)
def test_a_word_is_told_as_it_was_typed(text: str, unread: str) -> None:
    told = (*read(text).unread, *read(text).query.words)

    assert unread in told
    assert "bring" not in told


@pytest.mark.parametrize(
    "text", ["before that?", "in Chinese", "in english", "之前呢？", "用中文", "翻译成英文"]
)
def test_what_a_follow_up_cannot_change_is_told(text: str) -> None:
    found = read(text, after="AMD PRs this week")

    assert found.unread
    assert (found.query.as_dict(), found.refines) == ({}, False)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("explain", "explain"),
        ("please summarize them", "explain"),
        ("解释一下", "explain"),
        ("list them", None),
        ("which ones?", None),
        ("列出来", None),
        ("有哪些？", None),
    ],
)
def test_what_was_found_before_is_told_in_another_form(text: str, form: str | None) -> None:
    last = {"kind": "pull_request", "topics": ["amd"], "window": "week this"}

    assert query(text, after="how many AMD PRs this week?") == last | ({"form": form} if form else {})


@pytest.mark.parametrize(
    "text", ["am I asked for a review?", "有没有等我 review 的 PR？", "is my review requested?"]
)
def test_whether_a_review_is_asked_of_me_is_a_question_of_its_own(text: str) -> None:
    alone = read(text)
    after = read(text, after="AMD PRs this week")

    told = alone.query.as_dict() | {"kind": "pull_request"}
    assert told == {"kind": "pull_request", "states": ["open"], "people": ["requested:@me"], "form": "yes_no"}
    assert (after.query, after.refines) == (alone.query, False)
