"""Ways of asking a model for JSON, best first, and which of them is next when one does not work. Pure.

    json_schema       the answer is held to the schema by the server
    function_calling  the answer is the arguments of a function that the model must call
    json_mode         the answer is held to be JSON; the prompt tells its form
    text              the prompt tells the form, and JSON is looked for in the answer

What each provider's package makes of `with_structured_output(method=...)` was seen with langchain-openai 1.7.3,
-anthropic 1.7.7, -google-genai 4.4.2, -mistralai 1.1.6, -ollama 1.1.0, -groq 1.1.3, -deepseek 1.1.1, -xai 1.3.0 and
-openrouter 0.2.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Way = Literal["json_schema", "function_calling", "json_mode", "text"]

ALL: Final[tuple[Way, ...]] = ("json_schema", "function_calling", "json_mode", "text")

_WITHOUT: Final[Mapping[str, frozenset[Way]]] = {
    # their packages take one way for another, which has been asked by then
    "anthropic": frozenset({"json_mode"}),
    "google_genai": frozenset({"json_mode"}),
    "openrouter": frozenset({"json_mode"}),
    "deepseek": frozenset({"json_schema"}),
}


def ways_of(provider: str, profile: Mapping[str, Any]) -> tuple[Way, ...]:
    """The ways a model may be asked in, best first.

    profile: LangChain's of the model, empty where it knows none. Only a plain no counts there: of a server of one's own
    nobody knows what it can do until it was asked.
    """
    without = set(_WITHOUT.get(provider, ()))
    if profile.get("structured_output") is False:
        without.add("json_schema")
    if profile.get("tool_calling") is False:
        without.add("function_calling")
    return tuple(way for way in ALL if way not in without)


class Ways:
    """The ways of one model, and which of them worked. In one event loop."""

    def __init__(self, names: tuple[Way, ...]) -> None:
        """names: at least one, best first."""
        self.names = names
        self.best = 0
        """Where to begin: the place of the one that worked last."""
        self.hopeless = False
        """Whether the last asking failed in all ways: until something works, only one is tried each time, in turn."""

    def begin(self) -> Course:
        """The course of one more asking."""
        return Course(self, self.best)


@dataclass(slots=True)
class Course:
    """One asking: the way it is at. again: whether that way may be tried once more."""

    _ways: Ways
    _at: int
    _again: bool = True

    @property
    def way(self) -> Way:
        return self._ways.names[self._at]

    def rejected(self) -> bool:
        """The server refuses the form of the request, now and later. Whether there is a `way` to go on with."""
        if not self._is_last:
            self._at += 1
            return True
        return False

    def unreadable(self) -> bool:
        """The answer was none. Whether to go on: once more in the same way, then in each further one."""
        ways = self._ways
        if ways.hopeless:
            ways.best = (self._at + 1) % len(ways.names)
            return False
        if self._again:
            self._again = False
        elif self._is_last:
            ways.hopeless = True
            return False
        else:
            self._at += 1
        return True

    def worked(self) -> None:
        """There was an answer as it was asked for."""
        self._ways.best = self._at
        self._ways.hopeless = False

    @property
    def _is_last(self) -> bool:
        return self._at + 1 == len(self._ways.names)
