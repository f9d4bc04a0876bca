"""Tracing: prompts reach LangSmith's endpoint when our setting asks for it, and by nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.servers.model.behaviours import truthful_about_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.model.server import ModelServer

PROGRAM = """
import asyncio, sys
from langchain_core.tracers.langchain import wait_for_all_tracers
from summarizer.models import ChatModels, ModelSettings, Prompt, Usage
from summarizer.schema import SectionDraft

async def main(base_url, tracing):
    async with ChatModels.open(ModelSettings("openai:m", base_url=base_url, tracing=tracing)) as models:
        deadline = asyncio.get_running_loop().time() + 20
        await models.rungs[0].ask(Prompt("a", "b", "c"), SectionDraft, Usage(), deadline=deadline)

asyncio.run(main(sys.argv[1], sys.argv[2] == "yes"))
wait_for_all_tracers()
"""


@contextmanager
def collector() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that takes traces, and the paths that were asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self._take()

        do_PATCH = do_POST  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None: ...

        def _take(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("setting", ["no", "yes"])
def test_langsmiths_own_variables_trace_nothing_unless_our_setting_asks(
    model_server: ModelServer, setting: str
) -> None:
    with collector() as (address, paths):
        asks = dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), "true")
        where = {f"{brand}_ENDPOINT": address for brand in ("LANGSMITH", "LANGCHAIN")}
        keys = {f"{brand}_API_KEY": "k" for brand in ("LANGSMITH", "LANGCHAIN")}
        subprocess.run(  # noqa: S603 - langsmith reads its variables once a process
            [sys.executable, "-c", PROGRAM, model_server.serve(truthful_about_nothing()), setting],
            env=os.environ | asks | where | keys,
            check=True,
            capture_output=True,
            timeout=60,
        )

    assert [bool(paths)] == [setting == "yes"]
