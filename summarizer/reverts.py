"""Reverts: which pull requests undo which others, as they tell in so many words.

GitHub's own button titles a revert `Revert "the title"` and writes `Reverts owner/name#123` into its body; git writes
`This reverts commit 0123abc.` What is merely spoken of as a revert is none: there is nothing that it names.
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/reverting-a-pull-request
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from summarizer.items import Item

TITLE_CHARS: Final = 300
BODY_CHARS: Final = 4000
"""Read of an item's text, which is a stranger's and may be of any length."""

_TAGS = r"\s*(?:\[[^\]]{1,40}\]\s*)*"
_TAGGED = rf"{_TAGS}\[reverts?\]\s*:?\s*"
_AFTER_TAG = re.compile(rf"{_TAGGED}(?P<title>.*)", re.IGNORECASE)
REVERT: Final = re.compile(rf"{_TAGGED}|{_TAGS}reverts?\b(?! (?:back )?to\b)", re.IGNORECASE)
"""A title that says it reverts something. To be used with `match`."""
_QUOTED = re.compile(r"revert[^\"“]{0,40}?[\"“](?P<title>.+)[\"”](?P<rest>[^\"”]*)\Z", re.IGNORECASE)
_PLAIN = re.compile(r"#(\d{1,9})\b")
_OWN_TAIL = re.compile(r"\s*\(#(\d{1,9})\)\s*\Z")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BODY = re.compile(
    r"^[ \t*-]*(?:this (?:pr|pull request|change|patch|commit)?\s*)?reverts?:?\s+(?:the )?(?:pr|pull request)?\s*"
    r"(?:(?P<repo>[\w.-]{1,100}/[\w.-]{1,100})?#|https?://[^\s/]+/(?P<where>[\w.-]{1,100}/[\w.-]{1,100})/pull/)"
    r"(?P<number>\d{1,9})\b",
    re.IGNORECASE | re.MULTILINE,
)
_COMMIT = re.compile(r"this reverts commit ([0-9a-f]{7,40})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a revert says it undoes. commits: object ids, maybe shortened, in lower case; title: of the other one, or
    ""."""

    numbers: tuple[int, ...] = ()
    commits: tuple[str, ...] = ()
    title: str = ""


def is_revert(item: Item) -> bool:
    """Whether the pull request says that it reverts something, whether or not it names what."""
    return item.is_pull_request and (
        REVERT.match(item.title[:TITLE_CHARS]) is not None or told(item) is not None
    )


def told(item: Item) -> Told | None:
    """What `item` says it undoes; None where it is no revert of something that it names."""
    if item.kind != "pull_request":
        return None
    title, body = item.title[:TITLE_CHARS], item.body or ""
    in_title, in_body = "evert" in title or "EVERT" in title, body.find("everts", 0, BODY_CHARS) >= 0
    if not in_title and not in_body:
        return None  # nearly all, so this must cost nothing
    numbers: dict[int, None] = {}
    quoted = ""
    if in_title and REVERT.match(title):
        quoted, named = _of_title(title, item.number)
        numbers.update(dict.fromkeys(named))
    text = _HIDDEN.sub("", body[:BODY_CHARS]) if in_body else ""
    for found in _BODY.finditer(text):
        repo = found["repo"] or found["where"]
        if repo is None or repo.lower() == item.repo.lower():
            numbers[int(found["number"])] = None
    commits = tuple(dict.fromkeys(oid.lower() for oid in _COMMIT.findall(text)))
    numbers.pop(item.number, None)
    if not numbers and not commits and not quoted:
        return None
    return Told(tuple(numbers), commits, quoted)


def undone(item: Item, known: Mapping[int, Item]) -> tuple[int, ...]:
    """Numbers of what `item` undoes: those it names, then those among `known` whose merge commit or title it names.
    Empty where it is no revert, or names nothing that is known."""
    said = told(item)
    if said is None:
        return ()
    numbers = {
        number: None for number in said.numbers if number not in known or known[number].is_pull_request
    }
    for other in known.values() if said.commits else ():
        if other.merge_commit and any(other.merge_commit.lower().startswith(oid) for oid in said.commits):
            numbers[other.number] = None
    if not numbers and said.title and (named := _by_title(item, said.title, known.values())) is not None:
        numbers[named.number] = None
    numbers.pop(item.number, None)
    return tuple(numbers)


def all_undone(items: Iterable[Item], known: Mapping[int, Item]) -> dict[int, tuple[int, ...]]:
    """Number of each revert among `items` -> what it undoes, see `undone`; only those that undo something."""
    found = ((item.number, undone(item, known)) for item in items)
    return {number: numbers for number, numbers in found if numbers}


def named_by_reverts(items: Iterable[Item]) -> tuple[int, ...]:
    """The numbers that reverts among `items` say they undo and that are not among them, ascending: what somebody who
    counts a window should look up beside it, see `counting.build_facts`."""
    known: set[int] = set()
    named: set[int] = set()
    for item in items:
        known.add(item.number)
        if (said := told(item)) is not None:
            named.update(said.numbers)
    return tuple(sorted(named - known))


def plain_title(title: str) -> str:
    """A title as it is compared: in one case, single spaces, without a number in brackets at its end."""
    title = title[:TITLE_CHARS]
    while tail := _OWN_TAIL.search(title):
        title = title[: tail.start()]
    return " ".join(title.split()).casefold()


def _of_title(title: str, own: int) -> tuple[str, tuple[int, ...]]:
    """The title it quotes, "" where it quotes none, and the numbers it names. own: the revert's, which a squashed
    commit's title ends in."""
    found = _QUOTED.search(title)
    if found is None:
        tagged = _AFTER_TAG.match(title)
        return tagged["title"].strip() if tagged else "", tuple(map(int, _PLAIN.findall(title)))
    quoted = found["title"].strip()
    numbers = tuple(number for number in map(int, _PLAIN.findall(found["rest"])) if number != own)
    inside = _OWN_TAIL.search(quoted)
    if not numbers and inside and not REVERT.match(quoted):
        numbers = (
            int(inside[1]),
        )  # the last one is that of the commit's pull request, others are what it fixed
    return quoted, numbers


def _by_title(item: Item, title: str, others: Iterable[Item]) -> Item | None:
    """The latest merged pull request of that title before the revert was opened."""
    wanted = plain_title(title)
    same = [
        other
        for other in others
        if other.is_pull_request
        and other.number < item.number
        and other.merged_at is not None
        and plain_title(other.title) == wanted
    ]
    return max(same, key=lambda other: other.number, default=None)
