"""Reverts: what a pull request says it undoes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.reverts import is_revert, named_by_reverts, plain_title, told, undone
from tests.builders import event, item

MERGED = (event("opened", -9), event("merged", -5))
MOVE = replace(
    item(12, title="[Core] Move the scheduler", events=MERGED),
    merge_commit="0123456789abcdef0123456789abcdef01234567",
)
KNOWN = {12: MOVE, 13: item(13, kind="issue", title="[Core] Move the scheduler")}


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ('Revert "[Core] Move the scheduler" (#12)', None),
        ('Revert "[Core] Move the scheduler (#12)"', None),
        ('Revert "[Core] Move the scheduler (#12)" (#40)', None),
        ('[Core] revert "[Core] Move the scheduler"', None),
        ('Revert "[core] move  the scheduler"', None),
        ("[Revert] [Core] Move the scheduler", None),
        ("Revert #12", None),
        ("[Bugfix] Revert #12 for now", None),
        ("Go back", "Reverts vllm-project/vllm#12"),
        ("Go back", "This PR reverts #12, which broke the build."),
        ("Go back", "Reverts https://github.com/vllm-project/vllm/pull/12"),
        ("Go back", "This reverts commit 0123456789abcdef0123456789abcdef01234567."),
        ("Go back", "This reverts commit 0123456."),
    ],
)
def test_what_is_undone_is_told_by_number_title_or_commit(title: str, body: str | None) -> None:
    assert undone(item(40, title=title, body=body), KNOWN) == (12,)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("[Core] Move the scheduler", None),
        ("Fix what #12 broke", "We could revert #12 instead."),
        ("Reverting matrices faster (#12)", None),
        ("Convert #12", "Converts #12"),
        ("Go back", "Reverts other/project#12"),
        ("Go back", "<!-- Reverts vllm-project/vllm#12 -->"),
        ("Go back", "> Reverts vllm-project/vllm#12"),
        ('Revert "Something else"', None),
        ('Revert "[Core] Move the scheduler', None),
    ],
)
def test_what_only_speaks_of_a_revert_undoes_nothing(title: str, body: str | None) -> None:
    assert undone(item(40, title=title, body=body), KNOWN) == ()


def test_a_number_that_is_an_issues_is_not_what_was_undone() -> None:
    assert undone(item(40, title='Revert "[Core] Move the scheduler" (#13)'), KNOWN) == (12,)


def test_of_pull_requests_with_one_title_the_latest_merged_before_is_undone() -> None:
    known = {number: replace(MOVE, number=number, merge_commit=None) for number in (12, 20, 50)}
    known[30] = item(30, title=MOVE.title, events=(event("opened", -9),))

    assert undone(item(40, title=f'Revert "{MOVE.title}"'), known) == (20,)


def test_issues_revert_nothing() -> None:
    assert told(item(40, kind="issue", title='Revert "[Core] Move the scheduler" (#12)')) is None


def test_a_revert_need_not_name_what_it_undoes() -> None:
    assert is_revert(item(40, title="[CI]revert the context manager"))
    assert is_revert(item(40, title="[Revert] Remove the check"))
    assert not is_revert(item(40, title="[Bugfix] Revert to the slow path when the cache is full"))
    assert not is_revert(item(40, title="Support reverting a reload"))


def test_what_reverts_name_and_nobody_has_is_to_be_looked_up() -> None:
    reverts = [item(40, title='Revert "Move" (#12)'), item(41, title='Revert "Pin" (#9)'), MOVE]

    assert named_by_reverts(reverts) == (9,)


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_is_read_without_an_error_and_never_undoes_itself(title: str, body: str) -> None:
    revert = item(40, title=f'Revert "{title}"', body=f"Reverts #40\n{body}")

    assert 40 not in undone(revert, {**KNOWN, 40: revert})


@given(st.text(max_size=100))
def test_a_plain_title_stays_as_it_is(title: str) -> None:
    assert plain_title(plain_title(title)) == plain_title(title)
