"""The list of what is wrong with blocks, and the checks that all of them share."""

from __future__ import annotations

from typing import Any


class Faults:
    """Collects Slack's words, each with its JSON pointer."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, words: str, at: str) -> None:
        self.found.append(f"{words} [json-pointer:{at}]")

    def needs(self, holder: dict[str, Any], key: str, at: str) -> bool:
        """Whether `key` is there."""
        if key not in holder or holder[key] is None:
            self.add(f"missing required field: {key}", at)
            return False
        return True

    def keys(self, holder: dict[str, Any], at: str, *known: str) -> None:
        """Nothing but `known`, and what every block may have."""
        for key in holder:
            if key not in known and key not in ("type", "block_id"):
                self.add(f"invalid additional property: {key}", at)

    def string(self, holder: dict[str, Any], key: str, at: str, *, least: int = 0, most: int) -> bool:
        """A string of `least` to `most` characters."""
        value = holder[key]
        if not isinstance(value, str):
            self.add("must provide a string", f"{at}/{key}")
            return False
        return self.length(value, f"{at}/{key}", least=least, most=most)

    def length(self, value: str, at: str, *, least: int = 0, most: int) -> bool:
        if len(value) > most:
            self.add(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", at)
        else:
            return True
        return False

    def array(self, value: object, at: str, *, least: int = 0, most: int | None = None) -> bool:
        """Whether it is a list at all; how many items it may have is told besides."""
        if not isinstance(value, list):
            self.add("must provide an array", at)
            return False
        self.items(value, at, least=least, most=most)
        return True

    def items(self, value: list[Any], at: str, *, least: int = 0, most: int | None = None) -> None:
        if most is not None and len(value) > most:
            self.add(f"no more than {most} items allowed", at)
        if len(value) < least:
            self.add(
                f"no fewer than {least} items allowed" if least > 1 else "must provide at least 1 item", at
            )

    def object(self, value: object, at: str) -> bool:
        if not isinstance(value, dict):
            self.add("must provide an object", at)
            return False
        return True
