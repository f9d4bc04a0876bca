"""Models: each request to one is a span, and what it took is counted."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters import metrics
from adapters.metrics import table
from adapters.tracing import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from summarizer.spending import Spent


@contextmanager
def asked(model: str) -> Iterator[Callable[[Spent], None]]:
    """Around a request. See `summarizer.models.ModelSettings`."""
    begun = time.monotonic()
    outcome = "failed"
    with span("model call", kind="client", gen_ai__request__model=model) as call:

        def took(spent: Spent) -> None:
            _count(model, spent)
            if spent.tokens_in is not None and spent.tokens_out is not None:
                call.note(
                    gen_ai__usage__input_tokens=spent.tokens_in, gen_ai__usage__output_tokens=spent.tokens_out
                )

        try:
            yield took
            outcome = "ok"
        finally:
            metrics.count(table.MODEL_CALLS, model=model, outcome=outcome)
            metrics.observe(table.MODEL_SECONDS, time.monotonic() - begun, model=model)


def _count(model: str, spent: Spent) -> None:
    for direction, tokens in (("in", spent.tokens_in), ("out", spent.tokens_out)):
        if tokens:
            metrics.count(table.MODEL_TOKENS, tokens, model=model, direction=direction)
    if spent.cost_usd:
        metrics.count(table.MODEL_COST, spent.cost_usd, model=model)
    if spent.unpriced:
        metrics.count(table.MODEL_UNPRICED, spent.unpriced, model=model)
