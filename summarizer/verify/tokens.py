"""Finds what can be checked in a sentence: references, logins, code, quotations, figures, times, technical names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from summarizer.verify.evidence import plain_number
from summarizer.verify.lexicon import CODE, LOGIN, NAME, NEVER, NUMBER, QUOTE, REF, TIME, Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN: Final = re.compile(r"[A-Z]?[a-z]+")
_FILES: Final = frozenset(
    {"Dockerfile", "Containerfile", "Makefile", "Jenkinsfile", "Procfile", "CODEOWNERS"}
)
"""Files whose names are words but for their capital."""
_MONTH_DAY: Final = (
    r"(?<![\w.\-/])(?:0[1-9]-(?:0[1-9]|[12]\d|3[01])(?![\w\-/]|\.\d)"
    r"|1[0-2]-(?:0[1-9]|[12]\d|3[01])(?=\s+\d{1,2}:\d{2}|\s+by\b|\s*(?:[)）\],，。;；、]|$|合并|未合并|关闭|创建|打开|重新)))"
)
"""A day as digests of ours write it, "03-25". From October on it may as well be a range, "10-12 GB"."""
_DIGITS: Final = 18
"""No number that means anything has more."""
_SPLIT_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Token:
    """Something in a claim that is to be checked; in the masked sentence it is the one character `mask`.

    raw: as written, without backticks or quotation marks. number: the reference's number.
    low, high: the least and greatest value that a figure in words may mean; equal for a plain one.
    repo: owner/name before a reference, if written. marked: a login with `@` or in backticks.
    spelled: a figure in words.
    """

    mask: str
    raw: str
    number: int = 0
    low: float = 0
    high: float = 0
    repo: str = ""
    marked: bool = False
    spelled: bool = False


def figure(raw: str, low: float, high: float | None = None, *, spelled: bool = False) -> Token:
    return Token(NUMBER, raw, low=low, high=low if high is None else high, spelled=spelled)


class Tokenizer:
    """Splits claims. logins: case-folded login -> as written, of everybody known. ordinary: logins that are words."""

    def __init__(
        self,
        lexicon: Lexicon,
        logins: Mapping[str, str],
        ordinary: frozenset[str],
        folders: frozenset[str] = frozenset(),
    ) -> None:
        """folders: names of the repository's top folders, by which a path with one slash is told from "A/B"."""
        self._folders = folders
        self._lexicon = lexicon
        self._logins = logins
        self._ordinary = ordinary
        self._pattern = _pattern(lexicon)

    def mask(self, text: str) -> tuple[str, dict[int, Token]]:
        """The sentence with each token as one character, and the tokens by their position in it."""
        pieces: list[str] = []
        tokens: dict[int, Token] = {}
        length = end = 0

        def keep(piece: str) -> None:
            nonlocal length
            pieces.append(piece)
            length += len(piece)

        for start, stop, token in self._found(text):
            keep(text[end:start])
            tokens[length] = token
            keep(token.mask)
            end = stop
        keep(text[end:])
        return "".join(pieces), tokens

    def _found(self, text: str) -> Iterator[tuple[int, int, Token]]:
        for match in self._pattern.finditer(text):
            start, end = match.span()
            kind, raw = str(match.lastgroup), match[0]
            if kind == "code":
                yield start, end, self._code(raw.strip("`").strip())
            elif kind == "quote":
                yield start, end, Token(QUOTE, raw[1:-1].strip())
            elif kind == "ref":
                yield start, end, _reference(raw)
            elif kind == "time":
                yield start, end, Token(TIME, raw)
            elif kind == "figure":
                yield start, end, _plain_figure(raw)
            elif kind == "spelled":
                token = self._spelled(raw)
                if token:
                    yield start, end, token
            else:
                yield from ((start + a, start + b, token) for a, b, token in self._chunk(raw))

    def _code(self, raw: str) -> Token:
        if re.fullmatch(r"[#＃]\d+", raw):
            return _reference(raw)
        login = raw.lstrip("@")
        if raw.startswith("@") or login.casefold().removesuffix("[bot]") in self._logins:
            return Token(LOGIN, login, marked=True)
        return Token(CODE, raw)

    def _spelled(self, raw: str) -> Token | None:
        low, high = _values(self._lexicon)(raw)
        return figure(raw, low, high, spelled=True) if high >= 2 else None

    def _chunk(self, chunk: str, at: int = 0) -> Iterator[tuple[int, int, Token]]:
        """The tokens in a run of Latin letters, digits and what may join them."""
        stripped = chunk.rstrip(".:/=+-")
        end = at + len(stripped)
        if stripped.startswith(("@", "＠")):
            yield at, end, Token(LOGIN, stripped[1:], marked=True)
        elif stripped.casefold() in self._logins and self._is_login(stripped):
            yield at, end, Token(LOGIN, stripped)
        elif "/" in stripped and not _is_path(stripped) and stripped.split("/")[0] not in self._folders:
            part_at = at
            for part in stripped.split("/"):
                yield from self._chunk(part, part_at)
                part_at += len(part) + 1
        elif re.fullmatch(r"\d+(?:\.\d+)?(?:[-:+]\d+(?:\.\d+)?)+", stripped):
            for digits in _SPLIT_NUMBER.finditer(stripped):
                yield at + digits.start(), at + digits.end(), _plain_figure(digits[0])
        elif compound := re.match(r"(\d+(?:\.\d+)?)-[A-Za-z]{2,}$", stripped):
            yield at, at + compound.end(1), _plain_figure(compound[1])
        elif re.fullmatch(r"\d+(?:st|nd|rd|th)", stripped):
            return
        elif _is_name(stripped):
            yield at, end, Token(NAME, stripped)
        else:
            for word in re.finditer(r"[A-Za-z0-9-]+", stripped):
                if word[0].casefold() in self._logins and self._is_login(word[0]):
                    yield at + word.start(), at + word.end(), Token(LOGIN, word[0])

    def _is_login(self, word: str) -> bool:
        """Whether a bare word that equals a login is meant as one: words of the language and of these items are not."""
        if not _PLAIN.fullmatch(word):
            return True
        return (
            self._logins[word.casefold()] == word
            and len(word) > 2
            and word.casefold() not in self._ordinary
            and not self._lexicon.nobody.fullmatch(word)
            and not self._lexicon.states.search(f" {word} ")
            and not any(pattern.search(f" {word} ") for pattern in self._lexicon.kinds.values())
        )


def _reference(raw: str) -> Token:
    repo, _, number = raw.replace("＃", "#").replace("GH-", "#").rpartition("#")
    return Token(REF, raw, number=int(number[:_DIGITS]), repo=repo)


def _plain_figure(raw: str) -> Token:
    number = plain_number(raw.strip().lstrip("+-−–~").rstrip("%％").strip())
    parts = number.split(".")
    value = float(number) if len(parts) <= 2 and len(number) <= _DIGITS else -1.0
    return figure(raw.strip(), value)


def _is_path(chunk: str) -> bool:
    parts = chunk.split("/")
    return (
        chunk.startswith(("/", "./"))
        or "." in parts[-1].strip(".")
        or "_" in chunk
        or len(parts) > 3
        or chunk.endswith("/")
    )


def _is_name(chunk: str) -> bool:
    """Whether a run of Latin characters is code or a version rather than a word."""
    if chunk.startswith("--") and len(chunk) > 2:
        return True
    if chunk in _FILES or (chunk.startswith(".") and chunk[1:2].isalpha()):
        return True
    if "_" in chunk or (any(char.isdigit() for char in chunk) and any(char.isalpha() for char in chunk)):
        return True
    if "/" in chunk:
        return True
    parts = chunk.split(".")
    return len(parts) > 1 and all(len(part) > 1 for part in parts)


@lru_cache(maxsize=8)
def _pattern(lexicon: Lexicon) -> re.Pattern[str]:
    """One expression with a group for each kind of token; the first that matches wins."""
    months = "|".join(f"(?:{source})" for source in lexicon.sources("time.months")) or NEVER.pattern
    quotes = "|".join(
        rf"{first}[^{first}{last}]+{last}"
        for first, last in (
            "“”",
            "「」",
            "『』",
            "«»",
            "‹›",
            "《》",
            "〈〉",
            "【】",
            "〝〞",
            "＂＂",
            "„“",
            "„”",
            '""',
        )
    )
    number = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)*"
    groups = {
        "code": r"``[^`]+``|`[^`]+`",
        "quote": rf"{quotes}|(?<!\w)‘[^‘’]+’(?!\w)|(?<!\w)'[^'\s][^']*'(?!\w)",
        "ref": r"(?:[\w.-]+/[\w.-]+)?(?<![\w&])[#＃]\d+|(?:[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)#\d+|\bGH-\d+",
        "time": rf"{_MONTH_DAY}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)"
        rf"|\d{{4}}\s*年(?:\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?)?"
        rf"|\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?|(?<![\d:])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\d:])"
        rf"|\b(?:{months})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?![\d])(?:,?\s+\d{{4}})?"
        rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{months})\b(?:,?\s+\d{{4}})?|\(?UTC(?:[+-]\d{{1,2}}(?::\d{{2}})?)?\)?",
        "figure": rf"(?<![A-Za-z0-9_.])(?:(?<![\w)\]])[+\-−])?{number}\s?[%％]?(?![A-Za-z0-9_]|[+\-.:/=][A-Za-z0-9])",
        "spelled": _spelled_pattern(lexicon),
        "chunk": r"(?:--)?[@＠]?[A-Za-z0-9_./][A-Za-z0-9_.+:/=\-]*",
    }
    joined = "|".join(f"(?P<{name}>{source})" for name, source in groups.items())
    return re.compile(joined, re.IGNORECASE)


def _spelled_pattern(lexicon: Lexicon) -> str:
    words = [*lexicon.table("numbers.words"), *lexicon.table("numbers.vague")]
    latin = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word.isascii())
    others = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if not word.isascii())
    numerals = "".join([*lexicon.table("numbers.digits"), *lexicon.table("numbers.powers")])
    measure = "|".join(lexicon.sources("numbers.measure"))
    sources = [rf"\b(?:{latin})\b(?![-])|\b(?:{latin})(?=-[a-z])"] if latin else []
    sources += [others] if others else []
    if numerals:
        ordinal = "".join(source for source in lexicon.sources("numbers.ordinal") if len(source) == 1)
        sources.append(rf"(?<![{ordinal}{numerals}])[{numerals}]+(?=\s*(?:{measure}))")
    return "|".join(sources) or NEVER.pattern


@lru_cache(maxsize=8)
def _values(lexicon: Lexicon) -> _Values:
    return _Values(lexicon)


class _Values:
    """What a number in words may mean: its least and greatest value."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words: dict[str, int] = lexicon.table("numbers.words")
        self._vague: dict[str, list[int]] = lexicon.table("numbers.vague")
        self._digits: dict[str, int] = lexicon.table("numbers.digits")
        self._powers: dict[str, int] = lexicon.table("numbers.powers")

    def __call__(self, raw: str) -> tuple[float, float]:
        word = raw.casefold()
        if word in self._vague:
            low, high = self._vague[word]
            return low, high
        value = self._words[word] if word in self._words else self._composed(word)
        return value, value

    def _composed(self, numerals: str) -> int:
        """ "二十三" -> 23: each digit counts for the power that follows it, and a bare power counts once."""
        total = digit = 0
        pending = False
        for char in numerals:
            if char in self._digits:
                digit, pending = self._digits[char], True
            else:
                total += (digit if pending else 1) * self._powers[char]
                digit, pending = 0, False
        return total + digit
