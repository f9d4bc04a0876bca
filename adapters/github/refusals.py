"""GitHub's refusals -> our errors. Pure: status, headers and error objects in, an error out.

What GitHub does: over the hour's points it answers HTTP 200 with an error (or 403 or 429) and
`x-ratelimit-remaining: 0`; over a secondary limit 200, 403 or 429, mostly with Retry-After; a query that
takes too long ends in 502, 504 or "Something went wrong" inside a 200
(docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from adapters.github import limits
from adapters.github.errors import (
    AdapterError,
    BadToken,
    Failing,
    Forbidden,
    MissingScopes,
    NotGraphQL,
    PartialData,
    RateLimited,
    Rejected,
    RepoNotFound,
    SecondaryLimit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_OVERLOADED = {
    "INTERNAL",
    "SERVICE_UNAVAILABLE",
    "RESOURCE_LIMITS_EXCEEDED",
    "MAX_NODE_LIMIT_EXCEEDED",
    "TIMEOUT",
}
_NUMBERED = re.compile(r"n(\d+)")  # the aliases of `queries/numbered.graphql`
_FORBIDDEN = {"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"}


@dataclass(slots=True)
class Reply:
    """The HTTP side of an answer. status 0: there was none. text: only of those with status 400 and above."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


def refusal_of_status(status: int, reply: Reply) -> AdapterError:
    """The error behind an answer that was no GraphQL result."""
    if status == 401:
        return BadToken()
    if status in (403, 429):
        return _limit(reply, reply.text) or Forbidden()
    if status >= 500:
        return Failing(status)
    if status in (400, 413, 422):
        return Rejected(f"HTTP {status}")
    return NotGraphQL(status)


def refusal_in_errors(
    errors: Sequence[Any], data: object, reply: Reply, variables: Mapping[str, Any]
) -> AdapterError | frozenset[int]:
    """The gravest of an answer's `errors`, or the indexes into `nodes` that are merely gone, when nothing
    else is wrong. A reviewer that the token may not see is no failure either: null stands in its place."""
    gone: set[int] = set()
    found: list[AdapterError] = []
    for error in errors:
        if isinstance(error, Mapping) and _hides_reviewer(error):
            continue
        refusal = _refusal(error if isinstance(error, Mapping) else {}, data, reply, variables)
        if isinstance(refusal, int):
            gone.add(refusal)
        else:
            found.append(refusal)
    # what asking again cannot mend comes first, then what states a wait
    found.sort(key=lambda refusal: (refusal.heals, refusal.wait_s is None))
    return found[0] if found else frozenset(gone)


def _hides_reviewer(error: Mapping[str, Any]) -> bool:
    """Whether it says that the token may not see who a review was requested of: mostly a team, for which an app and a
    fine-grained token need to read the organization's members (cli/cli issue 14317)."""
    kind, path = str(error.get("type") or "").upper(), error.get("path")
    return kind == "FORBIDDEN" and isinstance(path, list) and path[-1:] == ["requestedReviewer"]


def _refusal(
    error: Mapping[str, Any], data: object, reply: Reply, variables: Mapping[str, Any]
) -> AdapterError | int:
    kind = str(error.get("type") or "").upper()
    message = str(error.get("message") or "")
    path = error.get("path") or []
    if kind in ("RATE_LIMITED", "RATE_LIMIT") or "rate limit" in message.lower():
        return _limit(reply, message) or _rate_limited(reply)
    if kind == "NOT_FOUND":
        if path[:1] == ["nodes"] and len(path) > 1 and isinstance(path[1], int):
            return path[1]
        if path == ["node"]:
            return 0
        if path[:1] == ["repository"] and len(path) > 1 and (alias := _NUMBERED.fullmatch(str(path[1]))):
            return int(alias[1])
        if path[:1] == ["repository"]:
            return RepoNotFound(f"{variables.get('owner')}/{variables.get('name')}")
    if kind in _FORBIDDEN:
        return MissingScopes() if kind == "INSUFFICIENT_SCOPES" else Forbidden()
    if reply.status >= 500 or kind in _OVERLOADED or "something went wrong" in message.lower():
        return Failing(reply.status)
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, Mapping) else None
    if data is None or kind or code:
        return Rejected(str(code or error.get("type") or "unknown")[:60])
    return PartialData()


def _limit(reply: Reply, message: str) -> AdapterError | None:
    """The limit a refusal speaks of, with the wait it states; None when it speaks of none."""
    lowered = message.lower()
    retry_after = _retry_after_s(reply)
    spent = reply.headers.get("x-ratelimit-remaining") == "0"
    if "secondary rate limit" in lowered or "abuse" in lowered:
        if retry_after is None and spent:
            retry_after = _rate_limited(reply).wait_s
        return SecondaryLimit(limits.SECONDARY_WAIT_S if retry_after is None else retry_after)
    if spent:
        return _rate_limited(reply)
    if retry_after is not None or reply.status == 429:
        return SecondaryLimit(limits.SECONDARY_WAIT_S if retry_after is None else retry_after)
    return _rate_limited(reply) if "rate limit" in lowered else None


def _rate_limited(reply: Reply) -> RateLimited:
    reset = reply.headers.get("x-ratelimit-reset", "")
    if not reset.isdigit():
        return RateLimited(None, _retry_after_s(reply) or 3600.0)
    wait_s = max(_retry_after_s(reply) or 0.0, int(reset) - _server_time(reply), 0.0)
    return RateLimited(datetime.fromtimestamp(int(reset), UTC), wait_s)


def _retry_after_s(reply: Reply) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - _server_time(reply), 0.0)
    except ValueError:
        return None


def server_time(reply: Reply) -> datetime | None:
    """Now by the server's own clock (RFC 9110, 6.6.1), None where it does not tell."""
    try:
        return parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return None


def _server_time(reply: Reply) -> float:
    """Now by the server's own clock where it tells, since ours may differ and a reset is stated by theirs."""
    told = server_time(reply)
    return told.timestamp() if told else time.time()
