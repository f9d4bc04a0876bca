"""Who has a part in the items that a sentence asks for."""

from __future__ import annotations

from typing import Any

import pytest

from bot.questions.reader import Reader
from tests.bot.questions.asking import LOGINS, RULES, named, question, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRs by mgoin", {"people": ["author:mgoin"]}),
        ("PRs from @stranger", {"people": ["author:stranger"]}),
        ("mgoin's PRs", {"people": ["author:mgoin"]}),
        ("mgoin PRs", {"people": ["author:mgoin"]}),
        ("PRs of mgoin", {"people": ["author:mgoin"]}),
        ("PRs by some-body and DarkLight1337", {"people": ["author:some-body", "author:DarkLight1337"]}),
        ("PRs by dependabot[bot]", {"people": ["author:dependabot[bot]"]}),
        ("PRs mgoin opened", {"events": ["opened"], "people": ["author:mgoin"]}),
        ("PRs reviewed by mgoin", {"events": ["reviewed"], "people": ["reviewer:mgoin"]}),
        (
            "PRs mgoin and octocat reviewed",
            {"events": ["reviewed"], "people": ["reviewer:mgoin", "reviewer:octocat"]},
        ),
        ("PRs with reviewer mgoin", {"events": ["reviewed"], "people": ["reviewer:mgoin"]}),
        ("PRs merged by mgoin", {"events": ["merged"], "people": ["merger:mgoin"]}),
        ("PRs mgoin commented on", {"events": ["discussed"], "people": ["commenter:mgoin"]}),
        ("PRs assigned to mgoin or octocat", {"people": ["assignee:mgoin", "assignee:octocat"]}),
        ("PRs involving mgoin", {"people": ["involved:mgoin"]}),
        ("PRs waiting for my review", {"states": ["open"], "people": ["requested:@me"]}),
        ("my PRs", {"people": ["author:@me"]}),
        ("my open PRs", {"states": ["open"], "people": ["author:@me"]}),
        ("PRs I reviewed", {"events": ["reviewed"], "people": ["reviewer:@me"]}),
        ("PRs assigned to me", {"people": ["assignee:@me"]}),
        (
            "PRs by mei-lin reviewed by mgoin",
            {"events": ["reviewed"], "people": ["author:mei-lin", "reviewer:mgoin"]},
        ),
        ("PRs by AMD people", {"organisations": ["amd"]}),
        ("PRs from AMD's team", {"organisations": ["amd"]}),
        ("PRs from people at AMD", {"organisations": ["amd"]}),
        ("PRs by Red Hat", {"organisations": ["redhat"]}),
        ("AMD's PRs", {"topics": ["amd"]}),
        ("mgoin 的 PR", {"people": ["author:mgoin"]}),
        ("mgoin 提的 PR", {"people": ["author:mgoin"]}),
        ("由 mgoin 提交的 PR", {"people": ["author:mgoin"]}),
        ("mgoin 审查过的 PR", {"events": ["reviewed"], "people": ["reviewer:mgoin"]}),
        ("mgoin 合并的 PR", {"events": ["merged"], "people": ["merger:mgoin"]}),
        ("mgoin 评论过的 PR", {"events": ["discussed"], "people": ["commenter:mgoin"]}),
        ("指派给 mgoin 的 PR", {"people": ["assignee:mgoin"]}),
        ("mgoin 参与的 PR", {"people": ["involved:mgoin"]}),
        ("等我审查的 PR", {"states": ["open"], "people": ["requested:@me"]}),
        ("我的 PR", {"people": ["author:@me"]}),
        ("我提的 PR", {"people": ["author:@me"]}),
        ("AMD 员工提的 PR", {"organisations": ["amd"]}),
        ("AMD 的人提的 PR", {"organisations": ["amd"]}),
    ],
)
def test_people_and_their_parts(text: str, expected: dict[str, Any]) -> None:
    assert read(text).unread == ()
    assert named(text) == {"kind": "pull_request", **expected}


def test_what_somebody_did_without_a_noun() -> None:
    assert named("what did mgoin merge yesterday?") == {
        "events": ["merged"],
        "people": ["merger:mgoin"],
        "window": "yesterday",
    }
    assert named("what did AMD employees open last week?") == {
        "events": ["opened"],
        "organisations": ["amd"],
        "window": "week last",
    }
    assert named("what did mgoin do yesterday?") == {"people": ["involved:mgoin"], "window": "yesterday"}


def test_a_plain_word_is_nobody_unless_the_mirror_knows_them() -> None:
    assert named("multi-node PRs") == {"kind": "pull_request", "words": ["multi-node"]}
    assert read("PRs by somebodyelse").unread == ("somebodyelse",)


def test_a_name_that_is_a_login_as_well_is_read_as_both() -> None:
    reader = Reader(RULES, lambda word: word.lower() in LOGINS)
    found = reader.read(question("PRs by amd"))

    assert [part.login for part in found.query.people] == ["amd"]
    assert [(other.people, other.organisations) for other in found.others] == [((), ("amd",))]


def test_somebody_else_whom_a_platform_mentions_is_no_login() -> None:
    found = read("<@U12345> merged PRs today")

    assert found.query.people == ()
    assert found.unread == ("<@U12345>",)
