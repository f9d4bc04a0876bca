"""The language files say the same things, with the same values, and no code asks for a sentence that is not there."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from summarizer import languages
from summarizer.errors import BadInput

ROOT = Path(__file__).parent.parent.parent
PER_LANGUAGE = ("grammar", "verify", "questions.narrow")
"""Tables of words that a language brings or does not: what people type, and how prose speaks of states."""

ERRORS = {"DigestError", "BadInput", "NotConfigured", "GitHubError", "StoreError", "ModelError"}


def _sentences(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Dotted key -> the placeholders of each sentence below it; plural forms are one sentence."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        if any(name == own or name.startswith(f"{own}.") for own in PER_LANGUAGE):
            continue
        if isinstance(value, str):
            yield name, _placeholders(value)
        elif isinstance(value, Mapping) and "other" in value and isinstance(value["other"], str):
            yield name, _placeholders(value["other"])
        elif isinstance(value, Mapping):
            yield from _sentences(value, f"{name}.")


def _placeholders(template: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field)


@pytest.mark.parametrize("code", languages.codes())
def test_every_language_has_every_sentence_with_the_same_values(code: str) -> None:
    english = dict(_sentences(languages.load("en").words))
    other = dict(_sentences(languages.load(code).words))

    assert sorted(english.keys() ^ other.keys()) == []
    errors = [key for key in english if key.startswith("errors.")]
    assert [key for key in errors if english[key] - {"n"} != other[key] - {"n"}] == []


def test_every_error_raised_in_the_code_has_its_sentence() -> None:
    english = languages.load("en")
    keys = {key for path in _modules() for key in _error_keys(path)}

    assert len(keys) > 40
    assert sorted(key for key in keys if not english.has(f"errors.{key}")) == []


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput) as caught:
        languages.load("tlh")

    assert caught.value.values["known"] == languages.codes()


def _modules() -> Iterator[Path]:
    for floor in ("bot", "adapters", "summarizer"):
        yield from (ROOT / floor).rglob("*.py")


def _error_keys(path: Path) -> Iterator[str]:
    """The keys of errors that a module raises by a literal."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            value = node.args[0].value
            if name in ERRORS and isinstance(value, str) and "." in value:
                yield value
