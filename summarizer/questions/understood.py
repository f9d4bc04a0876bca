"""The grey line: a query in words, so that a misreading is seen. Every field that is set is in it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.extract.words import code
from summarizer.questions import phrases
from summarizer.questions.query import STALE_DAYS, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from summarizer.questions.query import Query
    from summarizer.questions.wording import Wording
    from summarizer.windows import Window

Parts = dict[str, str]
"""Field of a query -> how it reads, in the order they are shown."""


def understood(
    query: Query,
    wording: Wording,
    *,
    window: Window | None = None,
    against: Window | None = None,
    mirror_from: datetime | None = None,
) -> str:
    """ "PRs · AMD/ROCm · merged · Mon 8 Dec to now (UTC+8)"; a comparison shows what the other side has instead.

    window, against: of the query and of its other side, as far as they are known; else they show as they are written.
    mirror_from: since when the mirror holds everything, which is where a query without a window begins.
    """
    parts = parts_of(query, wording, window=window, mirror_from=mirror_from)
    line = joined(parts, wording)
    if query.against is not None:
        other = parts_of(query.against, wording, window=against, mirror_from=mirror_from)
        same = {name: part for name, part in parts.items() if name != "form"}  # only one side is a comparison
        line = wording.text("compared", left=line, right=joined(differing(other, same), wording))
    instant = window.until if window else None
    if instant is None and (query.window is None and mirror_from is not None):
        instant = wording.times.now
    return line if instant is None else wording.text("zoned", line=line, zone=wording.times.zone(instant))


def joined(parts: Parts, wording: Wording) -> str:
    return wording.text("between_parts").join(parts.values())


def differing(parts: Parts, others: Parts) -> Parts:
    """The parts that `others` do not have alike; all of them where they lack one, since a lack cannot be shown."""
    if others.keys() - parts.keys():
        return parts
    return {name: part for name, part in parts.items() if others.get(name) != part} or parts


def parts_of(
    query: Query, wording: Wording, *, window: Window | None = None, mirror_from: datetime | None = None
) -> Parts:
    """How each field of the query reads; those that are not set have no part."""
    return dict(_parts(query, wording, window, mirror_from))


def _parts(
    query: Query, wording: Wording, window: Window | None, mirror_from: datetime | None
) -> Iterator[tuple[str, str]]:
    text = wording.text
    if query.repo is not None:
        yield "repo", text("line.repo", repo=code(query.repo))
    yield "kind", text(f"line.{query.kind or 'both'}")
    if query.topics:
        yield "topics", wording.any_of([wording.topic(key) for key in query.topics])
    if query.events:
        yield (
            "events",
            wording.any_of([text(f"event.{phrases.event_named(event, query)}") for event in query.events]),
        )
    elif query.window is not None:
        yield "events", text("event.any")
    if query.states:
        yield "states", wording.listing(text(f"line.is_{each}", days=STALE_DAYS) for each in query.states)
    if query.people:
        told = wording.parts(query.people, lambda role: f"role.{phrases.role_shown(role, query)}")
        yield "people", wording.listing(told)
    if query.organisations:
        names = [wording.organisation(key) for key in query.organisations]
        yield "organisations", text("line.organisations", names=wording.any_of(names))
    if query.labels:
        yield "labels", text("line.labels", labels=wording.any_of([code(label) for label in query.labels]))
    if query.paths:
        yield "paths", text("line.paths", paths=wording.any_of([code(path) for path in query.paths]))
    if query.numbers:
        yield "numbers", wording.listing(f"#{number}" for number in query.numbers)
    if query.words:
        yield "words", text("line.words", words=wording.words(query.words))
    if query.phrases:
        yield "phrases", text("line.phrases", phrases=wording.words((), query.phrases))
    if query.filters:
        yield "filters", " ".join(code(written(each)) for each in query.filters)
    if query.order is not None:
        yield "order", text(f"line.order.{query.order}")
    if query.limit is not None:
        yield "limit", text("line.limit", count=query.limit)
    if query.step is not None:
        yield "step", text(f"line.step.{query.step}")
    if query.form != "list":
        yield "form", text(f"form.{query.form}")
    yield "window", _window(query, wording, window, mirror_from)


def _window(query: Query, wording: Wording, window: Window | None, mirror_from: datetime | None) -> str:
    if query.window is None:
        if mirror_from is None:
            return wording.text("time.any")
        return wording.text("time.any_since", since=wording.times.moment(mirror_from))
    name = str(query.window)
    if window is None:
        return code(name)
    span = wording.times.span(window)
    if name.startswith("before "):  # where that begins is where the data does
        span = wording.text("time.until", until=wording.times.moment(window.until))
    if phrases.names_release(query):
        return wording.text("time.of_release", release=phrases.named(query, window, wording), span=span)
    return span
