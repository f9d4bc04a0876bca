"""The chart of a digest, as chat platforms take it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from adapters.charts import ChartError, png
from summarizer import languages
from summarizer.activity import activity
from summarizer.chart import alt_text, chart

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

log = structlog.get_logger()


async def chart_of(digest: Digest) -> tuple[bytes, str] | None:
    """A PNG and what it shows in words; None where it cannot be drawn, since a digest is one without it."""
    svg, alt = await asyncio.to_thread(_told, digest, languages.load(digest.lang))
    try:
        return await png(svg), alt
    except ChartError as error:
        log.warning("chart not drawn", error=str(error))
        return None


def _told(digest: Digest, language: Language) -> tuple[str, str]:
    shown = activity(digest.facts)
    return chart(shown, language), alt_text(shown, language)
