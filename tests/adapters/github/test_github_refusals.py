"""How long GitHub asks us to wait, read from what it sends: by its own clock, and never less."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.github.errors import (
    AdapterError,
    Forbidden,
    MissingScopes,
    PartialData,
    RateLimited,
    Rejected,
    RepoNotFound,
    SecondaryLimit,
)
from adapters.github.refusals import Reply, refusal_in_errors, refusal_of_status

DATE = "Wed, 10 Dec 2025 09:53:00 GMT"
EPOCH = int(datetime(2025, 12, 10, 9, 53, tzinfo=UTC).timestamp())
NAME = {"owner": "a", "name": "b"}


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Wed, 10 Dec 2025 09:53:09 GMT", "date": DATE}, 9),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 11), "date": DATE}, 11),
        ({}, 60),
    ],
)
def test_a_secondary_limits_pause_is_retry_after_else_the_reset_else_a_minute(
    headers: dict[str, str], wait_s: float
) -> None:
    error = refusal_of_status(403, Reply(403, headers, "You have exceeded a secondary rate limit."))

    assert isinstance(error, SecondaryLimit)
    assert error.wait_s == wait_s


@pytest.mark.parametrize("status", [403, 429])
def test_a_spent_hour_is_waited_for_by_githubs_clock(status: int) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90), "date": DATE}

    error = refusal_of_status(status, Reply(status, headers, "API rate limit exceeded"))

    assert isinstance(error, RateLimited)
    assert error.reset_at == datetime(2025, 12, 10, 9, 54, 30, tzinfo=UTC)
    assert error.wait_s == 90


def test_a_spent_hour_without_a_reset_is_waited_for_an_hour() -> None:
    [error] = [refusal_of_status(403, Reply(403, {}, "API rate limit exceeded"))]

    assert isinstance(error, RateLimited)
    assert (error.reset_at, error.wait_s) == (None, 3600)


def test_a_403_that_speaks_of_no_limit_is_forbidden() -> None:
    assert isinstance(refusal_of_status(403, Reply(403, {}, "Resource protected by SAML")), Forbidden)


def found(*errors: object, data: object = None) -> AdapterError | frozenset[int]:
    return refusal_in_errors(errors, data, Reply(200), NAME)


def test_nodes_that_are_gone_are_no_failure() -> None:
    gone = {"type": "NOT_FOUND", "path": ["nodes", 3], "message": "Could not resolve to a node"}

    assert found(gone, {**gone, "path": ["nodes", 5]}, data={"nodes": []}) == frozenset({3, 5})
    assert found({**gone, "path": ["node"]}, data={"node": None}) == frozenset({0})
    assert isinstance(found(gone, {"message": "?", "path": ["nodes", 1]}, data={}), PartialData)


def test_reviewer_that_the_token_may_not_see_is_no_failure_and_anything_else_is() -> None:
    path = ["nodes", 3, "reviewRequests", "nodes", 0, "requestedReviewer"]
    hidden = {"type": "FORBIDDEN", "path": path, "message": "Resource not accessible by integration"}
    gone = {"type": "NOT_FOUND", "path": ["nodes", 5], "message": "Could not resolve to a node"}

    assert found(hidden, data={"nodes": []}) == frozenset()
    assert found(hidden, gone, data={"nodes": []}) == frozenset({5})
    assert isinstance(found({**hidden, "path": path[:-1]}, data={}), Forbidden)
    assert isinstance(found({**hidden, "path": "requestedReviewer"}, data={}), Forbidden)
    assert isinstance(found({**hidden, "type": None}, data={}), PartialData)


def test_scopes_that_a_token_lacks_are_told_apart() -> None:
    lacks = {"type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted the required scopes"}

    assert isinstance(found(lacks), MissingScopes)
    assert type(found({"type": "FORBIDDEN", "message": "no"})) is Forbidden


def test_numbers_that_are_no_items_are_no_missing_repository() -> None:
    none = {"type": "NOT_FOUND", "path": ["repository", "n3"], "message": "Could not resolve to an issue"}

    assert found(none, {**none, "path": ["repository", "n17"]}, data={}) == frozenset({3, 17})
    for path in (["repository"], ["repository", "issue"], ["repository", "n"], ["repository", "n3x"]):
        refusal = found(none, {**none, "path": path}, data={})
        assert isinstance(refusal, RepoNotFound)
        assert refusal.values == {"repo": "a/b"}


def test_a_missing_repository_goes_before_ids_that_it_hides() -> None:
    hidden = {"type": "NOT_FOUND", "path": ["nodes", 0], "message": "Could not resolve to a node"}

    assert isinstance(found(hidden, {**hidden, "path": ["repository"]}, data={}), RepoNotFound)


def test_the_gravest_of_several_errors_is_told() -> None:
    hole = {"message": "?", "path": ["nodes", 1]}
    spent = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    missing = {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}

    assert isinstance(found(hole, spent, data={}), RateLimited)
    assert isinstance(found(hole, spent, missing, data={}), RepoNotFound)


@pytest.mark.parametrize(
    "error", [7, None, {}, {"message": None}, {"type": 5, "path": "x", "extensions": []}]
)
def test_errors_of_any_shape_are_a_refusal(error: object) -> None:
    assert isinstance(found(error), Rejected)
