"""Parameters of the API: what each may be, as it is read and as OpenAPI describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.web.walking import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request

LONGEST_INSTANT: Final = 64

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LOST_PLUS: Final = re.compile(r" (?=[0-9]{2}:?[0-9]{2}\Z)", re.ASCII)
"""The plus of an offset that was not escaped: in a query it is a space."""
_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
_YEARS: Final = range(1970, 9999)


class Wrong(Exception):
    """A parameter that means nothing. parameter: its name; key: of the sentence below `[web.api]`; values: of that."""

    def __init__(self, parameter: str, key: str, **values: object) -> None:
        super().__init__(parameter, key)
        self.parameter = parameter
        self.key = key
        self.values = {"parameter": parameter, **values}


class Kind(Protocol):
    """What a parameter holds."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """As JSON Schema has it."""
        ...

    def read(self, name: str, text: str) -> object:
        """Raises Wrong."""
        ...


@dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[str, ...]

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "string", "enum": list(self.values)}

    def read(self, name: str, text: str) -> str:
        if text not in self.values:
            raise Wrong(name, "one_of", known=self.values)
        return text


@dataclass(frozen=True, slots=True)
class Number:
    most: int
    default: int

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": self.most, "default": self.default}

    def read(self, name: str, text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if not 1 <= number <= self.most:
            raise Wrong(name, "number", least=1, most=self.most)
        return number


@dataclass(frozen=True, slots=True)
class Text:
    most: int

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}

    def read(self, name: str, text: str) -> str:
        if not text.strip() or len(text) > self.most:
            raise Wrong(name, "length", most=self.most)
        return text


@dataclass(frozen=True, slots=True)
class Instant:
    """A day, which begins at midnight in UTC, or a time with its offset."""

    @property
    def schema(self) -> Mapping[str, Any]:
        return {
            "type": "string",
            "maxLength": LONGEST_INSTANT,
            "examples": ["2025-12-10", "2025-12-10T09:00:00+08:00"],
        }

    def read(self, name: str, text: str) -> datetime:
        try:
            if _DAY.fullmatch(text):
                return self._within(datetime.fromisoformat(text).replace(tzinfo=UTC))
            if len(text) <= LONGEST_INSTANT:
                instant = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
                if instant.tzinfo is not None:
                    return self._within(instant)
        except ValueError:
            pass
        raise Wrong(name, "instant")

    @staticmethod
    def _within(instant: datetime) -> datetime:
        """Raises ValueError for what no window can end at."""
        if instant.year not in _YEARS:
            raise ValueError(instant)
        return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": 220}

    def read(self, name: str, text: str) -> Place:
        place = Place.parse(text)
        if place is None:
            raise Wrong(name, "before")
        return place


@dataclass(frozen=True, slots=True)
class Zone:
    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "string", "maxLength": 64, "examples": ["Asia/Shanghai"]}

    def read(self, name: str, text: str) -> str:
        try:
            if _ZONE.fullmatch(text):
                return ZoneInfo(text).key
        except (ZoneInfoNotFoundError, ValueError, OSError):  # such as that of a folder
            pass
        raise Wrong(name, "zone")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of the query. about: a sentence for OpenAPI. is_needed: whether nothing is told without it."""

    name: str
    kind: Kind
    about: str
    is_needed: bool = False


def read(request: Request, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """What the query tells, by name; what it does not tell is not there. Raises Wrong, also for what nobody asked for:
    a slip would else be passed over in silence."""
    known = {each.name: each for each in parameters}
    found: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if name not in known:
            raise Wrong(name[:100], "unknown", known=tuple(known))
        if name in found:
            raise Wrong(name, "twice")
        found[name] = known[name].kind.read(name, text)
    for each in _needed(parameters):
        if each.name not in found:
            raise Wrong(each.name, "missing")
    return found


def _needed(parameters: Iterable[Parameter]) -> Iterable[Parameter]:
    return (each for each in parameters if each.is_needed)
