"""What a test can hold up, and let go on: a model that answers when it is told to."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.servers.model.behaviours import Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    import pytest
    from starlette.responses import Response

    from tests.servers.model.server import ModelServer

DEADLINE_S = 20


class Held(Good):
    """Answers everything once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self._gate = threading.Event()

    def let_go(self) -> None:
        self._gate.set()

    async def answer(self, payload: Mapping[str, Any]) -> Response:
        assert await asyncio.to_thread(self._gate.wait, DEADLINE_S)
        return await super().answer(payload)


@contextmanager
def holding(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Held, str]]:
    """A held model as the one of `DIGEST_MODEL="openai:tests-model"`, and its address. It is let go at the end."""
    held = Held()
    url = model_server.serve(held)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    try:
        yield held, url
    finally:
        held.let_go()
