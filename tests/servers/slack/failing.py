"""What the server can be told to fail, and what is sent instead of the answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.slack.records import JSON, Call

if TYPE_CHECKING:
    from tests.servers.slack.state import State

_PAGE = "<html><body><h1>{0}</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """As `SlackServer.fail` takes it."""

    method: str
    error: str | None
    more: JSON
    status: int | None
    left: int
    after_effect: bool
    delay: float
    until: asyncio.Event | None
    retry_after: int
    when: Callable[[Call], bool] | None
    late: float | asyncio.Event | None = None

    @property
    def is_only_late(self) -> bool:
        """Whether it is the true answer, later."""
        return (
            self.error is None
            and self.status is None
            and not self.after_effect
            and bool(self.delay or self.until)
        )


def _fault_for(state: State, call: Call) -> Fault | None:
    """The first fault that this call meets; it is used up by one."""
    for fault in state.faults:
        if fault.left > 0 and fault.method in ("*", call.method) and (fault.when is None or fault.when(call)):
            fault.left -= 1
            if fault.left == 0:
                state.faults.remove(fault)
            return fault
    return None


def _refusal(fault: Fault, http: web.Request, call: Call) -> web.Response:
    """What is sent in place of the answer; without an error and a status the connection is cut."""
    if fault.error is not None:
        call.error, call.status = fault.error, fault.status or 200
        headers = {"Retry-After": str(fault.retry_after)} if fault.error == "ratelimited" else {}
        call.status = 429 if fault.error == "ratelimited" else call.status
        return web.json_response(
            {"ok": False, "error": fault.error, **fault.more}, status=call.status, headers=headers
        )
    if fault.status == 429:
        call.error, call.status = "ratelimited", 429
        answer = {"ok": False, "error": "ratelimited"}
        return web.json_response(answer, status=429, headers={"Retry-After": str(fault.retry_after)})
    if fault.status is not None:
        call.status = fault.status
        return web.Response(status=fault.status, text=_PAGE.format(fault.status), content_type="text/html")
    if http.transport is not None:
        http.transport.abort()
    return web.Response()


async def answered(
    state: State, http: web.Request, call: Call, run: Callable[[], web.Response]
) -> web.Response:
    """The answer of `run`, as the fault that the call meets leaves it; both are logged."""
    state.calls.append(call)
    state.changed()
    fault = _fault_for(state, call)
    if fault is not None:
        await _hold(state, fault)
        if fault.late is not None:
            state.begin(_late(state, fault.late, run))
            return _refusal(fault, http, call)
        if not fault.after_effect and not fault.is_only_late:
            return _refusal(fault, http, call)
    response = run()
    state.changed()
    return _refusal(fault, http, call) if fault is not None and fault.after_effect else response


async def _late(state: State, late: float | asyncio.Event, run: Callable[[], web.Response]) -> None:
    """Do what was asked after its answer has gone out; not at all where the server closes before."""
    until = late.wait() if isinstance(late, asyncio.Event) else asyncio.sleep(late)
    waits = [asyncio.ensure_future(until), asyncio.ensure_future(state.closing.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
    if not state.closing.is_set():
        run()
        state.changed()


async def _hold(state: State, fault: Fault) -> None:
    """Wait as long as the fault says; a closing server keeps nobody waiting."""
    if fault.delay > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(state.closing.wait(), fault.delay)
    if fault.until is not None:
        waits = [asyncio.ensure_future(fault.until.wait()), asyncio.ensure_future(state.closing.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
