"""What is wrong with a body, as Discord tells it: a tree of the body's keys with `_errors` at its leaves."""

from __future__ import annotations

from typing import Any

from tests.servers.discord.refused import Refused


class Faults:
    """Collects errors, each below the keys that lead to it."""

    def __init__(self) -> None:
        self.errors: dict[str, Any] = {}

    def add(self, at: tuple[str | int, ...], code: str, message: str) -> None:
        tree = self.errors
        for key in at:
            tree = tree.setdefault(str(key), {})
        tree.setdefault("_errors", []).append({"code": code, "message": message})

    def refuse(self) -> None:
        """Raises Refused 50035 if anything was found."""
        if self.errors:
            raise Refused(400, 50035, "Invalid Form Body", errors=self.errors)

    def text(
        self, value: object, at: tuple[str | int, ...], *, least: int = 0, most: int, is_needed: bool = False
    ) -> str:
        """The value if it is a text of `least` to `most` characters, else "" and it is told why not."""
        if value is None:
            if is_needed:
                self.required(at)
            return ""
        if not isinstance(value, str):
            self.add(at, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return ""
        if not least <= len(value) <= most:
            if least:
                self.add(at, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            else:
                self.add(at, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
            return ""
        return value

    def items(
        self, value: object, at: tuple[str | int, ...], *, least: int = 0, most: int, is_needed: bool = False
    ) -> list[Any]:
        """The value if it is a list of `least` to `most` items, else [] and it is told why not."""
        if value is None:
            if is_needed:
                self.required(at)
            return []
        if not isinstance(value, list):
            self.add(at, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            self.add(at, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            return []
        return value

    def mapping(self, value: object, at: tuple[str | int, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.add(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return {}
        return value

    def number(
        self, value: object, at: tuple[str | int, ...], *, least: int = 0, most: int, default: int = 0
    ) -> int:
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.add(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return default
        if not least <= value <= most:
            self.add(at, "NUMBER_TYPE_MAX", f"int value should be between {least} and {most}.")
            return default
        return value

    def one_of(self, value: object, at: tuple[str | int, ...], allowed: tuple[int, ...]) -> bool:
        if value in allowed and not isinstance(value, bool):
            return True
        choices = ", ".join(str(each) for each in allowed)
        self.add(at, "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
        return False

    def required(self, at: tuple[str | int, ...]) -> None:
        self.add(at, "BASE_TYPE_REQUIRED", "This field is required")
