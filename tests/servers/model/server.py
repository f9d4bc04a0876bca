"""The loopback server: one for all tests, an address of its own for each behaviour."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from tests.servers.model.behaviours import Behaviour


class ModelServer:
    """An OpenAI-compatible server on a free port of 127.0.0.1, in a thread with an event loop of its own."""

    def __init__(self) -> None:
        self._behaviours: dict[str, Behaviour] = {}
        self._asked: dict[str, list[Mapping[str, Any]]] = {}
        self._arrivals: dict[str, threading.Event] = {}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app(), log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
            )
        )
        self._thread = threading.Thread(target=self._run, name="model-server")

    def serve(self, behaviour: Behaviour) -> str:
        """The base URL at which `behaviour` answers."""
        key = f"m{len(self._behaviours)}"
        self._behaviours[key], self._asked[key] = behaviour, []
        self._arrivals[key] = threading.Event()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/{key}/v1"

    def asked(self, base_url: str) -> list[Mapping[str, Any]]:
        """The payloads that arrived at `base_url`, in order."""
        return self._asked[base_url.split("/")[-2]]

    async def was_asked(self, base_url: str) -> None:
        """Wait until something has arrived at `base_url`."""
        assert await asyncio.to_thread(self._arrivals[base_url.split("/")[-2]].wait, 20)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{key}/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/{key}/v1/models", self._models),
            ]
        )

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
