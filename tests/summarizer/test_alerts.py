"""Alerts: reverts, failures of CI and regressions, and nothing that merely sounds like one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.alerts import Alert, find_alerts
from summarizer.counting import build_facts
from tests.builders import HOUR, REPO, comment, coverage, event, item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.items import Item

OPENED = (event("opened", 1),)
CLOSED = (event("opened", 1), event("closed", 9))
MERGED = (event("opened", 1), event("merged", 9))


def alerts(*items: Item, related: Iterable[Item] = ()) -> tuple[Alert, ...]:
    facts = build_facts(repo=REPO, window=HOUR, items=items, coverage=coverage(), related=related)
    return find_alerts(facts)


def issue(number: int = 1, title: str = "", body: str | None = None, labels: tuple[str, ...] = ()) -> Item:
    return item(number, kind="issue", title=title, body=body, labels=labels, events=OPENED)


# --- reverts


def test_a_revert_is_told_with_what_it_undoes_and_whether_it_is_merged() -> None:
    merged = item(40, title='Revert "Move" (#12)', events=MERGED)
    proposed = item(41, title='Revert "Pin"', events=OPENED)
    pin = item(9, title="Pin", events=(event("opened", -9), event("merged", -5)))

    assert alerts(merged, proposed, related=[pin]) == (
        Alert("revert", 41, (9,)),
        Alert("revert", 40, (12,), "merged"),
    )


def test_a_revert_that_was_itself_undone_is_settled_by_the_other() -> None:
    revert = item(40, title='Revert "Move" (#12)', events=MERGED)
    again = item(
        45, title='Revert "Revert "Move" (#12)" (#40)', events=(event("opened", 10), event("merged", 12))
    )

    found = {alert.number: alert for alert in alerts(revert, again)}

    assert (found[40].settled, found[40].settled_by) == ("reverted", 45)
    assert found[45].undoes == (40,)


# --- CI


@pytest.mark.parametrize(
    "title",
    [
        "[CI Failure]: mi325_2: Distributed Tests",
        "[CI Failure] Disable two tests",
        "[Bug][CI Failure]: kernels",
        "CI failure: kernels",
        "[Bugfix] Fix main branch breakage: main is broken by an import",
        "[CI] Unblock main",
        "[Bugfix] Fix broken CI on main",
    ],
)
def test_a_title_tells_a_failure_of_ci(title: str) -> None:
    assert [(alert.kind, alert.settled) for alert in alerts(issue(title=title))] == [("ci_failure", None)]


def test_a_label_tells_a_failure_of_ci() -> None:
    (alert,) = alerts(issue(title="Kernels (B200)", labels=("bug", "ci-failure")))

    assert (alert.kind, alert.label) == ("ci_failure", "ci-failure")


@pytest.mark.parametrize(
    "title",
    [
        "[CI] Fix a flaky test",
        "[CI] Skip failing test",
        "[EPLB] Remove main waits in case of slow EPLB",
        "[CI/Build] Split the tests",
        "[Bug]: unexpected tokens in message header",
        "Fix the main loop",
    ],
)
def test_work_on_ci_is_no_failure_of_it(title: str) -> None:
    assert alerts(item(title=title, events=OPENED)) == ()


def test_an_issue_is_settled_by_the_merged_pull_request_that_github_links() -> None:
    failing = item(1, kind="issue", title="[CI Failure]: kernels", events=CLOSED)
    fix = item(2, title="Repair the kernels", events=MERGED, linked=(1,))

    assert alerts(failing, fix) == (Alert("ci_failure", 1, (), "fixed", 2),)
    assert alerts(failing) == (Alert("ci_failure", 1, (), "closed"),)


# --- regressions


@pytest.mark.parametrize(
    "title",
    [
        "[Bug]: decode ITL regression v0.18 → v0.19+",
        "[Performance]: Performance decrease after upgrading from 0.8.5 to 0.9.2",
        "[Bugfix] Fix mxfp4 oracle regressions from #37128",
        "[Bug]: worked in v0.10.1, breaks in v0.11.0",
        "Throughput regressed",
    ],
)
def test_a_title_tells_a_regression(title: str) -> None:
    assert [alert.kind for alert in alerts(issue(title=title))] == ["regression"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Hello. This is a regression from 0.10. Thanks!", "This is a regression from 0.10."),
        ("It worked in v0.10.2 but fails in v0.11.0.", "It worked in v0.10.2 but fails in v0.11.0."),
        ("Broken in 0.11, works fine in 0.10.", "Broken in 0.11, works fine in 0.10."),
        ("Latency regressed since v0.9.0", "Latency regressed since v0.9.0"),
    ],
)
def test_a_telling_sentence_is_kept_with_the_alert(body: str, sentence: str) -> None:
    (alert,) = alerts(issue(title="[Bug]: slow", body=body))

    assert (alert.kind, alert.sentence) == ("regression", sentence)


def test_a_label_tells_a_regression() -> None:
    assert [alert.label for alert in alerts(issue(title="Slow", labels=("performance-regression",)))] == [
        "performance-regression"
    ]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("[Test] Add regression tests for LoRA", None),
        ("[Feature]: logistic regression head", None),
        ("[Core] Move the scheduler with no regression", None),
        ("[Bug]: slow", "Is this a regression from 0.10?"),
        ("[Bug]: slow", "This may cause a regression in throughput."),
        ("[Bug]: slow", "I added a regression test for it."),
        ("[Bug]: slow", "It works with Python 3.10 and torch 2.8."),
        ("[Bug]: slow", "If it worked in 0.10 and fails in 0.11, tell us."),
        ("[Bug]: slow", "There was no regression since 0.10."),
    ],
)
def test_what_only_speaks_of_regressions_is_none(title: str, body: str | None) -> None:
    assert alerts(issue(title=title, body=body)) == ()


# --- which items


def test_only_listed_items_and_hot_threads_give_alerts() -> None:
    old = (event("opened", -90),)
    talked = item(1, kind="issue", title="[CI Failure]: a", events=old, comments=(comment("bob", 3),))
    unseen = item(2, kind="issue", title="[CI Failure]: b", events=old)

    assert [alert.number for alert in alerts(talked, unseen)] == [1]


def test_reverts_stand_first_and_open_ones_before_settled_ones() -> None:
    found = alerts(
        issue(1, title="[Bug]: regression"),
        item(2, kind="issue", title="[CI Failure]: a", events=CLOSED),
        issue(3, title="[CI Failure]: b"),
        item(4, title="Revert #9", events=MERGED),
    )

    assert [(alert.kind, alert.number) for alert in found] == [
        ("revert", 4),
        ("ci_failure", 3),
        ("ci_failure", 2),
        ("regression", 1),
    ]


def test_an_item_gives_one_alert() -> None:
    both = item(4, title="Revert #9", labels=("ci-failure", "regression"), events=MERGED)

    assert [alert.kind for alert in alerts(both)] == ["revert"]


@given(st.text(max_size=200), st.text(max_size=2000))
def test_any_text_is_read_without_an_error(title: str, body: str) -> None:
    alerts(issue(title=title, body=body), replace(issue(2, title=title), kind="pull_request", body=body))
