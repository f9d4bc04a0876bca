"""Evidence: what claims rest on, as a page shows it to who wants to know. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer.markup import one_line
from summarizer.pages import title_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.digests import Claim
    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.languages import Language

MOST: Final = 12
"""Items that one place names; more are counted."""


@dataclass(frozen=True, slots=True)
class Cited:
    """An item. kind, state: in the page's language; title: unescaped, "" where it stands right above."""

    number: int
    kind: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """count: how many items there are. told: how the words came about, a sentence each. items: the first of them. left:
    how many are not among those."""

    count: int
    told: tuple[str, ...]
    items: tuple[Cited, ...]
    left: int


def evidence(
    claims: Sequence[Claim], facts: Facts, language: Language, *, own: int | None = None
) -> Evidence | None:
    """Of claims that stand together, None where they cite nothing. own: the item whose title stands above them."""
    numbers = dict.fromkeys(number for claim in claims for number in claim.cites)
    known = [
        item
        for number in numbers
        if (item := facts.items.get(number) or facts.related.get(number)) is not None
    ]
    if not known:
        return None
    shown = tuple(_cited(item, language, is_own=item.number == own) for item in known[:MOST])
    return Evidence(len(known), tuple(_told(claims, language)), shown, len(known) - len(shown))


def state(item: Item, language: Language) -> str:
    """Open, still a draft, closed, merged or closed unmerged."""
    name: str = item.state
    if item.kind == "pull_request":
        name = {"open": "draft" if item.is_draft else "open", "closed": "closed_unmerged"}.get(name, name)
    return language.text(f"extract.state.{name}")


def _cited(item: Item, language: Language, *, is_own: bool) -> Cited:
    title = "" if is_own else title_shown(item, language)
    return Cited(item.number, language.text(f"digest.kind.{item.kind}"), title, state(item, language))


def _told(claims: Sequence[Claim], language: Language) -> Iterator[str]:
    """Who wrote: a line for each source, which names the leads of its claims where there are several sources."""
    sources = dict.fromkeys(claim.source for claim in claims)
    for source in sources:
        leads = [one_line(claim.label) for claim in claims if claim.source == source and claim.label]
        sentence = language.text(f"web.evidence.{source}")
        if len(sources) > 1 and leads:
            sentence = language.text("web.evidence.of", leads=tuple(dict.fromkeys(leads)), sentence=sentence)
        yield sentence
