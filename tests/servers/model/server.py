"""The loopback server: one for all tests, an address of its own for each behaviour."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.threaded import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from tests.servers.model.behaviours import Behaviour


class ModelServer(ThreadedServer):
    """An OpenAI-compatible server."""

    def __init__(self) -> None:
        self._behaviours: dict[str, Behaviour] = {}
        self._asked: dict[str, list[Mapping[str, Any]]] = {}
        self._arrivals: dict[str, threading.Event] = {}
        super().__init__(
            [
                Route("/{key}/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/{key}/v1/models", self._models),
            ],
            "model-server",
        )

    def serve(self, behaviour: Behaviour) -> str:
        """The base URL at which `behaviour` answers."""
        key = f"m{len(self._behaviours)}"
        self._behaviours[key], self._asked[key] = behaviour, []
        self._arrivals[key] = threading.Event()
        return f"http://{self.host}/{key}/v1"

    def asked(self, base_url: str) -> list[Mapping[str, Any]]:
        """The payloads that arrived at `base_url`, in order."""
        return self._asked[base_url.split("/")[-2]]

    async def was_asked(self, base_url: str) -> None:
        """Wait until something has arrived at `base_url`."""
        assert await asyncio.to_thread(self._arrivals[base_url.split("/")[-2]].wait, 20)

    async def _complete(self, request: Request) -> Response:
        key = request.path_params["key"]
        payload = await request.json()
        self._asked[key].append(payload)
        self._arrivals[key].set()
        answer = asyncio.ensure_future(self._behaviours[key].answer(payload))
        gone = asyncio.ensure_future(_disconnected(request))
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not answer.done():
            answer.cancel()
            return Response(status_code=499)
        return answer.result()

    async def _models(self, request: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": "tests-model", "object": "model", "owned_by": "tests"}]}
        )


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
