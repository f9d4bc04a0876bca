"""The benchmarks' GitHub runs in a process of its own and ends with whoever started it."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from benchmarks.generate import REPO
from benchmarks.serve import Week, served

SMALL = Week(first_day=date(2026, 3, 16), issues=10, prs=10, comments=40, woken=2, background=5)
COUNT = f'{{ search(type: ISSUE, query: "repo:{REPO} updated:2026-03-16..2026-03-22") {{ issueCount }} }}'


def test_it_serves_the_week_it_is_given_and_tells_what_was_asked() -> None:
    with served(SMALL, latency_s=0) as github:
        headers = {"Authorization": f"Bearer {github.token}"}
        answer = httpx.post(github.url, json={"query": COUNT}, headers=headers, trust_env=False)
        log = github.log()
        github.clear()
        after = github.log()

    assert answer.json() == {"data": {"search": {"issueCount": 22}}}
    assert answer.headers["Date"] == "Sun, 22 Mar 2026 23:59:00 GMT"
    assert [(each.number, each.status, each.cost) for each in log] == [(1, 200, 1)]
    assert after == []
    with pytest.raises(httpx.ConnectError):
        httpx.post(github.url, json={"query": COUNT}, trust_env=False)
