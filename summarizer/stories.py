"""Stories: what happened to an item before the window and in it, chapter by chapter, so that a digest can go on where
the last one stopped: opened, first review, changes requested, approved, merged, reverted by another. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, get_args

from summarizer.items import GHOST
from summarizer.reverts import all_undone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.facts import Facts
    from summarizer.items import Item, Person, Review

ChapterName = Literal[
    "opened",
    "draft",
    "reviewed",
    "changes_requested",
    "approved",
    "closed",
    "closed_unmerged",
    "reopened",
    "merged",
    "reverted",
]

_VERDICTS: Final[Mapping[str, ChapterName]] = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
}
_UNTOLD: Final = frozenset({"PENDING", "DISMISSED"})
_ORDER: Final[tuple[ChapterName, ...]] = get_args(ChapterName)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened to an item.

    at: when; None for `draft`, since GitHub's listings tell that a pull request is one and not since when.
    by: the login of who did it, None where that is not known. number: of what reverted it, for `reverted` alone.
    in_window: whether it happened in the facts' window.
    """

    name: ChapterName
    at: datetime | None
    by: str | None = None
    number: int | None = None
    in_window: bool = False


def story(item: Item, facts: Facts, reverted: Mapping[int, int] | None = None) -> tuple[Chapter, ...]:
    """What happened to `item` until the window's end, oldest first; `draft` stands behind `opened`.

    Of reviews: the first by somebody else who is no bot, and each verdict that differs from the one before.
    reverted: what `reverted_by` told of the facts, for one who asks for many stories.
    """
    until = facts.window.until
    cut = item.as_of(until)
    if cut is None:
        return ()
    if reverted is None:
        reverted = reverted_by(facts)
    chapters = [*_events(cut, facts), *_reviews(cut, facts)]
    if (by := reverted.get(item.number)) is not None:
        chapters.append(_reverted(facts.items.get(by) or facts.related[by], facts))
    chapters.sort(key=lambda chapter: (chapter.at or facts.window.since, _ORDER.index(chapter.name)))
    if cut.is_draft and cut.state == "open":
        opened = next((place for place, each in enumerate(chapters) if each.name == "opened"), -1)
        chapters.insert(opened + 1, Chapter("draft", None))
    return tuple(chapters)


def reverted_by(facts: Facts) -> dict[int, int]:
    """What was undone -> the merged pull request that undid it, the latest where there are several; as of the window's
    end. Reverts that are not merged undo nothing."""
    known = {**facts.related, **facts.items}
    merged = sorted(
        (
            item
            for item in known.values()
            if item.merged_at is not None and item.merged_at < facts.window.until
        ),
        key=lambda item: (item.merged_at, item.number),
    )
    return {number: revert for revert, numbers in all_undone(merged, known).items() for number in numbers}


def _events(item: Item, facts: Facts) -> Iterator[Chapter]:
    for event in item.events:
        actor = event.actor
        if actor is None and event.name == "opened":
            actor = item.author
        elif actor is None and event.name == "merged":
            actor = item.merged_by
        yield Chapter(event.name, event.at, _login(actor), None, event.at in facts.window)


def _reviews(item: Item, facts: Facts) -> Iterator[Chapter]:
    """The first review, and the verdicts as they change."""
    last: ChapterName | None = None
    is_first = True
    for review in item.reviews:
        if not _counts(review, item):
            continue
        verdict = _VERDICTS.get(review.state)
        name = verdict if verdict != last and verdict is not None else "reviewed" if is_first else None
        if name is not None:
            at = review.submitted_at
            yield Chapter(name, at, _login(review.author), None, at in facts.window)
        is_first, last = False, verdict or last


def _counts(review: Review, item: Item) -> bool:
    is_own = item.author is not None and review.author.login == item.author.login
    return not review.author.is_bot and not is_own and review.state not in _UNTOLD


def _reverted(revert: Item, facts: Facts) -> Chapter:
    at = revert.merged_at
    is_here = at is not None and at in facts.window
    return Chapter("reverted", at, _login(revert.merged_by), revert.number, is_here)


def _login(person: Person | None) -> str | None:
    return None if person is None or person.login == GHOST else person.login
