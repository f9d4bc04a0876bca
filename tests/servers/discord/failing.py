"""What the server can be told to fail, and what is sent instead of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from aiohttp import web

from tests.servers.discord.answers import json_answer
from tests.servers.discord.pace import matches
from tests.servers.discord.records import JSON, Call

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.servers.discord.state import State

    Run: TypeAlias = Callable[[], Awaitable[web.Response]]

_PAGE = "<html><body><h1>{0}</h1></body></html>"
Kind: TypeAlias = Literal["refuse", "hang", "drop", "late"]


@dataclass(slots=True)
class Fault:
    """As `DiscordServer.fail`, `hang`, `drop` and `late` make it. after_s: of what is late, None for once it is
    released. release: call it, and what hangs or is late goes on."""

    pattern: str
    kind: Kind
    left: int
    status: int = 500
    body: JSON | str | None = None
    after_effect: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    when: Callable[[Call], bool] | None = None
    after_s: float | None = None
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    met: list[Call] = field(default_factory=list)

    def release(self) -> None:
        """Let those go on that hang or are late, and who comes later."""
        self.left = 0
        self.let_go.set()


def _fault_for(state: State, call: Call) -> Fault | None:
    """The first fault that this call meets; it is used up by one."""
    for fault in state.faults:
        if fault.left > 0 and matches(fault.pattern, call) and (fault.when is None or fault.when(call)):
            fault.left -= 1
            fault.met.append(call)
            return fault
    return None


def _instead(fault: Fault, http: web.Request, call: Call, limits: Mapping[str, str]) -> web.Response:
    """What is sent in place of the answer. limits: the headers that tell the rate limit."""
    if fault.kind in ("drop", "late"):
        if http.transport is not None:
            http.transport.abort()
        return web.Response()
    call.status = fault.status
    headers = {**limits, "Via": "1.1 google", **fault.headers}
    if isinstance(fault.body, dict):
        call.code = fault.body.get("code", 0)
        return json_answer(fault.body, status=fault.status, headers=headers)
    text = fault.body if fault.body is not None else _PAGE.format(fault.status)
    return web.Response(status=fault.status, text=text, content_type="text/html", headers=headers)


async def answered(state: State, http: web.Request, call: Call, run: Run) -> web.Response:
    """The answer of `run`, as the fault that the call meets leaves it; the call is logged."""
    state.calls.append(call)
    state.changed()
    fault = _fault_for(state, call)
    if fault is not None and fault.kind == "hang":
        await _hold(state, fault)
    elif fault is not None and fault.kind == "late":
        state.begin(_later(state, fault, run))
        return _instead(fault, http, call, {})
    elif fault is not None and not fault.after_effect:
        return _instead(fault, http, call, state.pace.take(call)[2])
    response = await run()
    state.changed()
    if fault is None or not fault.after_effect:
        return response
    limits = {name: value for name, value in response.headers.items() if name.startswith("X-RateLimit-")}
    return _instead(fault, http, call, limits)


async def _later(state: State, fault: Fault, run: Run) -> None:
    """What the request does, when nobody waits for it any more."""
    try:
        async with asyncio.timeout(fault.after_s):
            await _hold(state, fault)
    except TimeoutError:
        pass
    await run()
    state.changed()


async def _hold(state: State, fault: Fault) -> None:
    """Wait until the fault lets go; a closing server keeps nobody waiting."""
    waits = [asyncio.ensure_future(fault.let_go.wait()), asyncio.ensure_future(state.closing.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
