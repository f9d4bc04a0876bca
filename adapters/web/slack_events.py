"""Slack's events over HTTP: the route that they come to. What is in them is the Slack room's matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    class Answered(Protocol):
        """What is sent back."""

        @property
        def status(self) -> int: ...
        @property
        def body(self) -> str: ...
        @property
        def headers(self) -> Mapping[str, str]: ...


def slack_routes(
    path: str, requests: Callable[[bytes, Mapping[str, str]], Awaitable[Answered]]
) -> list[BaseRoute]:
    """The one address for events, commands and interactions. requests: answers a body and its headers."""

    async def receive(request: Request) -> Response:
        answered = await requests(await request.body(), request.headers)
        return Response(answered.body, answered.status, dict(answered.headers))

    return [Route(path, receive, methods=["POST"])]
