"""Entries: a kept digest as a feed tells it, short enough to be read where it is listed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from markupsafe import Markup, escape

from summarizer import markup, pages
from summarizer.escaping import fill
from summarizer.html import is_of_repo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapters.web.site import Site
    from summarizer.digests import Digest, Section
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.topics import Ledger

TOLD: Final = ("alerts", "summary")
"""Sections that an entry tells whole, the most pressing first; to the others it leads."""

MOST_MEMBERS: Final = 40
"""Items of a topic that are named beside those of its section."""

LONGEST_SUMMARY: Final = 500

_NAMES: Final = UUID("32b16a99-e795-4eb8-82a7-cb2fb75fe2b4")
"""Under which ids are made. It never changes, and so no entry is ever taken for a new one."""

_REFERENCE: Final = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A digest in a feed. id: its own in that language, whatever its revision and wherever the site is. url: of its
    page. summary: plain words; content: HTML. updated: when this revision was kept. topic: the title of the one that
    the feed is about, "" for none. tags: its edition, and the topics that have something in it."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    topic: str = ""


def urn(*names: str) -> str:
    """An id that says nothing and is always the same for the same names."""
    return uuid5(_NAMES, "\n".join(names)).urn


def entry_of(
    digest: Digest, language: Language, site: Site, *, repo: str, updated: datetime, topic: str = ""
) -> Entry | None:
    """The digest's entry, or with `topic`, a key, that of what it tells of that; None where it tells nothing of it.

    repo: as its pages spell it.
    """
    facts = digest.facts
    ledger = facts.ledgers.get(topic)
    if topic and (ledger is None or not ledger.reasons):
        return None
    page = site.digest_url(repo, digest.id, lang=language.code)
    page = site.absolute(page) or page
    told = _OfDigest(digest, language, page)
    shown = told.of_topic(ledger) if ledger else told.whole()
    return Entry(
        id=urn(*("entry", facts.repo.lower(), digest.id, language.code), *([topic] if topic else [])),
        url=shown.url,
        title=shown.title,
        summary=shown.summary,
        content=shown.content,
        published=facts.window.until,
        updated=updated,
        tags=(digest.edition, *(key for key, each in facts.ledgers.items() if each.reasons)),
        topic=pages.topic_name(ledger.topic, language) if ledger else "",
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    url: str
    title: str
    summary: str
    content: str


@dataclass(frozen=True, slots=True)
class _Member:
    """An item of a topic that the topic's section does not tell of."""

    number: int
    kind: str
    title: str
    is_tagged: bool


class _OfDigest:
    """What an entry shows of one digest. page: the address of its page."""

    def __init__(self, digest: Digest, language: Language, page: str) -> None:
        self._digest = digest
        self._language = language
        self._page = page
        self._links = {
            number: url
            for number, url in pages.urls(digest.facts).items()
            if is_of_repo(url, digest.facts.repo)
        }
        self._window, self._counts, *self._notes = pages.header(digest, language)
        self._title = _title(digest)

    def whole(self) -> _Shown:
        sections = {section.id: section for section in pages.told(self._digest)}
        told = [sections[name] for name in TOLD if name in sections]
        others = [section for name, section in sections.items() if name not in TOLD]
        leads = [self._counts, *self._notes, *(self._first(section) for section in told)]
        content = self._content(
            [self._counts, *self._notes],
            told,
            others=[(section.title, f"{self._page}#{section.id}") for section in others],
            url=self._page,
        )
        return _Shown(self._page, self._title, self._summary(leads), content)

    def of_topic(self, ledger: Ledger) -> _Shown:
        language = self._language
        name = f"topic-{ledger.topic.key}"
        section = next((each for each in pages.told(self._digest) if each.id == name), None)
        url = f"{self._page}#{name}" if section else self._page
        first = self._first(section) if section else ""
        tiers = language.text("web.feed.tiers", about=len(ledger.about), tagged=len(ledger.tagged))
        lines = self._notes if first else [tiers, *self._notes]  # the section begins with how many
        told = {entry.number for entry in section.entries} if section else set()
        members = [
            _Member(
                number,
                language.text(f"digest.kind.{item.kind}"),
                pages.title_shown(item, language),
                is_tagged=number in ledger.tagged,
            )
            for number in (*ledger.about, *ledger.tagged)
            if number not in told and (item := _item(self._digest, number))
        ]
        content = self._content(
            lines,
            [section] if section else [],
            members=members[:MOST_MEMBERS],
            left=len(members) - MOST_MEMBERS,
            url=url,
        )
        topic = pages.topic_name(ledger.topic, language)
        title = language.text("web.feed.of_topic", topic=topic, title=self._title)
        return _Shown(url, title, self._summary([*lines, first]), content)

    def _content(
        self,
        lines: Iterable[str],
        sections: Iterable[Section],
        *,
        url: str,
        others: Iterable[tuple[str, str]] = (),
        members: Iterable[_Member] = (),
        left: int = 0,
    ) -> str:
        """lines: below the window's. others: (title, address) of sections that are not told. members: see `_Member`;
        left: how many more there are."""
        facts, language = self._digest.facts, self._language
        return fill(
            "feed_content.html.jinja",
            language=language,
            window=self._window,
            lines=[markup.one_line(line) for line in lines],
            sections=[pages.section_shown(section, facts, language) for section in sections],
            others=others,
            members=members,
            left=left,
            url=url,
            links=self._links,
            prose=self._prose(self._links),
            titled=self._prose({}),
            plain=markup.one_line,
            colon=language.text("digest.colon"),
        )

    def _summary(self, leads: Iterable[str]) -> str:
        text = " · ".join(plain for lead in leads if (plain := _plain(lead)))
        return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1].rstrip() + "…"

    def _first(self, section: Section) -> str:
        """What a section says first, "" where it begins with a list."""
        if not section.claims:
            return ""
        first = section.claims[0]
        colon = self._language.text("digest.colon")
        return f"{first.label}{colon}{first.text}" if first.label else first.text

    @staticmethod
    def _prose(links: Mapping[int, str]) -> Callable[[str], Markup]:
        """What makes HTML of a claim's text: its code spans, and links of the references that are known."""

        def shown(text: str) -> Markup:
            made = Markup()
            for part, is_code in markup.spans(markup.one_line(text)):
                if is_code:
                    made += Markup("<code>{}</code>").format(part.strip("`"))
                    continue
                done = 0
                for found in _REFERENCE.finditer(part):
                    if url := links.get(int(found[1])):
                        made += escape(part[done : found.start()])
                        made += Markup('<a href="{}">{}</a>').format(url, found[0])
                        done = found.end()
                made += escape(part[done:])
            return made

        return shown


def _title(digest: Digest) -> str:
    """With the hours of a part of a day, which titles leave out: there may be one each hour."""
    title, window = markup.one_line(digest.title), digest.facts.window
    if window.duration >= _DAY * 0.9:  # a day that loses an hour is one
        return title
    since, until = window.since.astimezone(window.zone), window.until.astimezone(window.zone)
    return f"{title} · {since:%H:%M}–{until:%H:%M}"


def _item(digest: Digest, number: int) -> Item | None:
    return digest.facts.items.get(number) or digest.facts.related.get(number)


def _plain(text: str) -> str:
    return "".join(
        part.strip("`") if is_code else part for part, is_code in markup.spans(markup.one_line(text))
    )
