"""Showing: items as lists of pages tell them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from adapters.web.prose import safe_url
from summarizer import markup
from summarizer.evidence import state
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code, title_of
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.web.site import Site
    from summarizer.items import Item, Person
    from summarizer.languages import Language
    from summarizer.topics import Reason

_VALUES: Final = 3
_VALUE_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Who:
    login: str
    is_bot: bool


@dataclass(frozen=True, slots=True)
class Instant:
    """A time. iso: for programs. told: in the page's zone, "2025-12-10 17:53"."""

    iso: str
    told: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An item on a line. All as text, unescaped.

    url: on GitHub, "" where it is none of the repository's. page: here. kind: "Issue", "PR". mark: the state, as the
    style sheet names it; state: in words.
    """

    number: int
    url: str
    page: str
    title: str
    kind: str
    mark: str
    state: str
    author: Who | None


def shown(item: Item, site: Site, language: Language, lang: str) -> Shown:
    """lang: see `Frame.lang`."""
    return Shown(
        number=item.number,
        url=safe_url(item.url, item.repo),
        page=site.item_url(item.repo, item.number, lang),
        title=title_of(item) or language.text("digest.untitled"),
        kind=language.text(f"digest.kind.{item.kind}"),
        mark=mark_of(item),
        state=state(item, language),
        author=who(item.author),
    )


def titled(title: str, shown: Callable[[str], Markup] = escape) -> Markup:
    """A title whose spans of code are set as such. shown: what becomes of its parts."""
    return Markup().join(
        Markup("<code>{}</code>").format(shown(part.strip("`"))) if is_code else shown(part)
        for part, is_code in markup.spans(title)
    )


def who(person: Person | None) -> Who | None:
    return Who(neutralize(person.login), person.is_bot) if person else None


def instant(at: datetime, tz: str) -> Instant:
    return Instant(at.isoformat(), f"{at.astimezone(ZoneInfo(tz)):%Y-%m-%d %H:%M}")


def mark_of(item: Item) -> str:
    """The item's state as the style sheet names it: an issue that is closed is done, a pull request is not."""
    if item.state == "open":
        return "draft" if item.is_draft else "open"
    if item.is_pull_request:
        return item.state
    return "left" if (item.state_reason or "").upper() in ("NOT_PLANNED", "DUPLICATE") else "merged"


def because(reasons: Sequence[Reason], language: Language) -> str:
    """What made an item a topic's, rule by rule and each value once, in the grammar of `digests.Claim.text`."""
    values: dict[str, dict[str, str]] = {}
    for reason in reasons:
        rule = "organisation" if reason.organisation else reason.rule
        told = _value(rule, reason, language)
        values.setdefault(rule, {}).setdefault(told.casefold(), told)
    separator = language.text("why.and")
    return language.text("why.then").join(
        language.text(f"why.reason.{rule}", value=separator.join([*found.values()][:_VALUES]))
        for rule, found in values.items()
    )


def _value(rule: str, reason: Reason, language: Language) -> str:
    text = neutralize(reason.value)
    if rule == "linked":
        return text
    if rule == "mend":
        return shorten(text, 2 * _VALUE_CHARS).replace("`", "'")
    told = code(shorten(text, _VALUE_CHARS))
    if rule == "organisation":
        return language.text("why.of", value=told, organisation=neutralize(reason.organisation))
    return told


def named(titles: Mapping[str, str], language: Language) -> tuple[str, str]:
    """The title in the page's language, else in English, else in any; and the code of that language."""
    for each in (language.code, "en", *titles):
        if titles.get(each, "").strip():
            return neutralize(titles[each]), each
    return "", language.code
