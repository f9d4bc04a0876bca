"""The whole program over the tests' GitHub and a real store, in this process, as `run` wires it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.chat import Context
from bot.settings import load_settings
from bot.wiring import Services, open_services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from tests.servers.github import GitHub


@dataclass
class Heard:
    """What a person was told while the work went on. told: progress; said: remarks."""

    told: list[tuple[str, int, int | None]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def chat(self, lang: str = "en") -> Context:
        """A terminal whose person hears it."""
        return Context(
            "terminal", conversation="one", lang=lang, tz="UTC", progress=self._progress, say=self.said.append
        )

    def _progress(self, key: str, done: int, total: int | None) -> None:
        self.told.append((key, done, total))


@dataclass(frozen=True)
class Host:
    """Where bots run: one store, one folder."""

    redis_url: str
    folder: Path

    @asynccontextmanager
    async def bot(self, server: GitHub | None, at: datetime, **settings: object) -> AsyncIterator[Services]:
        """A bot whose clock stands at `at`. server None: without a token. settings: by their environment names."""
        chosen = {
            "REDIS_URL": self.redis_url,
            "DIGEST_STATE_DIR": self.folder,
            "DIGEST_TZ": "UTC",
            "DIGEST_AT": at.isoformat(),
            **({"GITHUB_TOKEN": server.token, "GITHUB_GRAPHQL_URL": server.url} if server else {}),
            **settings,
        }
        async with open_services(load_settings(**chosen), demo=False, one_shot=server is None) as services:
            yield services
