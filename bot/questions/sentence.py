"""A sentence while it is read: its pieces, and what has been found in it so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.questions.pieces import Piece
from summarizer.errors import BadInput
from summarizer.topics import TopicRules

if TYPE_CHECKING:
    from collections.abc import Iterator


Field = Literal[
    "repo", "kind", "events", "states", "window", "topics", "labels", "people", "organisations", "paths", "numbers",
    "words", "phrases", "filters", "order", "limit", "form", "step",
]  # fmt: skip
"""A field of a Query that a sentence can name."""


_NEAR = 16
"""Pieces within which two still belong together."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value that a sentence names for a field, and the place of the piece that does."""

    field: Field
    value: Any
    at: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows of the world besides words. is_login, is_label: whether the mirror has such a one."""

    rules: TopicRules
    is_login: Callable[[str], bool]
    is_label: Callable[[str], bool]


@dataclass(slots=True)
class Sentence:
    """Pieces, and what they were found to say. all_time: no window is meant, and it says so.

    missed: texts of pieces that are looked at and cannot be used. either: places of pieces -> the other value that a
    field may have there.
    """

    pieces: list[Piece]
    found: list[Found] = field(default_factory=list)
    problems: list[BadInput] = field(default_factory=list)
    missed: set[int] = field(default_factory=set)
    either: list[tuple[Field, Any, Any]] = field(default_factory=list)
    all_time: bool = False

    def add(self, name: Field, value: object, at: int) -> None:
        """Keep a value, once."""
        if not any(each.field == name and each.value == value for each in self.found):
            self.found.append(Found(name, value, at))

    def use(self, *places: int) -> None:
        for place in places:
            self.pieces[place].used = True

    def miss(self, place: int) -> None:
        """A piece that means something here which cannot be done."""
        self.pieces[place].used = True
        self.missed.add(place)

    def values(self, name: Field) -> list[Any]:
        return [each.value for each in self.found if each.field == name]

    def has(self, *names: Field) -> bool:
        return any(each.field in names for each in self.found)

    def free(self) -> Iterator[tuple[int, Piece]]:
        """The pieces that nothing has been made of."""
        for at, piece in enumerate(self.pieces):
            if not piece.used:
                yield at, piece

    def after(self, at: int, *, over: tuple[str, ...] = ()) -> int:
        """The place of the next piece after `at` that does not mean one of `over` ("filler", "link:of"); the number of
        pieces where there is none near."""
        for place in range(at + 1, min(at + _NEAR, len(self.pieces))):
            if not self._is_over(self.pieces[place], over):
                return place
        return len(self.pieces)

    def before(self, at: int, *, over: tuple[str, ...] = ()) -> int:
        """As `after`, backwards; -1 where there is none."""
        for place in range(at - 1, max(at - _NEAR, -1), -1):
            if not self._is_over(self.pieces[place], over):
                return place
        return -1

    def piece(self, at: int) -> Piece | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    @staticmethod
    def _is_over(piece: Piece, over: tuple[str, ...]) -> bool:
        if piece.is_("link", "me"):
            return False
        for each in over:
            category, _, value = each.partition(":")
            if category == "sign":
                if piece.is_sign and (not value or piece.text in value):
                    return True
            elif piece.is_(category, *([value] if value else ())):
                return True
        return False
