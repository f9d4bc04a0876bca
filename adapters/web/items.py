"""Pages of items: what is known of an issue or pull request, and where digests speak of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.web import showing
from adapters.web.months import last_day
from adapters.web.prose import Prose, safe_url, urls_of
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.showing import Instant, Who
from adapters.web.site import asked_language
from summarizer import languages
from summarizer.escaping import fill
from summarizer.evidence import state
from summarizer.extract.sentences import sentences, shorten
from summarizer.html import is_of_repo
from summarizer.rubric import MOST_MOVED
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, ItemShown, Listed, Standing
    from adapters.web.site import Site
    from summarizer.assessments import Assessment
    from summarizer.items import Item
    from summarizer.languages import Language

_GONE: Final = frozenset({"deleted", "transferred"})
_MOST_DIGITS: Final = 9
_MOST: Final = 150
"""Entries of a timeline; GitHub has the rest."""
_OPEN_AT_END: Final = 15
_OPEN_AT_START: Final = 3
_FOLDED_FROM: Final = 30
"""So many entries and the middle is folded."""
_FIRST_WORDS: Final = 240
_READ: Final = 4_000
"""Characters of a comment that its first words are looked for in."""
_FILES_OPEN, _FILES = 10, 200

_REVIEWS: Final = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "DISMISSED": "dismissed",
}
_TALK: Final = frozenset({"commented", "reviewed", *_REVIEWS.values()})


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that happened. did: a key below `[web.item.did]`. said: with it, on a page the first words of that.
    url: "" for none."""

    did: str
    at: datetime
    when: Instant
    who: Who | None
    said: str = ""
    url: str = ""

    @property
    def is_talk(self) -> bool:
        return self.did in _TALK


@dataclass(frozen=True, slots=True)
class _Timeline:
    """first, last: shown at once. folded: between them. left: how many came before all of these."""

    first: tuple[_Entry, ...]
    folded: tuple[_Entry, ...]
    last: tuple[_Entry, ...]
    left: int

    @property
    def is_empty(self) -> bool:
        return not self.first and not self.last


@dataclass(frozen=True, slots=True)
class _Mention:
    url: str
    title: str
    lang: str
    day: str


class Items:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [Route("/{owner}/{name}/items/{number}", self._show)]

    async def _show(self, request: Request) -> Response:
        number = _number(request.path_params["number"])
        standing = await standing_of(request, self._archive)
        found = await self._archive.item(standing.repo, number, visitor_of(request))
        if found is None or (found.item is None and found.missing not in _GONE):
            raise HTTPException(404)
        lang, language = asked_language(request), self._site.language(request)
        page = await asyncio.to_thread(self.page, standing, found, language, lang)
        if found.item is None:
            return page_of(request, page, status=410)
        return page_of(request, page, standing=standing)

    def page(self, standing: Standing, found: ItemShown, language: Language, lang: str) -> str:
        """lang: see `Frame.lang`."""
        site, repo, number, item = self._site, standing.repo, found.number, found.item
        urls = {code: site.item_url(repo, number, code) for code in languages.codes()}
        frame = site.frame(
            language,
            _title(found, language),
            repo=repo,
            lang=lang,
            address=site.item_url(repo, number),
            others=site.others(language, urls),
            description=_description(repo, item, language) if item else "",
        )
        mentions = [_mention(each, number, site, language, lang) for each in found.mentions]
        if item is None:
            sentence = language.text(f"web.item.{found.missing}", number=number)
            return fill(
                "item_gone.html.jinja", frame=frame, language=language, sentence=sentence, mentions=mentions
            )
        known = urls_of(repo, item.linked)
        if is_of_repo(item.url, repo):
            known[number] = item.url
        prose = Prose(site, language, (repo,), lang)

        def line(text: str) -> Markup:
            return prose.line(text, known)

        return fill(
            "item.html.jinja",
            frame=frame,
            language=language,
            item=item,
            shown=showing.shown(item, site, language, lang),
            opened=showing.instant(item.created_at, site.tz) if item.created_at else None,
            labels=[neutralize(label) for label in item.labels],
            assignees=[neutralize(login) for login in item.assignees or ()],
            requests=[neutralize(login) for login in item.review_requests or () if item.state == "open"],
            decision=_decision(item, language),
            linked=[(each, site.item_url(repo, each, lang)) for each in item.linked],
            size=_size(item, language),
            incomplete=_incomplete(found, language),
            judged=_judged(found.assessment, language) if found.assessment else None,
            assessment=found.assessment,
            topics=[
                (
                    site.topic_url(repo, each.key, lang),
                    showing.named(each.titles, language)[0] or each.key,
                    language.text(f"web.item.{each.tier}"),
                    each.tier,
                    line(showing.because(each.reasons, language)),
                )
                for each in found.topics
            ],
            files=[_breakable(neutralize(path)) for path in (item.files or ())[:_FILES]],
            files_open=_FILES_OPEN,
            files_total=max(item.changed_files or 0, len(item.files or ())),
            timeline=_folded(list(_entries(item, site.tz))),
            mentions=mentions,
            line=line,
            titled=showing.titled,
        )


def _number(text: str) -> int:
    """Raises HTTPException 404 for what no number of an item is: every item has one address."""
    is_plain = text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= _MOST_DIGITS
    if not is_plain:
        raise HTTPException(404)
    return int(text)


def _title(found: ItemShown, language: Language) -> str:
    if found.item is None:
        return f"#{found.number}"
    title = neutralize(found.item.title) or language.text("digest.untitled")
    return language.text("web.item.title", number=found.number, title=title)


def _description(repo: str, item: Item, language: Language) -> str:
    return language.text(
        "web.item.description",
        kind=language.text(f"web.item.{item.kind}"),
        number=item.number,
        repo=repo,
        state=state(item, language),
        title=shorten(neutralize(item.title), 160),
    )


def _breakable(path: str) -> Markup:
    """A path that goes on on a further line behind a slash."""
    return Markup("/<wbr>").join(path.split("/"))


def _decision(item: Item, language: Language) -> str:
    decision = item.review_decision
    if not decision or (decision == "REVIEW_REQUIRED" and item.state != "open"):
        return ""
    key = f"web.item.decided.{decision}"
    return language.text(key) if language.has(key) else ""


def _size(item: Item, language: Language) -> str:
    if item.additions is None or item.deletions is None or item.changed_files == 0:
        return ""
    lines = {"additions": f"{item.additions:,}", "deletions": f"{item.deletions:,}"}
    if item.changed_files is None:
        return language.text("web.item.changed_lines", **lines)
    return language.text("web.item.changed", n=item.changed_files, **lines)


def _incomplete(found: ItemShown, language: Language) -> list[str]:
    """What the page cannot tell of the item, in sentences."""
    keys = (f"coverage.{reason}" for reason in found.incomplete)
    told = [language.text(key) for key in keys if language.has(key)]
    if found.incomplete and not told:
        told = [language.text("web.item.incomplete")]
    item = found.item
    if item is not None and item.comments_total is not None and item.comments_total > len(item.comments):
        told.append(language.text("web.item.held", n=item.comments_total, held=len(item.comments)))
    return told


def _judged(assessment: Assessment, language: Language) -> dict[str, object]:
    category = assessment.category
    return {
        "by": language.text(
            "web.item.by_model" if assessment.by_model else "web.item.by_code", most=MOST_MOVED
        ),
        "category": language.text(f"digest.category.{category}") if category else "",
        "risks": [language.text(f"extract.risk.{risk}") for risk in assessment.risks],
        "points": [
            (
                language.text(f"web.item.{name}"),
                points,
                language.text("web.item.points", points=points),
                language.text(f"web.item.{name}_of.{points}"),
            )
            for name, points in (("importance", assessment.importance), ("insight", assessment.insight))
        ],
        "told": [
            (language.text(f"web.item.{name}"), text)
            for name in ("what", "why", "impact", "contention", "standing")
            if (text := getattr(assessment, name))
        ],
        "positions": [
            ([neutralize(login) for login in position.logins], position.view)
            for position in assessment.positions
        ],
    }


def _entries(item: Item, tz: str) -> Iterator[_Entry]:
    """All that happened to it, oldest first."""
    entries = [*_events(item, tz), *_comments(item, tz), *_reviews(item, tz)]
    entries.sort(key=lambda entry: entry.at)
    last: _Entry | None = None
    for entry in entries:
        is_again = (
            last is not None
            and not entry.said
            and entry.is_talk
            and (entry.did, entry.who) == (last.did, last.who)
        )
        if not is_again:  # one review comes as many where each line of it was sent alone
            yield entry
        last = entry


def _events(item: Item, tz: str) -> Iterator[_Entry]:
    for event in item.events:
        did = str(event.name)
        if did in ("closed", "closed_unmerged"):
            did = "closed_unmerged" if item.is_pull_request else "closed"
        actor = event.actor
        if actor is None and did == "opened":
            actor = item.author
        if actor is None and did == "merged":
            actor = item.merged_by
        said = (item.body or "") if did == "opened" else ""
        yield _Entry(did, event.at, showing.instant(event.at, tz), showing.who(actor), said)


def _comments(item: Item, tz: str) -> Iterator[_Entry]:
    for comment in item.comments:
        yield _Entry(
            "commented",
            comment.created_at,
            showing.instant(comment.created_at, tz),
            showing.who(comment.author),
            comment.body,
            safe_url(comment.url, item.repo),
        )


def _reviews(item: Item, tz: str) -> Iterator[_Entry]:
    for review in item.reviews:
        yield _Entry(
            _REVIEWS.get(review.state, "reviewed"),
            review.submitted_at,
            showing.instant(review.submitted_at, tz),
            showing.who(review.author),
            review.body,
        )


def first_words(body: str) -> str:
    """How a text begins, as plain words on one line: its prose, or where it has none whatever it holds."""
    prose = " ".join(sentences(body[:_READ], 3)).replace("`", "")
    return shorten(prose or neutralize(body[:_READ]), _FIRST_WORDS)


def _folded(entries: Sequence[_Entry]) -> _Timeline:
    # to read all that was said of the longest threads would take seconds
    shown = [replace(entry, said=first_words(entry.said)) for entry in entries[-_MOST:]]
    left = len(entries) - len(shown)
    if len(shown) <= _FOLDED_FROM:
        return _Timeline(tuple(shown), (), (), left)
    return _Timeline(
        tuple(shown[:_OPEN_AT_START]),
        tuple(shown[_OPEN_AT_START:-_OPEN_AT_END]),
        tuple(shown[-_OPEN_AT_END:]),
        left,
    )


def _mention(listed: Listed, number: int, site: Site, language: Language, lang: str) -> _Mention:
    title, kept_in = showing.named(listed.titles, language)
    url = site.digest_url(listed.repo, listed.id, lang=lang if kept_in == language.code else kept_in)
    return _Mention(
        url=f"{url}#i{number}",
        title=title or listed.id,
        lang=kept_in,
        day=last_day(listed, site.tz).isoformat(),
    )
