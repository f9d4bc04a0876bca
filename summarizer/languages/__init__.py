"""Languages: every word a person reads, one TOML file per language; a third language is one new file.

A value is a `str.format` template, or a table of plural forms (`one`, `other`, ... as in CLDR) chosen by the value
named `n`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from summarizer.errors import BadInput, DigestError
from summarizer.secrecy import redact


@dataclass(frozen=True)
class Language:
    """The words of one language. code: its BCP 47 code, which is also its file's name."""

    code: str
    words: Mapping[str, Any]

    def get(self, key: str) -> Any:  # noqa: ANN401 - text, a table or a list, as the file has it
        """The entry at the dotted `key`: a template, a table or a list. Raises KeyError naming the language."""
        entry: Any = self.words
        for part in key.split("."):
            if not isinstance(entry, Mapping) or part not in entry:
                raise KeyError(f"{self.code}.toml lacks {key}")
            entry = entry[part]
        return entry

    def text(self, key: str, **values: object) -> str:
        """The sentence at `key` with its values filled in; tuples and lists become a listing."""
        entry = self.get(key)
        if isinstance(entry, Mapping):
            entry = entry.get(_plural_form(self.code, values["n"]), entry["other"])
        return str(entry).format(**{name: self._shown(value) for name, value in values.items()})

    def problem(self, problem: DigestError) -> str:
        """The sentence for a problem that a person is told of; what another server said in it may quote a secret."""
        return redact(self.text(f"errors.{problem.key}", **problem.values))

    def has(self, key: str) -> bool:
        try:
            self.get(key)
        except KeyError:
            return False
        return True

    def _shown(self, value: object) -> object:
        if isinstance(value, tuple | list):
            return str(self.get("list.separator")).join(str(part) for part in value)
        return value


def _plural_form(code: str, n: object) -> str:
    from babel import Locale  # only sentences with plural forms need it, and it is slow to import

    return Locale.parse(code).plural_form(n)  # type: ignore[arg-type]


@cache
def codes() -> tuple[str, ...]:
    """The codes of the languages there are, in alphabetical order."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load(code: str) -> Language:
    """The language with that code, e.g. "zh". Raises BadInput for one there is no file of."""
    if code not in codes():
        raise BadInput("language.unknown", lang=code, known=codes())
    return Language(code, tomllib.loads((files(__name__) / f"{code}.toml").read_text("utf-8")))
