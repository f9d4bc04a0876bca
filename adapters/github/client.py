"""One query in, its data out: gql over HTTP with deadlines, pauses, retries, and errors translated at the
border.

The token lives in its source and in each request's headers alone; no exception, log line or repr holds it,
and causes that carry the request or the payload are cut off.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, Self

import structlog
from gql import Client as GqlClient
from gql import GraphQLRequest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import parse
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from adapters import metrics
from adapters.github import limits, queries
from adapters.github.errors import (
    AdapterError,
    BudgetSpent,
    NoAnswer,
    TimedOut,
    UnexpectedPayload,
    Unreachable,
)
from adapters.github.refusals import Reply, refusal_in_errors, refusal_of_status, server_time
from adapters.github.tokens import FixedToken
from adapters.metrics import table
from adapters.tracing import span

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from graphql import DocumentNode

    from adapters.github.tokens import Tokens

log = structlog.get_logger()


HOPELESS = 48
"""Heavy failures of one operation in a row after which no smaller page is tried: six times as many as are in flight."""

TIMEOUT_WEIGHS = 4
"""Heavy failures that a timeout counts for, since each keeps a person waiting for the whole deadline."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How we bear failures. attempts: of one query, the first included. backoff_s: the first pause where
    GitHub states none; each further one is twice as long, all are jittered. longest_wait_s: a stated wait
    above it is an error."""

    attempts: int = 4
    backoff_s: float = 0.5
    longest_wait_s: float = limits.LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query brought. at: an instant, by GitHub's clock, up to which it knows everything. gone: indexes into
    `nodes`, or numbers of aliases, that GitHub says do not exist (deleted or transferred)."""

    data: Mapping[str, Any]
    at: datetime
    gone: frozenset[int] = frozenset()


@dataclass(slots=True)
class Points:
    """What was spent: requests sent, points they cost, and what GitHub says is left of how many, until when."""

    requests: int = 0
    cost: int = 0
    remaining: int | None = None
    limit: int | None = None
    reset_at: datetime | None = None


class _HttpResponse(Protocol):
    """What we need of a response of httpx or of httpx2, whichever gql uses."""

    status_code: int
    headers: Mapping[str, str]

    @property
    def text(self) -> str: ...

    async def aread(self) -> bytes: ...


_reply: ContextVar[Reply] = ContextVar("reply")
"""Status and headers of the answer to the query being executed, which gql keeps to itself."""


def _now() -> datetime:
    return datetime.now(UTC)


class Client:
    """Executes the project's queries. An async context manager; at most `limits.IN_FLIGHT` requests at a
    time."""

    def __init__(
        self,
        url: str,
        token: str | Tokens,
        *,
        timeout_s: float = limits.TIMEOUT_S,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = _now,
        budget: float = 1.0,
    ) -> None:
        """now: our clock. budget: the share of the hour's points that may be spent; the rest is for others who use the
        same token."""
        self.now = now
        self.points = Points()
        self.names_teams = True  # until the token turns out not to have the scopes
        self._budget = budget
        self._ahead = timedelta(0)  # GitHub's clock, as it was told last, before ours
        self._timeout_s = timeout_s
        self._patience = patience or Patience()
        self._sleep = sleep
        self._slots = asyncio.Semaphore(limits.IN_FLIGHT)
        self._not_before = 0.0
        self._failures: Counter[str] = Counter()
        self._tokens: Tokens = FixedToken(token) if isinstance(token, str) else token
        # gql's deadline covers the whole request; of httpx's own ones only that for connecting is shorter
        transport = HTTPXAsyncTransport(
            url,
            headers={"User-Agent": "vllm-digest"},
            timeout=(limits.CONNECT_TIMEOUT_S, None, None, None),
            event_hooks={"response": [_keep_reply]},
        )
        self._gql = GqlClient(transport=transport, execute_timeout=timeout_s)

    async def __aenter__(self) -> Self:
        self._session = await self._gql.connect_async()  # type: ignore[no-untyped-call]
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._gql.close_async()  # type: ignore[no-untyped-call]

    async def query(
        self, name: str, variables: Mapping[str, Any], *, times: int = 0, persistent: bool = True
    ) -> Answer:
        """Execute `queries/<name>.graphql`.

        times: how often its `#each` lines stand. persistent False: what a smaller page may mend
        (`AdapterError.heavy`) is raised at once instead of tried again.
        Raises the errors of `adapters.github.errors`.
        """
        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(self._patience.attempts),
            wait=self._pause,
            retry=retry_if_exception(lambda error: self._worth_retrying(error, persistent)),
            reraise=True,
        )
        answer: Answer = await retrying(self._once, name, times, variables)
        return answer

    def _worth_retrying(self, error: BaseException, persistent: bool) -> bool:
        if not isinstance(error, AdapterError) or not error.heals or (error.heavy and not persistent):
            return False
        return error.wait_s is None or error.wait_s <= self._patience.longest_wait_s

    def _pause(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: never before a stated wait is over."""
        error = state.outcome.exception() if state.outcome else None
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
        stated = error.wait_s if isinstance(error, AdapterError) else None
        if stated is not None:
            return stated + self._patience.backoff_s * jitter
        return float(self._patience.backoff_s * 2 ** (state.attempt_number - 1) * jitter)

    async def _once(self, name: str, times: int, variables: Mapping[str, Any]) -> Answer:
        async with self._slots:
            # a pause that GitHub asked one request for holds for those that were waiting behind it as well
            held_until = time.monotonic()
            while self._not_before > held_until:  # it may be moved on meanwhile
                held_until = self._not_before
                await self._sleep(max(0.0, held_until - time.monotonic()))
            self._keep_to_budget()
            started = time.monotonic()
            try:
                with span("github request", kind="client", operation=name):
                    answer = await self._execute(name, times, variables)
            except AdapterError as error:
                self._failed(name, error)
                took_s = time.monotonic() - started
                metrics.observe(table.GITHUB_SECONDS, took_s, operation=name, outcome=error.key)
                if error.wait_s is not None and error.wait_s <= self._patience.longest_wait_s:
                    self._not_before = max(self._not_before, time.monotonic() + error.wait_s)
                log.debug("github query failed", operation=name, error=error.key, ms=_ms_since(started))
                raise
            self._failures[name] = 0
            self._count(name, answer, started)
            return answer

    def _keep_to_budget(self) -> None:
        """Raises BudgetSpent while no more may be asked in this hour."""
        points = self.points
        if points.remaining is None or points.limit is None or points.reset_at is None:
            return
        wait_s = (points.reset_at - self.now() - self._ahead).total_seconds()
        if points.remaining < points.limit * (1 - self._budget) and wait_s > 0:
            raise BudgetSpent(points.reset_at, wait_s)

    def _failed(self, name: str, error: AdapterError) -> None:
        """After so many failures in a row, whatever their page size, GitHub itself is the problem."""
        self._failures[name] += TIMEOUT_WEIGHS if isinstance(error, TimedOut) else error.heavy
        if self._failures[name] >= HOPELESS:
            error.heavy = error.heals = False

    async def _execute(self, name: str, times: int, variables: Mapping[str, Any]) -> Answer:
        reply = Reply()
        _reply.set(reply)
        request = GraphQLRequest(_document(name, times), variable_values=dict(variables), operation_name=name)
        self.points.requests += 1
        sent = time.monotonic()
        try:
            data = await self._authorized(request)
        except TransportQueryError as error:
            gone = refusal_in_errors(error.errors or [], error.data, reply, variables)
            if isinstance(gone, AdapterError):
                raise gone from None
            return Answer(error.data or {}, self._known_until(reply, sent), gone)
        except TransportServerError as error:
            raise refusal_of_status(error.code or reply.status, reply) from None
        except (TransportProtocolError, TypeError, AssertionError):
            # the last two are how gql takes JSON that is no object, and an object without data and errors
            raise NoAnswer from None
        except TransportConnectionFailed:
            raise Unreachable from None
        except TimeoutError:
            raise TimedOut(self._timeout_s) from None
        if not isinstance(data, dict):
            raise UnexpectedPayload("data")
        return Answer(data, self._known_until(reply, sent))

    def _known_until(self, reply: Reply, sent: float) -> datetime:
        """GitHub told the time when it had answered, in whole seconds; it looked at its data when it was asked, or
        later."""
        took = timedelta(seconds=math.ceil(time.monotonic() - sent))
        told = server_time(reply)
        if told is not None:
            self._ahead = told - self.now()
        return ((told or self.now()) - took).replace(microsecond=0)

    async def _authorized(self, request: GraphQLRequest) -> object:
        """The data that comes with our token, or with another one where GitHub does not accept that."""
        token = await self._tokens.token()
        try:
            return await self._send(request, token)
        except TransportServerError as error:
            if error.code != 401:
                raise
            refusal = error
        another = await self._tokens.another(token)
        if another is None:
            raise refusal
        self.points.requests += 1
        return await self._send(request, another)

    async def _send(self, request: GraphQLRequest, token: str) -> object:
        data: object = await self._session.execute(
            request, extra_args={"headers": {"Authorization": f"Bearer {token}"}}
        )
        return data

    def _count(self, name: str, answer: Answer, started: float) -> None:
        spent = answer.data.get("rateLimit") or {}
        self.points.cost += spent.get("cost") or 0
        self.points.remaining = spent.get("remaining", self.points.remaining)
        self.points.limit = spent.get("limit", self.points.limit)
        metrics.observe(table.GITHUB_SECONDS, time.monotonic() - started, operation=name, outcome="ok")
        if self.points.remaining is not None and self.points.limit is not None:
            metrics.gauge(table.GITHUB_LEFT, self.points.remaining)
            metrics.gauge(table.GITHUB_LIMIT, self.points.limit)
        if spent.get("resetAt"):
            self.points.reset_at = datetime.fromisoformat(spent["resetAt"])
        log.debug(
            "github query",
            operation=name,
            cost=spent.get("cost"),
            remaining=spent.get("remaining"),
            ms=_ms_since(started),
        )


async def _keep_reply(response: _HttpResponse) -> None:
    """httpx's response hook: remember what gql does not hand on."""
    reply = _reply.get()
    reply.status = response.status_code
    reply.headers = response.headers
    if response.status_code >= 400:
        await response.aread()
        reply.text = response.text


@cache
def _document(name: str, times: int) -> DocumentNode:
    return parse(queries.text(name, times), no_location=True)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
