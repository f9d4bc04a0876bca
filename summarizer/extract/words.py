"""What the sections share: an item in a few words, times, states, spans, how claims name people and code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from summarizer.digests import Claim
from summarizer.extract.ranking import ranked
from summarizer.extract.sentences import shorten, telling
from summarizer.facts import Facts
from summarizer.filters import select
from summarizer.languages import Language
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from summarizer.digests import Source
    from summarizer.items import Item
    from summarizer.topics import Ledger

TITLE_LIMIT = 120


@dataclass(frozen=True)
class Words:
    """The words of one language about one window's facts."""

    facts: Facts
    language: Language
    project: str

    @cached_property
    def ranked(self) -> list[tuple[float, Item]]:
        """The listed items with their scores, best first."""
        return ranked(self.facts)

    def filtered(self, ledger: Ledger) -> Ledger:
        """The ledger's members that pass the facts' filters."""
        if not self.facts.filters:
            return ledger
        shown = select(self.facts.items, self.facts.filters, self.facts.ledgers)
        return replace(
            ledger,
            about=tuple(number for number in ledger.about if number in shown),
            tagged=tuple(number for number in ledger.tagged if number in shown),
        )

    def text(self, key: str, **values: object) -> str:
        return self.language.text(f"extract.{key}", **values)

    def claim(
        self,
        key: str,
        cites: Iterable[int] = (),
        *,
        label: str = "",
        source: Source = "facts",
        **values: object,
    ) -> Claim:
        """The sentence at `extract.<key>` as a claim; label: a key below `extract.label`."""
        return Claim(
            self.text(key, **values), tuple(cites), source, self.text(f"label.{label}") if label else ""
        )

    def numbers(self, numbers: Iterable[int]) -> str:
        return str(self.language.get("list.separator")).join(f"#{number}" for number in numbers)

    def listing(self, parts: Iterable[str]) -> str:
        return str(self.language.get("list.separator")).join(parts)

    def named(self, number: int) -> str:
        """`#123 title`."""
        return f"#{number} {title_of(self.facts.items[number])}".rstrip()

    def when(self, instant: datetime) -> str:
        """The local time, with the day where the window holds more than one. The header names the zone."""
        window = self.facts.window
        local, first = instant.astimezone(window.zone), window.since.astimezone(window.zone)
        same_day = window.duration.total_seconds() <= 86_400 and local.date() == first.date()
        return f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"

    def span(self, seconds: float) -> str:
        """A span of time in its largest sensible unit: "33 min", "2.5 h", "3 d"."""
        minutes = seconds / 60
        if minutes < 90:
            return self.text("span.minutes", count=max(1, round(minutes)))
        hours = minutes / 60
        if hours < 48:
            return self.text("span.hours", count=f"{hours:.1f}".removesuffix(".0"))
        return self.text("span.days", count=f"{hours / 24:.1f}".removesuffix(".0"))

    def happened(self, item: Item) -> str:
        """What happened to the item in the window, each with its time; else how much was said there."""
        window = self.facts.window
        events = [event for event in item.events if event.at in window]
        if events:
            return self.listing(
                self.text(f"event.{event.name}", when=self.when(event.at)) for event in events[-3:]
            )
        said = [comment for comment in item.comments if comment.created_at in window]
        if said:
            return self.text("event.commented", n=len(said))
        if any(review.submitted_at in window for review in item.reviews):
            return self.text("event.reviewed")
        return self.state(item)

    def state(self, item: Item) -> str:
        """The item's state when the window ended."""
        if item.state == "closed" and item.is_pull_request:
            return self.text("state.closed_unmerged")
        return self.text(f"state.{'draft' if item.state == 'open' and item.is_draft else item.state}")

    def excerpt(self, item: Item, *, label: str, most: int = 1, limit: int = 260) -> tuple[Claim, ...]:
        """The most telling sentences of the item's own text, quoted as such; none when it says nothing."""
        found = telling(item.body or "", most=most, limit=limit, title=item.title)
        if not found:
            return ()
        return (self.claim("quoted", (item.number,), label=label, source="extraction", text=found),)


def title_of(item: Item) -> str:
    return shorten(neutralize(item.title), TITLE_LIMIT)


def code(text: str) -> str:
    """A login, a path or a label as a code span, in which nothing is markup and nobody is pinged."""
    return f"`{neutralize(text.replace('`', '')) or '?'}`"
