"""How much to ask for at once, and light items out of the pages that came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.github.errors import PartialData, UnexpectedPayload
from adapters.github.mapping import item_of
from adapters.github.nodes import RepositoryNode, parse, parse_item
from adapters.source import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from adapters.github.nodes import CheckNode, ItemNode, ListPage, PageInfo

GROW_AFTER = 4
"""Pages in a row that went well before a page grows again."""


class PageSize:
    """How many items to ask for at once: halved when GitHub finds that too much, grown again with care."""

    def __init__(self, largest: int, smallest: int = 1) -> None:
        self.now = largest
        self._largest = largest
        self._smallest = smallest
        self._good = 0

    def too_much(self, asked: int) -> None:
        """A page of `asked` failed; pages of the same size that fail beside it say nothing new."""
        self.now = max(self._smallest, min(self.now, asked // 2))
        self._good = 0

    def went_well(self) -> None:
        self._good += 1
        if self._good >= GROW_AFTER:
            self.now = min(self._largest, self.now + max(1, self.now // 2))
            self._good = 0

    def is_smallest(self, asked: int) -> bool:
        return asked <= self._smallest


def repository_in(data: Mapping[str, Any]) -> str:
    """What GitHub calls the repository that was asked for, which follows renames."""
    name = parse(RepositoryNode, data.get("repository"), "repository").name_with_owner
    if name is None:
        raise UnexpectedPayload("repository.nameWithOwner")
    return name


def is_in(item: ItemNode | CheckNode, repo: str) -> bool:
    """Whether the item lives in that repository: GitHub answers with a transferred one where it lives now."""
    name = item.repository.name_with_owner if item.repository else None
    return name is None or name.lower() == repo.lower()


def cursor_after(page: PageInfo, before: object) -> str:
    """Where a list that goes on goes on. before: the cursor that led to this page.

    Raises UnexpectedPayload where that leads nowhere else: following it would never end.
    """
    if page.end_cursor is None or page.end_cursor == before:
        raise UnexpectedPayload("pageInfo.endCursor")
    return page.end_cursor


def light_readings(page: ListPage, repo: str, path: str, at: datetime) -> list[Reading]:
    """The items of a page. path: where it stood. Raises PartialData when some are null: GitHub failed on them."""
    readings: list[Reading] = []
    for index, node in enumerate(page.nodes):
        if node is None or "number" not in node:  # null, or an item of a kind that was not asked for
            raise PartialData
        readings.append(Reading(item_of(parse_item(node, f"{path}.nodes[{index}]"), repo), "light", at))
    return readings
