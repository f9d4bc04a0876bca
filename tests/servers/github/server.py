"""The tests' GitHub on a loopback port: starlette and uvicorn around the executor and a little REST, and a log of
what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tests.servers.github import faults
from tests.servers.github.errors import as_json
from tests.servers.github.execute import Query, execute, prepare
from tests.servers.github.resolve import Asking, RateLimit, schema
from tests.servers.github.rest import ROUTES, resource
from tests.servers.github.scopes import missing_scopes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from starlette.requests import Request as HttpRequest
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from tests.servers.github.app import App
    from tests.servers.github.world import World

TOKEN = "ghp_testsonly"
POINTS = 5000
HOUR = timedelta(hours=1)
UNAUTHENTICATED = {
    "message": "This endpoint requires you to be authenticated.",
    "documentation_url": "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authentication",
    "status": "401",
}


@dataclass(slots=True)
class Request:
    """One request as the server saw it. number: from 1 on; started, ended: monotonic seconds, ended None
    while it runs; status 0 until answered; fault: the name of the fault it met."""

    number: int
    operation: str
    variables: dict[str, Any]
    query: str
    started: float
    ended: float | None = None
    status: int = 0
    cost: int = 0
    nodes: int = 0
    leaves: int = 0
    bytes: int = 0
    fault: str | None = None
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """What goes over the wire. cut_after: break the connection after so many bytes of the body."""

    status: int
    body: bytes
    headers: dict[str, str]
    cut_after: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = {"Content-Length": str(len(self.body))} | self.headers
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        part = self.body if self.cut_after is None else self.body[: self.cut_after]
        # a body shorter than its length, and no end of it: uvicorn closes the connection
        await send({"type": "http.response.body", "body": part, "more_body": self.cut_after is not None})


class GitHub:
    """A running server. Everything may be changed while it runs.

    token: the one that is accepted, None for none at all. latency_s: added to each answer without holding
    others up. clock: now, for the rate limit's reset, the search index and the `Date` of each answer. date: another
    clock for that header, of a GitHub whose machines differ. search_lag: the index knows what happened until so
    long ago. width_budget: scalar values an answer may be asked to hold; a wider one fails
    as `width_fault`. points: the hour's limit; `used` of them are gone. before_answer: called with each
    request once it is logged, before it is executed: the place to change the world between two pages. teams: what the
    token may know of them; hidden is as to a fine-grained one that may not read the organization's members, unscoped as
    to a classic one without `read:org`.
    """

    def __init__(
        self,
        world: World,
        *,
        token: str | None = TOKEN,
        latency_s: float = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        date: Callable[[], datetime] | None = None,
        search_lag: timedelta = timedelta(0),
        width_budget: int | None = None,
        points: int = POINTS,
    ) -> None:
        self.world = world
        self.token = token
        self.latency_s = latency_s
        self.clock = clock
        self.date = date
        self.search_lag = search_lag
        self.width_budget = width_budget
        self.width_fault: faults.Fault = faults.bad_gateway()
        self.points = points
        self.used = 0
        self.teams: Literal["shown", "hidden", "unscoped"] = "shown"
        self.faults = faults.Faults()
        self.before_answer: Callable[[Request], object] = lambda _request: None
        self.requests: list[Request] = []
        self.port = 0
        self.closing = asyncio.Event()
        self.app: App | None = None
        self._reset_at: datetime | None = None

    @property
    def url(self) -> str:
        """The GraphQL endpoint."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def reset_at(self) -> datetime:
        """When the hour's points are whole again; the hour starts with the first request in it."""
        now = self.clock().replace(microsecond=0)
        if self._reset_at is None or now >= self._reset_at:
            self._reset_at, self.used = now + HOUR, 0 if self._reset_at else self.used
        return self._reset_at

    @property
    def rest_url(self) -> str:
        """Where the REST API begins."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, http: HttpRequest) -> Answer:
        """Answer a POST to the GraphQL endpoint, and log it."""
        started = time.monotonic()
        raw = await http.body()
        request, refusal = self._logged(raw, started)
        token = http.headers.get("authorization")
        return await self._given(
            request, lambda fault: refusal or self._refused(token) or self._answered(request, fault)
        )

    async def answer_rest(self, http: HttpRequest, route: str) -> Answer:
        """Answer a GET of one of `rest.ROUTES`, and log it under the route."""
        request = Request(
            number=len(self.requests) + 1,
            operation=f"{http.method} {route.replace(':int', '')}",
            variables=dict(http.path_params) | dict(http.query_params),
            query=str(http.url),
            started=time.monotonic(),
        )
        self.requests.append(request)
        token = http.headers.get("authorization")
        return await self._given(
            request, lambda _fault: self._refused(token) or self._shown(request, http, route)
        )

    async def _given(self, request: Request, answering: Callable[[faults.Fault | None], Answer]) -> Answer:
        """The answer, after the latency, as the fault that the request meets leaves it."""
        fault = self.faults.take(request)
        try:
            self.before_answer(request)
            answer = answering(fault)
            await self._wait(self.latency_s + (fault.delay_s if fault else 0))
            if fault is not None:
                request.fault = fault.name
                answer = self._failed(answer, fault)
            request.status, request.bytes = answer.status, len(answer.body)
            return answer
        finally:
            request.ended = time.monotonic()

    def _shown(self, request: Request, http: HttpRequest, route: str) -> Answer:
        request.cost = 1
        self.used += 1
        found = resource(self.world, route, http.path_params, http.query_params, self.rest_url)
        answer = self._json(found.status, found.body)
        answer.headers["X-RateLimit-Resource"] = "core"
        if found.links:
            answer.headers["Link"] = ", ".join(f'<{url}>; rel="{name}"' for name, url in found.links.items())
        return answer

    def _logged(self, raw: bytes, started: float) -> tuple[Request, Answer | None]:
        try:
            asked = json.loads(raw)
        except ValueError:
            asked = None
        refusal = None if isinstance(asked, dict) else self._json(400, {"message": "Problems parsing JSON"})
        asked = asked if isinstance(asked, dict) else {}
        request = Request(
            number=len(self.requests) + 1,
            operation=asked.get("operationName") or "",
            variables=asked.get("variables") or {},
            query=asked.get("query") or "",
            started=started,
        )
        self.requests.append(request)
        return request, refusal

    def _refused(self, authorization: str | None) -> Answer | None:
        if authorization is None:
            return self._json(401, UNAUTHENTICATED)
        scheme, _, token = authorization.partition(" ")
        known = (self.token is not None and token == self.token) or (
            self.app is not None and self.app.knows(token)
        )
        if scheme.lower() not in ("bearer", "token") or not known:
            fault = faults.unauthorized()
            return Answer(fault.status, (fault.body or "").encode(), self._headers())
        return None

    def _answered(self, request: Request, fault: faults.Fault | None) -> Answer:
        if fault is not None and fault.body is not None:
            return self._json(200, {})  # `_failed` replaces it: nothing is executed, no point is spent
        prepared = prepare(request.query, request.variables, request.operation or None)
        if not isinstance(prepared, Query):
            return self._json(200, prepared, request)
        lacking = missing_scopes(schema(), prepared.document) if self.teams == "unscoped" else []
        if lacking:
            return self._json(200, {"errors": [as_json(error) for error in lacking]}, request)
        reset_at = self.reset_at
        measure = prepared.measure
        request.operation = prepared.operation.name.value if prepared.operation.name else ""
        request.cost, request.nodes, request.leaves = measure.cost, measure.nodes, measure.leaves
        if self.used >= self.points:
            return self._failed(self._json(200, {}), faults.rate_limited())
        self.used += measure.cost
        if self.width_budget is not None and measure.leaves > self.width_budget:
            request.fault = f"too wide: {self.width_fault.name}"
            if self.width_fault.body is not None:
                return self._failed(self._json(200, {}), self.width_fault)
            fault = self.width_fault
        limit = RateLimit(
            self.points, measure.cost, max(0, self.points - self.used), reset_at, self.used, measure.nodes
        )
        viewer = self.world.account("digest-tests")
        assert viewer is not None
        until = self.clock() - self.search_lag if self.search_lag else None
        answer = execute(prepared, Asking(self.world, viewer, limit, until, self.teams != "hidden"))
        if fault is not None and fault.mangle is not None:
            fault.mangle(answer)
        return self._json(200, answer, request)

    def _failed(self, answer: Answer, fault: faults.Fault) -> Answer:
        """The answer that `fault` makes of `answer`."""
        if fault.body is None:
            return Answer(answer.status, answer.body, answer.headers | dict(fault.headers), fault.cut_after)
        headers = self._headers() | {"Content-Type": fault.content_type} | dict(fault.headers)
        return Answer(fault.status, fault.body.encode(), headers, fault.cut_after)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with contextlib.suppress(TimeoutError):  # a closing server keeps nobody waiting
                await asyncio.wait_for(self.closing.wait(), seconds)

    def _json(self, status: int, body: Any, request: Request | None = None) -> Answer:  # noqa: ANN401 - any JSON
        if request is not None:
            request.errors = [error.get("type", error["message"]) for error in body.get("errors", ())]
        return Answer(status, msgspec.json.encode(body), self._headers())

    def _headers(self) -> dict[str, str]:
        reset_at = self.reset_at
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Date": format_datetime((self.date or self.clock)().astimezone(UTC), usegmt=True),
            "Server": "github.com",
            "X-GitHub-Request-Id": faults.REQUEST_ID,
            "X-RateLimit-Limit": str(self.points),
            "X-RateLimit-Remaining": str(max(0, self.points - self.used)),
            "X-RateLimit-Reset": str(int(reset_at.timestamp())),
            "X-RateLimit-Resource": "graphql",
            "X-RateLimit-Used": str(self.used),
        }


class _Uvicorn(uvicorn.Server):
    """Uvicorn inside somebody else's event loop: it tells when it listens, and leaves the signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening, self.stopping = asyncio.Event(), asyncio.Event()

    async def main_loop(self) -> None:
        await self.stopping.wait()  # where uvicorn would look ten times a second

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as uvicorn does, without the tenth of a second that it always sleeps for."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        patience_s = self.config.timeout_graceful_shutdown
        if self.server_state.tasks:
            _, late = await asyncio.wait(self.server_state.tasks, timeout=patience_s)
            for task in late:
                task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self.server_state.connections:  # noqa: ASYNC110 - closing; each is told in the next turn
                    await asyncio.sleep(0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def github_server(
    world: World,
    *,
    token: str | None = TOKEN,
    latency_s: float = 0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    date: Callable[[], datetime] | None = None,
    search_lag: timedelta = timedelta(0),
    width_budget: int | None = None,
    points: int = POINTS,
    app: App | None = None,
    routes: Callable[[GitHub], Sequence[BaseRoute]] = lambda _github: (),
) -> AsyncIterator[GitHub]:
    """A GitHub that serves `world` on a free loopback port until the block ends; see GitHub for the
    options. app: a GitHub App whose tokens it accepts as well. routes: further ones, beside GitHub's own."""
    schema()  # built once for the process, before anybody counts seconds
    github = GitHub(
        world,
        token=token,
        latency_s=latency_s,
        clock=clock,
        date=date,
        search_lag=search_lag,
        width_budget=width_budget,
        points=points,
    )
    github.app = app

    async def endpoint(http: HttpRequest) -> Answer:
        return await github.answer(http)

    def rest(route: str) -> Route:
        async def shown(http: HttpRequest) -> Answer:
            return await github.answer_rest(http, route)

        return Route(route, shown, methods=["GET"])

    graphql = Route("/graphql", endpoint, methods=["POST"])
    known = [graphql, *map(rest, ROUTES), *(app.routes() if app else ()), *routes(github)]
    config = uvicorn.Config(
        Starlette(routes=known),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the machine's date: ours follows the clock
        timeout_graceful_shutdown=1,
    )
    # by name of its protocol: only then does asyncio send each part at once instead of after the peer's next word
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        github.port = listener.getsockname()[1]
        server = _Uvicorn(config)
        serving = asyncio.create_task(server.serve([listener]))
        await server.listening.wait()
        try:
            yield github
        finally:
            github.closing.set()
            server.stopping.set()
            await serving


def requests_in_sequence(log: Sequence[Request]) -> int:
    """The longest chain of requests of which each started after the one before had ended."""
    length, last_end = 0, float("-inf")
    for request in sorted(log, key=lambda each: each.ended if each.ended is not None else float("inf")):
        if request.started >= last_end:
            length += 1
            last_end = request.ended if request.ended is not None else float("inf")
    return length


def peak_in_flight(log: Sequence[Request]) -> int:
    """The most requests that were being answered at one time."""
    moments = sorted(
        moment
        for request in log
        for moment in (
            (request.started, 1),
            (request.ended if request.ended is not None else float("inf"), -1),
        )
    )
    peak = now = 0
    for _, change in moments:
        now += change
        peak = max(peak, now)
    return peak
