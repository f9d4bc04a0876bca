"""A place in a line's canonical words, from which the forms of commands read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Cursor:
    """A place in a line's canonical words."""

    words: tuple[str, ...]
    at: int = 0

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.words)

    def peek(self) -> str:
        """The next word in lower case, "" at the end."""
        return self.words[self.at].lower() if not self.at_end else ""

    def take(self) -> str:
        """The next word as written, "" at the end; moves past it."""
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def took(self, *words: str) -> bool:
        """Whether the next words are these; moves past them when they are."""
        if tuple(word.lower() for word in self.words[self.at : self.at + len(words)]) != words:
            return False
        self.at += len(words)
        return True
