"""Assessments: a model's judgements of single items, kept for the digests of the weeks to come. Cache.

A key says what the judgement depends on, so that none ever becomes wrong; those that nobody asks for any more go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec
from adapters.store.room import passed_over
from summarizer.assessments import Assessment
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.store.connection import Command, Connection

log = structlog.get_logger()

KEEP_S: Final = 45 * 24 * 3600
"""Long enough for the monthly digest to find those of the month's first day."""

_ASSESSMENT: Codec[Assessment] = Codec(Assessment)


class Assessments:
    """Fills `summarizer.assessor.Kept`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def load(self, keys: Sequence[str]) -> dict[str, Assessment]:
        """Those that are there, by key. Raises StoreError."""
        found: dict[str, Assessment] = {}
        values = await self._connection.call_many([("GET", _key(key)) for key in keys]) if keys else []
        for key, value in zip(keys, values, strict=True):
            if value is None:
                continue
            try:
                found[key] = _ASSESSMENT.load(value)
            except StoreError as error:
                log.warning("kept assessment unreadable", key=key, error=error.key)  # another version's
        return found

    async def save(self, assessments: Mapping[str, Assessment]) -> None:
        """Raises StoreError."""
        commands: list[Command] = [
            ("SET", _key(key), _ASSESSMENT.dump(assessment), "EX", KEEP_S)
            for key, assessment in assessments.items()
        ]
        with passed_over("assessments"):
            await self._connection.call_many(commands)


def _key(key: str) -> str:
    return f"vllm-digest:cache:assessment:{key}"
