"""Areas: each item in one of them: the topic that its title names or people put it in, else one it is about, else the
folder it changes.

A folder near the root, such as `vllm` or `vllm/config`, is no area: what lies there is elsewhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer.extract.topic import name_of
from summarizer.extract.words import code
from summarizer.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.extract.words import Words

_DEPTH = 3
"""Folders of a path that name an area; fewer name none."""
ELSEWHERE = ""
"""The key of what is in no area."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its items, in the order they came. key: a topic's, or a folder; ELSEWHERE for the rest, which has no
    name."""

    key: str
    name: str
    items: tuple[Item, ...]


def grouped(items: Iterable[Item], words: Words) -> list[Area]:
    """The items by area, in the order in which the areas first occur."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault(area_of(item, words), []).append(item)
    return [Area(key, name, tuple(found)) for (key, name), found in groups.items()]


def area_of(item: Item, words: Words) -> tuple[str, str]:
    """Key and name of the item's area. Topics stand in their file from the narrow to the broad, so the first wins."""
    ledgers = [ledger for ledger in words.facts.ledgers.values() if item.number in ledger.reasons]
    about = [
        (ledger, {reason.rule for reason in ledger.reasons[item.number] if reason.tier == "about"})
        for ledger in ledgers
    ]
    # who puts an item there by hand says so as plainly as a title does
    for rules in ({"title", "mend"}, {"title", "mend", "path", "label", "body"}):
        for ledger, told in about:
            if told & rules:
                return ledger.topic.key, name_of(ledger.topic, words.language)
    folder = folder_of(item)
    return (folder, code(folder)) if folder.count("/") + 1 >= _DEPTH else (ELSEWHERE, "")


def folder_of(item: Item) -> str:
    """The folder that most of the changed paths lie in, to a depth of three; "" where no path is known."""
    folders = Counter("/".join(path.split("/")[:-1][:_DEPTH]) for path in item.files or ())
    return max(folders, key=lambda folder: (folders[folder], folder), default="")
