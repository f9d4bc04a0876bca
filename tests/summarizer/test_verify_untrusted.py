"""Whatever a model writes, verification ends, answers alike, and lets no link, mention or hidden character through."""

from __future__ import annotations

import pickle
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.digests import Claim
from summarizer.verify import FaultReason, Verifier
from summarizer.verify.markup import MOST_CHARS
from tests.verified import window_facts

FACTS = window_facts()
VERIFIER = Verifier(FACTS)
TRUE = "PR #30384, opened by `rogeryoungh`, was merged at 20:58."
PIECES = (
    "#30384",
    "#30389",
    "#29966",
    "PR ",
    "Issue ",
    "`hmellor`",
    "@rogeryoungh",
    " was merged",
    " 已合并",
    " by ",
    " 由 ",
    "，",
    ". ",
    "3 PRs",
    "12 条评论",
    "“",
    "”",
    "`",
    "no ",
    "AMD",
    "未发现",
    " 分别",
    " respectively",
    "(",
    ")",
    "https://",
    "0.95",
    "两个",
    "\n",
)


def reasons(text: str, cites: tuple[int, ...] = (30384,)) -> set[FaultReason]:
    return {fault.reason for fault in VERIFIER.check(Claim(text, cites, "model"))}


@settings(deadline=None)
@given(
    st.one_of(st.text(max_size=120), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)),
    st.lists(st.sampled_from([*FACTS.items, 29966, 0]), max_size=4),
)
def test_any_text_is_judged_and_always_alike(text: str, cites: list[int]) -> None:
    claim = Claim(text, tuple(cites), "model")
    faults = VERIFIER.check(claim)
    assert faults == VERIFIER.check(claim)
    assert {fault.reason for fault in faults} <= set(get_args(FaultReason))
    assert len(faults) == len(set(faults))


def test_the_sentence_these_tests_spoil_is_true() -> None:
    assert reasons(TRUE) == set()


@settings(deadline=None)
@given(
    st.integers(0, len(TRUE)),
    st.characters(categories=["Cc", "Cf", "Co", "Cs", "Zl", "Zp"], exclude_characters=" "),
)
def test_a_hidden_character_anywhere_is_a_fault(at: int, hidden: str) -> None:
    assert "markup" in reasons(TRUE[:at] + hidden + TRUE[at:])


@pytest.mark.parametrize(
    ("addition", "reason"),
    [
        ("https://example.com/x", "link"),
        ("see www.example.com", "link"),
        ("evil.dev", "link"),
        ("x@y.org", "link"),
        ("[text](there)", "link"),
        ("![text](there)", "link"),
        ("[text][1]", "link"),
        ("<img src=x>", "link"),
        ("&lt;b&gt;", "link"),
        ("<@U0123>", "mention"),
        ("<!channel>", "mention"),
        ("<!here|here>", "mention"),
        ("<#C01|general>", "mention"),
        ("<@!123>", "mention"),
        ("<@&123>", "mention"),
        ("<:smile:1>", "mention"),
        ("<t:1>", "mention"),
        ("</ask:1>", "mention"),
        ("@everyone", "mention"),
        ("@here", "mention"),
        ("@channel", "mention"),
        ("＠everyone", "mention"),
        ("`https://example.com`", "link"),
        ("slack://open", "link"),
        ("javascript:alert(1)", "link"),
    ],
)
def test_links_and_mentions_are_faults_wherever_they_stand(addition: str, reason: str) -> None:
    for text in (f"{addition} {TRUE}", f"{TRUE} {addition}", TRUE.replace(" was", f" {addition} was")):
        assert reason in reasons(text)


@pytest.mark.parametrize("text", ["a" * (MOST_CHARS + 1), "no AMD " * 1000, "#30384, " * 1000, "一" * 9000])
def test_what_is_far_too_long_is_not_even_read(text: str) -> None:
    assert reasons(text) == {"markup"}


DENIALS = (
    "There were no {topic} updates in this window.",
    "No {topic} PRs were merged.",
    "{topic} saw no activity.",
    "No changes were made about {topic}, no issues on {topic} either.",
    "本周期无 {topic} 相关更新。",
    "没有 {topic} 动态。",
    "所有 PR 中均未发现涉及 {topic} 的修改。",
    "暂无{topic}相关的讨论。",
)
NAMES = sorted({title for ledger in FACTS.ledgers.values() for title in ledger.topic.title.values()})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("denial", DENIALS)
def test_no_claim_may_deny_a_topic(name: str, denial: str) -> None:
    text = denial.format(topic=name)
    assert "topic" in reasons(text)
    assert "topic" in reasons(f"{TRUE} {text}")


@pytest.mark.parametrize("alias", FACTS.ledgers["amd"].topic.aliases)
def test_amd_may_not_be_denied_by_any_of_its_names(alias: str) -> None:
    assert "topic" in reasons(f"Nothing in #30384 concerns {alias}.")
    assert "topic" in reasons(f"PR #30384 与 {alias} 无关。")
    assert "topic" in reasons(f"未发现 {alias}。")


def test_what_is_judged_can_be_sent_to_another_process() -> None:
    facts, claim = pickle.loads(pickle.dumps((FACTS, Claim("#30384 was closed.", (30384,), "model"))))  # noqa: S301 - our own bytes
    assert Verifier(facts).check(claim) == VERIFIER.check(claim)
