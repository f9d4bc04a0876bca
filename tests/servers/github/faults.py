"""The ways GitHub fails, each with the body it really sends, and the list of which request meets which.

Bodies as seen in public threads: nginx's page for a query that took too long (turbot/steampipe-plugin-github
#518), the JSON of a timeout with status 502 (sorenlouv/backport #479), secondary limits
(integrations/terraform-provider-github #2329), the spent hour in its two spellings (github/docs #22607,
yanyongyu/githubkit #271).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.servers.github.server import Request

REQUEST_ID = "0A1B:2C3D:4E5F607:8192A3B:65780000"
TIMEOUT = (
    "Something went wrong while executing your query. This may be the result of a timeout,"
    f" or it could be a GitHub bug. Please include `{REQUEST_ID}` when reporting this issue."
)
_HTML = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_SECONDARY = {
    "documentation_url": "https://docs.github.com/free-pro-team@latest/rest/overview/"
    "rate-limits-for-the-rest-api#about-secondary-rate-limits",
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    f" If you reach out to GitHub Support for help, please include the request ID {REQUEST_ID}.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request instead of, or on top of, its answer.

    body None: the query is executed, and `mangle` may change the answer. delay_s: waited before anything is
    sent. cut_after: the connection breaks after so many bytes of the body.
    """

    name: str
    status: int = 200
    body: str | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut_after: int | None = None
    mangle: Callable[[dict[str, Any]], object] | None = None


def bad_gateway() -> Fault:
    return Fault("bad_gateway", 502, _HTML.format("502 Bad Gateway"), "text/html")


def gateway_timeout() -> Fault:
    return Fault("gateway_timeout", 504, _HTML.format("504 Gateway Time-out"), "text/html")


def unavailable() -> Fault:
    return Fault("unavailable", 503, _HTML.format("503 Service Unavailable"), "text/html")


def timed_out(status: int = 502) -> Fault:
    """GitHub gave up on the query after ten seconds and says so in JSON."""
    return Fault("timed_out", status, json.dumps({"data": None, "errors": [{"message": TIMEOUT}]}))


def secondary_limit(retry_after: float | None = 60, status: int = 403) -> Fault:
    """Too much at once. retry_after: seconds, None where GitHub names none."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Fault("secondary_limit", status, json.dumps(_SECONDARY), headers=headers)


def too_many_requests(retry_after: float | None = 60) -> Fault:
    return secondary_limit(retry_after, 429)


def rate_limited(kind: str = "RATE_LIMITED") -> Fault:
    """The hour's points are spent: status 200, since 2026 also with the type RATE_LIMIT. The headers say
    until when."""
    message = "API rate limit already exceeded for user ID 1."
    error = {"type": kind, "code": "graphql_rate_limit", "message": message}
    return Fault("rate_limited", 200, json.dumps({"errors": [error]}), headers={"X-RateLimit-Remaining": "0"})


def unauthorized() -> Fault:
    """The token is wrong, or was revoked on the way."""
    body = {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }
    return Fault("unauthorized", 401, json.dumps(body))


def malformed() -> Fault:
    """Half a JSON document, under a header that promises a whole one."""
    return Fault("malformed", 200, '{"data": {"repository": {"issues": {"nodes": [{"id": "I_')


def cut(after: int = 20) -> Fault:
    """The connection breaks in the middle of the true answer."""
    return Fault("cut", cut_after=after)


def slow(seconds: float) -> Fault:
    """The true answer, later than the client may want to wait."""
    return Fault("slow", delay_s=seconds)


def lost_nodes(count: int = 1, kind: str | None = None) -> Fault:
    """The first `count` nodes of every top list are null, with an error each, as GitHub answers when some
    of a query failed; kind: the errors' type, such as RESOURCE_LIMITS_EXCEEDED."""

    def mangle(answer: dict[str, Any]) -> None:
        for path, nodes in _lists((), answer.get("data") or {}):
            for index in range(min(count, len(nodes))):
                nodes[index] = None
                error = {"message": TIMEOUT, "path": [*path, index]} | ({"type": kind} if kind else {})
                answer.setdefault("errors", []).append(error)

    return Fault("lost_nodes", mangle=mangle)


def _lists(path: tuple[object, ...], value: object) -> list[tuple[tuple[object, ...], list[Any]]]:
    """The outermost lists below `value`, each with its path."""
    if isinstance(value, list):
        return [(path, value)] if value else []
    if not isinstance(value, dict):
        return []
    return [found for key, child in value.items() for found in _lists((*path, key), child)]


class Faults:
    """Which requests fail, and how: a rule is used up after `times` requests; the first that fits is
    taken."""

    def __init__(self) -> None:
        self._rules: list[tuple[Callable[[Request], bool], Fault, list[int]]] = []

    def nth(self, number: int, fault: Fault) -> None:
        """The `number`th request from the server's start, counted from 1."""
        self.when(lambda request: request.number == number, fault, times=1)

    def next(self, *faults: Fault) -> None:
        """The next requests, one each, whichever they are."""
        for fault in faults:
            self.when(lambda _request: True, fault, times=1)

    def on(self, operation: str, fault: Fault, *, times: int = 1_000_000) -> None:
        """Requests of the operation of that name."""
        self.when(lambda request: request.operation == operation, fault, times=times)

    def always(self, fault: Fault) -> None:
        self.when(lambda _request: True, fault)

    def when(self, fits: Callable[[Request], bool], fault: Fault, *, times: int = 1_000_000) -> None:
        """Requests that `fits` picks."""
        self._rules.append((fits, fault, [times]))

    def clear(self) -> None:
        self._rules.clear()

    def take(self, request: Request) -> Fault | None:
        for fits, fault, left in self._rules:
            if left[0] > 0 and fits(request):
                left[0] -= 1
                return fault
        return None
