"""Points: a sum that remembers what it is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What one signal gave or, below zero, took. signal: a key below `[why.signal]` in the language files."""

    signal: str
    points: float


class Sum:
    """Points and their parts, in the order in which they came.

    Never frozen: thousands are made for each window.
    """

    __slots__ = ("parts", "points")

    def __init__(self) -> None:
        self.points = 0.0
        self.parts: list[Part] = []

    def add(self, signal: str, points: float) -> None:
        if points:
            self.points += points
            self.parts.append(Part(signal, points))

    def include(self, other: Sum, factor: float = 1.0) -> None:
        """Add another sum as a whole, each of its parts by that factor."""
        self.points += other.points * factor
        self.parts += (
            other.parts
            if factor == 1.0
            else [Part(each.signal, each.points * factor) for each in other.parts]
        )

    def become(self, signal: str, points: float) -> None:
        """Have so many points from now on; the difference is the signal's."""
        if points != self.points:
            self.parts.append(Part(signal, points - self.points))
            self.points = points

    def most(self, signal: str, limit: float) -> None:
        """Have no more than `limit`."""
        self.become(signal, min(self.points, limit))
