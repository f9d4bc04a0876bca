"""Extracting: an item's story in a few claims that cite it, by extraction: what it is about, what happened, who holds
what, the last word. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Claim
from summarizer.extract import Words, hot
from summarizer.extract.ranking import said_by_people
from summarizer.extract.sentences import telling
from summarizer.extract.words import code
from summarizer.facts import Counts, Facts, Hot, Timing
from summarizer.stories import story
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.items import Item
    from summarizer.questions.found import Found
    from summarizer.questions.wording import Wording
    from summarizer.stories import Chapter

_CHAPTERS = 6
_STANDING = frozenset({"opened", "merged", "closed", "closed_unmerged"})
_MOST = 6
_SENTENCES, _LENGTH = 2, 260


def told(item: Item, found: Found, wording: Wording) -> tuple[Claim, ...]:
    """At most six claims, each of which cites the item; quotations are `source` "extraction"."""
    facts = _facts(item, found, wording)
    words = Words(facts, wording.language, wording.rules.project_name(found.repo))
    claims = [
        *words.quoted(item, label="what", most=_SENTENCES, limit=_LENGTH),
        *_story(item, facts, words, wording),
        *words.reach(item),
        *_around(item, wording),
    ]
    said, last = _last_word(item, words, wording)
    voices = [
        claim
        for claim in _voices(item, words)
        if claim.label == words.text("label.position") and not (said and said in claim.text)
    ]
    return (*claims, *voices[: _MOST - len(claims) - len(last)], *last)


def _facts(item: Item, found: Found, wording: Wording) -> Facts:
    """A window over all of the item's life, up to what was looked at, and nothing else in it."""
    until = found.window.until if found.window else found.now
    known = [at for at in (item.created_at, *(event.at for event in item.events)) if at is not None]
    said = [each.created_at for each in item.comments[:1]] + [each.submitted_at for each in item.reviews[:1]]
    since = min((*known, *said, until))
    return Facts(
        repo=found.repo,
        window=Window(since, until, wording.times.tz),
        filters=(),
        counts=Counts(),
        baseline=None,
        lists={},
        releases=(),
        ledgers={},
        hot=(),
        contributors=(),
        first_time=(),
        files=(),
        timing=Timing(),
        items={**found.items, item.number: item},
        coverage=found.coverage,
    )


def _story(item: Item, facts: Facts, words: Words, wording: Wording) -> Iterator[Claim]:
    chapters = list(story(item, facts))
    if not chapters or (
        len(chapters) == 1 and chapters[0].name in _STANDING
    ):  # the line that answers tells it
        return
    if len(chapters) > _CHAPTERS:
        chapters = [chapters[0], *chapters[1 - _CHAPTERS :]]
    parts = wording.listing(_chapter(chapter, words, wording) for chapter in chapters)
    yield words.claim("hot.plain", (item.number,), label="happened", text=parts)


def _around(item: Item, wording: Wording) -> Iterator[Claim]:
    """How much was said by how many, its labels, whom it waits for, what it is linked with."""
    people = {comment.author.login for comment in item.comments if not comment.author.is_bot}
    parts = []
    if people:
        said = sum(not comment.author.is_bot for comment in item.comments)
        by = wording.text("explain.people", n=len(people))
        parts.append(wording.text("explain.comments", n=said, by=by))
    named = {"labels": item.labels, "assigned": item.assignees or (), "requested": item.review_requests or ()}
    for name, values in named.items():
        if values and (name == "labels" or item.state == "open"):
            parts.append(wording.text(f"explain.{name}", names=wording.listing(map(code, values))))
    if item.linked:
        numbers = wording.listing(f"#{number}" for number in item.linked)
        parts.append(wording.text("explain.linked", numbers=numbers))
    if parts:
        told = wording.text("between").join(parts)
        yield Claim(told, (item.number,), "facts", wording.text("explain.label_around"))


def _chapter(chapter: Chapter, words: Words, wording: Wording) -> str:
    when = wording.times.moment(chapter.at) if chapter.at else ""
    by = code(chapter.by) if chapter.by else ""
    key = f"chapter.{chapter.name}_by"
    if by and wording.language.has(f"extract.{key}"):
        return words.text(key, when=when, by=by)
    return words.text(f"chapter.{chapter.name}", when=when, number=f"#{chapter.number}")


def _voices(item: Item, words: Words) -> tuple[Claim, ...]:
    said = said_by_people(item, words.facts)
    if not said:
        return ()
    people = tuple(dict.fromkeys(login for login, _ in said))
    return hot.entry(Hot(item.number, len(said), people), words).claims


def _last_word(item: Item, words: Words, wording: Wording) -> tuple[str, tuple[Claim, ...]]:
    """What was said last, and the claim that quotes it; nothing where it says nothing."""
    said = [
        comment
        for comment in item.comments
        if not comment.author.is_bot and comment.created_at in words.facts.window
    ]
    if not said:
        return "", ()
    last = said[-1]
    text = telling(last.body, most=1, limit=_LENGTH, title=item.title)
    if text in ("", "…"):
        return "", ()
    ago = wording.times.ago(last.created_at)
    told = wording.text("explain.last", login=code(last.author.login), ago=ago, text=text)
    return text, (Claim(told, (item.number,), "extraction", wording.text("explain.label_last")),)
