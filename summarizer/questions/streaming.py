"""Claims out of an answer that is still being written: each as soon as its JSON is complete."""

from __future__ import annotations

import json
import re
from typing import Final

from pydantic import ValidationError

from summarizer.schema import ClaimDraft

_THOUGHTS: Final = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_OPENING: Final = re.compile(r'\{\s*"claims"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")
_DECODER: Final = json.JSONDecoder()


class Spoken:
    """The claims of one answer. Its text is told as far as it has come, again and again."""

    def __init__(self) -> None:
        self.claims: list[ClaimDraft] = []
        """Those that are complete."""
        self._text = ""
        self._at: int | None = None  # where the next claim begins
        self._over = False

    def goes_on(self, text: str) -> bool:
        """Whether `text` is what was told last, and more; else another answer has begun."""
        return text.startswith(self._text)

    def read(self, text: str) -> list[ClaimDraft]:
        """The claims that `text` completes. What is no claim ends the reading: the whole answer tells then."""
        self._text = text
        plain = _THOUGHTS.sub("", text) if "<think>" in text else text
        if self._over:
            return []
        if self._at is None:
            if (opening := _OPENING.search(plain)) is None:
                return []
            self._at = opening.end()
        found: list[ClaimDraft] = []
        while (start := _after_gap(plain, self._at)) < len(plain):
            try:
                value, self._at = _DECODER.raw_decode(plain, start)
                found.append(ClaimDraft.model_validate(value))
            except ValidationError:
                self._over = True
                break
            except ValueError:  # not complete yet, or the list's end
                break
        self.claims += found
        return found


def _after_gap(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at
