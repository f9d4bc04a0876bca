"""What one item can prove: its people by role, its states, its figures, its times, and the words in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from summarizer.items import EventName, Item, Person
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Role = Literal["author", "merger", "closer", "reopener", "approver", "reviewer", "speaker"]
ROLES: Final[tuple[Role, ...]] = ("author", "merger", "closer", "reopener", "approver", "reviewer", "speaker")

_NUMBER: Final = re.compile(r"(?<![\w.#＃])\d[\d,]*(?:\.\d+)*")
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_REFERENCE: Final = re.compile(r"(?:[#＃]|\bGH-|/(?:pull|issues)/)(\d+)")
_QUOTES: Final = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "‹": "<", "›": ">", "`": "", "…": "..."}
)


def folded(text: str) -> str:
    """`text` for comparing quotations: case, white space, backticks and the shape of quotation marks do not count."""
    return " ".join(text.translate(_QUOTES).casefold().split())


@dataclass(frozen=True)
class Evidence:
    """An item and what follows from it. Everything is worked out at most once, and only when a claim asks."""

    item: Item
    window: Window
    comments_in_window: int
    participants_in_window: int

    @property
    def number(self) -> int:
        return self.item.number

    # --- people ---------------------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> Mapping[Role | Literal["any"], frozenset[str]]:
        """Case-folded logins by what they did; `any` holds them all."""
        item = self.item
        actors: dict[EventName, list[Person | None]] = {}
        for event in item.events:
            actors.setdefault(event.name, []).append(event.actor)
        roles: dict[Role | Literal["any"], frozenset[str]] = {
            "author": _logins([item.author, *actors.get("opened", [])]),
            "merger": _logins([item.merged_by, *actors.get("merged", [])]),
            "closer": _logins([*actors.get("closed", []), *actors.get("closed_unmerged", [])]),
            "reopener": _logins(actors.get("reopened", [])),
            "approver": _logins(review.author for review in item.reviews if review.state == "APPROVED"),
            "reviewer": _logins(review.author for review in item.reviews),
        }
        commenters = _logins(comment.author for comment in item.comments)
        # an author speaks in the body, a reviewer in the review
        roles["speaker"] = commenters | roles["reviewer"] | roles["author"]
        roles["any"] = frozenset().union(*roles.values())
        return roles

    # --- figures --------------------------------------------------------------------------------------------------

    def figures(self, noun: str) -> frozenset[int]:
        """The numbers that "n <noun>" may give for this item; empty when unknown."""
        item = self.item
        values: Iterable[int | None]
        match noun:
            case "comments":
                talk = [comment for comment in item.comments if not comment.author.is_bot]
                values = (
                    item.comments_total,
                    len(item.comments) or None,
                    len(talk) or None,
                    self.comments_in_window,
                )
                if item.comments_total is None and not item.comments:
                    values = (self.comments_in_window or None,)
            case "participants" | "contributors":
                people = _logins(
                    person
                    for person in (
                        item.author,
                        *(c.author for c in item.comments),
                        *(r.author for r in item.reviews),
                    )
                    if person is not None and not person.is_bot
                )
                talkers = _logins(c.author for c in item.comments if not c.author.is_bot)
                values = (len(people) or None, len(talkers) or None, self.participants_in_window or None)
            case "additions":
                values = (item.additions,)
            case "deletions":
                values = (item.deletions,)
            case "lines":
                values = (_total(item.additions, item.deletions),)
            case "files":
                values = (item.changed_files, None if item.files is None else len(item.files))
            case "reactions":
                values = (item.reactions,)
            case "reviews":
                values = (len(item.reviews),)
            case "approvals":
                approvals = [review for review in item.reviews if review.state == "APPROVED"]
                values = (len(approvals), len({review.author.login for review in approvals}))
            case _:
                values = ()
        return frozenset(value for value in values if value is not None)

    # --- times ----------------------------------------------------------------------------------------------------

    @cached_property
    def instants(self) -> Mapping[str, tuple[datetime, ...]]:
        """Name of an event, `comment` or `review` -> when, oldest first."""
        instants: dict[str, list[datetime]] = {}
        for event in self.item.events:
            instants.setdefault(event.name, []).append(event.at)
        if self.item.created_at:
            instants.setdefault("opened", [self.item.created_at])
        if self.item.merged_at:
            instants.setdefault("merged", [self.item.merged_at])
        if self.item.closed_at and not self.item.merged_at:
            instants.setdefault("closed", [self.item.closed_at])
        if self.item.comments:
            instants["comment"] = [comment.created_at for comment in self.item.comments]
        if self.item.reviews:
            instants["review"] = [review.submitted_at for review in self.item.reviews]
        return {name: tuple(sorted(values)) for name, values in instants.items()}

    @cached_property
    def spans(self) -> tuple[float, ...]:
        """Seconds between the events people speak of as "within": from opening or reopening to each later event, and
        to the first comments and reviews."""
        starts = [*self.instants.get("opened", ()), *self.instants.get("reopened", ())]
        ends = [at for name, values in self.instants.items() for at in values if name != "opened"]
        if self.item.state == "open":  # how long it has been waiting
            ends.append(self.window.until)
        return tuple((end - start).total_seconds() for start in starts for end in ends if end > start)

    # --- words ----------------------------------------------------------------------------------------------------

    @cached_property
    def raw(self) -> str:
        """Everything that people wrote on the item, and its paths and labels, one to a line."""
        item = self.item
        parts = [item.title, item.body or "", *(comment.body for comment in item.comments)]
        parts += [review.body for review in item.reviews]
        parts += [*(item.files or ()), *item.labels]
        return "\n".join(parts)

    @cached_property
    def text(self) -> str:
        """`raw`, folded."""
        return folded(self.raw)

    def said_by(self, login: str) -> str:
        """What one person wrote on the item, and its title, folded."""
        item = self.item
        parts = [item.title]
        if item.author and item.author.login.casefold() == login.casefold():
            parts.append(item.body or "")
        parts += [each.body for each in item.comments if each.author.login.casefold() == login.casefold()]
        parts += [each.body for each in item.reviews if each.author.login.casefold() == login.casefold()]
        return folded("\n".join(parts))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The figures in the text, as `plain_number` writes them; references are no figures."""
        return frozenset(plain_number(match[0]) for match in _NUMBER.finditer(self.raw))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(match[0].casefold() for match in _WORD.finditer(self.raw))

    @cached_property
    def mentioned(self) -> frozenset[int]:
        """Numbers of other issues and pull requests that the text names, and those GitHub links."""
        return frozenset(int(match[1]) for match in _REFERENCE.finditer(self.raw)) | frozenset(
            self.item.linked
        )

    def contains(self, words: str) -> bool:
        """Whether `words` (folded) stand in the text, not cutting a number in two."""
        start = self.text.find(words)
        while start >= 0:
            end = start + len(words)
            before, after = self.text[max(0, start - 2) : start], self.text[end : end + 2]
            if not _cuts_number(words, before, after):
                return True
            start = self.text.find(words, start + 1)
        return False


def plain_number(raw: str) -> str:
    """A figure without its thousand separators: "1,024" -> "1024"."""
    return raw.replace(",", "").replace("，", "").rstrip(".")


def _cuts_number(words: str, before: str, after: str) -> bool:
    if words[0].isdigit() and (
        before[-1:].isdigit() or (before[-1:] in ".," and before[:1].isdigit() and len(before) == 2)
    ):
        return True
    return words[-1].isdigit() and (after[:1].isdigit() or (after[:1] == "." and after[1:2].isdigit()))


def _logins(people: Iterable[Person | None]) -> frozenset[str]:
    return frozenset(person.login.casefold() for person in people if person is not None)


def _total(additions: int | None, deletions: int | None) -> int | None:
    return None if additions is None or deletions is None else additions + deletions
