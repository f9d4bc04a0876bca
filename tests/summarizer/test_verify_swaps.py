"""The swapping model: true numbers, logins, states and figures that have changed places are found out.

Windows, true statements about them, and exchanges are all made by chance; see `tests.sayings`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from summarizer.digests import Claim
from summarizer.verify import Verifier
from tests.sayings import SAYINGS, Made, Statement, ended_at, facts_of, kind_word, made_items

if TYPE_CHECKING:
    from collections.abc import Callable

    from summarizer.facts import Counts

JOINTS = {"en": ("; ", ", and ", ", while ", ". ", ", but "), "zh": ("；", "，", "，而 ", "。", "，同时 ")}
WRITTEN: tuple[Callable[[str], str], ...] = (
    lambda login: f"`{login}`",
    lambda login: login,
    lambda login: f"@{login}",
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[dict[int, Made], str, list[Statement], str, Callable[[str], str]]:
    """A window, a language, true statements about its items, what joins them, and how logins are written."""
    made = draw(made_items())
    lang = draw(st.sampled_from(["en", "zh"]))
    statements = []
    for number in draw(st.lists(st.sampled_from(sorted(made)), min_size=1, max_size=3, unique=True)):
        name = draw(st.sampled_from(sorted(SAYINGS)))
        values = SAYINGS[name].values(made[number])
        if values is None:
            name, values = "author", {"login": made[number].author}
        statements.append(
            Statement(name, draw(st.sampled_from(SAYINGS[name].wordings[lang])), number, values)
        )
    return made, lang, statements, draw(st.sampled_from(JOINTS[lang])), draw(st.sampled_from(WRITTEN))


def _claim(lang: str, statements: list[Statement], joint: str, written: Callable[[str], str]) -> Claim:
    text = (
        joint.join(statement.words(lang, written) for statement in statements) + {"en": ".", "zh": "。"}[lang]
    )
    return Claim(text, tuple(dict.fromkeys(statement.number for statement in statements)), "model")


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[dict[int, Made], str, list[Statement], str, Callable[[str], str]]:
    """A story in which the values of one type have changed places, among its own and those of other items."""
    made, lang, statements, joint, written = draw(stories())
    slots = [(place, "n") for place in range(len(statements))]
    slots += [(place, slot) for place, statement in enumerate(statements) for slot in statement.values]
    kind = draw(st.sampled_from(sorted({_type(slot) for _, slot in slots})))
    chosen = [(place, slot) for place, slot in slots if _type(slot) == kind]
    pool = [_value(statements[place], slot) for place, slot in chosen]
    for other in draw(st.lists(st.sampled_from(sorted(made)), max_size=3)):
        pool += _values(made[other], kind)
    new = draw(st.permutations(pool))
    for (place, slot), value in zip(chosen, new, strict=False):
        old = statements[place]
        statements[place] = (
            replace(old, number=int(value))
            if slot == "n"
            else replace(old, values={**old.values, slot: value})
        )
    return made, lang, statements, joint, written


def _type(slot: str) -> str:
    return {
        "other": "login",
        "additions": "figure",
        "deletions": "figure",
        "files": "figure",
        "comments": "figure",
    }.get(slot, slot)


def _value(statement: Statement, slot: str) -> str:
    return str(statement.number) if slot == "n" else statement.values[slot]


def _values(made: Made, kind: str) -> list[str]:
    item = made.item
    figures = [item.additions, item.deletions, item.changed_files, item.comments_total]
    return {
        "n": [str(item.number)],
        "login": [made.author, made.ender, made.approver, *made.commenters],
        "state": [made.fate],
        "figure": [str(figure) for figure in figures if figure],
        "token": [made.token],
        "percent": [str(made.percent)],
        "time": [ended_at(made)],
        "kind": [kind_word(made)],
    }[kind]


# a failing claim is short as it is, and shrinking whole windows takes minutes
unhurried = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=250,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@unhurried
@given(stories())
def test_what_is_true_passes(
    story: tuple[dict[int, Made], str, list[Statement], str, Callable[[str], str]],
) -> None:
    made, lang, statements, joint, written = story
    claim = _claim(lang, statements, joint, written)
    assert Verifier(facts_of(made)).check(claim) == (), claim.text


@unhurried
@given(exchanges())
def test_what_an_exchange_made_untrue_is_found_out(
    story: tuple[dict[int, Made], str, list[Statement], str, Callable[[str], str]],
) -> None:
    made, lang, statements, joint, written = story
    claim = _claim(lang, statements, joint, written)
    faults = Verifier(facts_of(made)).check(claim)
    if all(statement.is_true(made) for statement in statements):
        assert faults == (), claim.text
    else:
        assert faults, claim.text


COUNTED = {
    "en": {
        "issues_opened": "{n} new issues",
        "issues_closed": "{n} issues were closed",
        "prs_opened": "{n} new PRs",
        "prs_merged": "{n} PRs were merged",
        "prs_closed_unmerged": "{n} PRs were closed without merging",
    },
    "zh": {
        "issues_opened": "新增 {n} 个 Issue",
        "issues_closed": "关闭了 {n} 个 Issue",
        "prs_opened": "新增 {n} 个 PR",
        "prs_merged": "合并了 {n} 个 PR",
        "prs_closed_unmerged": "{n} 个 PR 关闭但未合并",
    },
}


@unhurried
@given(made_items(), st.sampled_from(["en", "zh"]), st.data())
def test_a_count_under_another_name_is_found_out(
    made: dict[int, Made], lang: str, data: st.DataObject
) -> None:
    facts = facts_of(made)
    names = data.draw(st.lists(st.sampled_from(sorted(COUNTED[lang])), min_size=1, max_size=3, unique=True))
    told = data.draw(st.permutations(sorted(COUNTED[lang])))[: len(names)]
    joint = data.draw(st.sampled_from([", ", " and ", "; "] if lang == "en" else ["，", "；", "，并"]))

    def claim(values: list[str]) -> Claim:
        parts = [
            COUNTED[lang][name].format(n=_count(facts.counts, value))
            for name, value in zip(names, values, strict=True)
        ]
        return Claim(joint.join(parts) + ("." if lang == "en" else "。"), (), "model")

    verifier = Verifier(facts)
    assert verifier.check(claim(names)) == (), claim(names).text
    is_true = all(
        _count(facts.counts, a) == _count(facts.counts, b) for a, b in zip(names, told, strict=True)
    )
    assert (verifier.check(claim(list(told))) == ()) is is_true, claim(list(told)).text


def _count(counts: Counts, name: str) -> int:
    value = getattr(counts, name)
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_saying_has_wordings_in_both_languages(lang: str) -> None:
    assert all(saying.wordings[lang] for saying in SAYINGS.values())
