"""A sentence taken apart: known phrases, figures, quotations, references, and what nobody knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.questions.lexicon import Means

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.questions.lexicon import Lexicon

PieceKind = Literal["phrase", "unknown", "sign", "quote", "number", "item", "login", "path", "window", "link"]

_QUOTED = re.compile(
    r"""(?<![A-Za-z0-9_])"(?P<a>[^"]{1,400})"(?![A-Za-z0-9_])|「(?P<b>[^」]{1,400})」|『(?P<c>[^』]{1,400})』|《(?P<d>[^》]{1,400})》
    |`(?P<e>[^`]{1,400})`|(?<![\w'])'(?P<f>[^'"]{2,400})'(?!\w)""",
    re.VERBOSE,
)
_SHAPES = re.compile(
    r"""(?P<option>-?[A-Za-z][\w-]*:(?![/\s])[^\s]+)|(?P<mention><[@!\#&][^<>\s]{1,40}>)|(?P<link>[A-Za-z][A-Za-z+.-]*://[^\s<>"'，。]+)
    |(?P<item>(?:[\w.-]+/[\w.-]+)?\#[1-9]\d{0,8}(?![\w]))
    |(?P<login>@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?)
    |(?P<path>[A-Za-z0-9_.*][\w.*?-]*(?:/[\w.*?-]*)+(?![\w/])|[\w*?-][\w.*?-]*\.(?:py|pyi|cu|cuh|cpp|cc|c|h|hpp|md|rst|toml
       |ya?ml|txt|json|sh|rs|go|js|ts|cmake|ini|cfg|lock|in|proto|jinja|css|html|ipynb)(?![\w/]))
    |(?P<number>\d{1,9}(?![\w.:/-]*\w))
    |(?P<word>[A-Za-z0-9_](?:[\w.+/-]*[\w+])?(?:\[bot\])?)""",
    re.VERBOSE | re.ASCII,
)
_ALTERNATIVES = frozenset({"topic", "plain", "organisation", "kind", "event", "state"})
"""What "/" may stand between without making a path of it: "PRs/issues", "AMD/NVIDIA"."""
_VERSIONED = re.compile(r"([A-Za-z]{4,}?)-?[vV]?\d[\w.+-]*", re.ASCII)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SIGNS = re.compile(r"(?<!\S)[#$%^&*+=<>|~@\\]{2,}(?!\S)")
"""Signs that stand where a word does, and are no punctuation."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_GITHUB = re.compile(
    r"https?://[\w.:-]+/([\w.-]+/[\w.-]+)/(?:issues|pull)/([1-9]\d{0,8})(?:[/?#]\S*)?", re.ASCII
)


@dataclass(slots=True)
class Piece:
    """A part of a sentence. means: what the lexicon has it for. value: of a window what it is, of a number or item its
    figure. used: something has been made of it. written: as it was typed, where a slip was put right."""

    text: str
    kind: PieceKind
    at: int
    means: Means = field(default_factory=dict)
    value: Any = None
    repo: str = ""
    used: bool = False
    written: str = ""

    def is_(self, category: str, *values: str) -> bool:
        """Whether it means one of the values of a category; any of them when none is given."""
        had = self.means.get(category)
        if had is None:
            return False
        return not values or any(value in had for value in values)

    def first(self, category: str) -> str | None:
        return next(iter(self.means.get(category, ())), None)

    @property
    def is_sign(self) -> bool:
        return self.kind == "sign"


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a text a window is named, and which one."""

    start: int
    end: int
    value: Any


def quotations(text: str) -> list[tuple[int, int, str]]:
    """Start, end and inside of what a text quotes."""
    found = []
    for match in _QUOTED.finditer(text):
        inside = next(group for group in match.groups() if group is not None).strip()
        if inside:
            found.append((match.start(), match.end(), inside))
    return found


def lowered(text: str) -> str:
    """In lower case, sign by sign, so that places stay what they are."""
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)


def taken_apart(
    text: str,
    lexicons: Sequence[Lexicon],
    windows: Sequence[Span],
    quotes: Sequence[tuple[int, int, str]],
    is_login: Callable[[str], bool],
    most: int,
) -> list[Piece]:
    """The pieces of a text, `most` at most, in order."""
    places: dict[int, tuple[int, Piece]] = {
        span.start: (span.end, Piece(text[span.start : span.end], "window", span.start, value=span.value))
        for span in windows
    }
    for start, end, inside in quotes:
        is_said = any(map(str.isalnum, inside))  # signs alone are nothing to look for
        places[start] = (end, Piece(inside, "quote" if is_said else "unknown", start))
    low = lowered(text)
    pieces: list[Piece] = []
    at = 0
    while at < len(text) and len(pieces) < most:
        if at in places:
            at, piece = places[at]
            pieces.append(piece)
        elif text[at].isspace():
            at += 1
        else:
            stop = min((place for place in places if place > at), default=len(text))
            for piece in _next(text, low, at, stop, lexicons, is_login):
                pieces.append(piece)
                at = piece.at + len(piece.text)
    return pieces[:most]


def _next(
    text: str, low: str, at: int, stop: int, lexicons: Sequence[Lexicon], is_login: Callable[[str], bool]
) -> Iterator[Piece]:
    shape = _SHAPES.match(text, at, stop)
    length, means = _longest(low, at, stop, lexicons)
    if shape and shape.lastgroup == "word" and _goes_on(text, shape.end(), stop):
        shape, length = None, 0  # "Qué" is one word
    if shape and shape.lastgroup == "option" and length:
        shape = None  # "PRs:mgoin" is no option
    if signs := _SIGNS.match(text, at, stop):
        yield Piece(signs[0], "unknown", at)
    elif shape and (
        shape.lastgroup in ("option", "link", "mention", "item", "login")
        or len(shape[0].rstrip(".")) > length
    ):
        yield from _shaped(shape, lexicons, is_login)
    elif length:
        yield Piece(text[at : at + length], "phrase", at, means)
    elif low.startswith("'s", at) and not low[at + 2 : at + 3].isalnum():
        yield Piece("'s", "sign", at)
    elif _CJK.match(text, at):
        end = at + 1
        while end < stop and _CJK.match(text, end) and not _longest(low, end, stop, lexicons)[0]:
            end += 1
        yield Piece(text[at:end], "unknown", at)
    elif word := _WORD.match(text, at, stop):
        yield Piece(word[0], "unknown", at)
    else:
        yield Piece(text[at], "sign", at)


def _goes_on(text: str, at: int, stop: int) -> bool:
    """Whether a word goes on with a letter that is neither ASCII nor of a script without spaces."""
    return at < stop and text[at].isalpha() and not text[at].isascii() and not _CJK.match(text, at)


def _longest(low: str, at: int, stop: int, lexicons: Sequence[Lexicon]) -> tuple[int, Means]:
    """The longest phrase at a place; of equally long ones all that they mean."""
    best, meant = 0, {}
    for lexicon in lexicons:
        length, means = lexicon.longest(low, at, stop)
        if length > best:
            best, meant = length, means
        elif length and length == best:
            meant = {**meant, **means}
    return best, meant


def _shaped(
    shape: re.Match[str], lexicons: Sequence[Lexicon], is_login: Callable[[str], bool]
) -> Iterator[Piece]:
    at, written = shape.start(), shape[0]
    match shape.lastgroup:
        case "link":
            github = _GITHUB.fullmatch(written.rstrip(").,;:!?"))
            if github:
                yield Piece(written, "item", at, value=int(github[2]), repo=github[1])
            else:
                yield Piece(written, "link", at)
        case "mention" | "option":
            yield Piece(written, "link", at)
        case "item":
            repo, _, number = written.rpartition("#")
            yield Piece(written, "item", at, value=int(number), repo=repo)
        case "login" if means := _known(written, lexicons):
            yield Piece(written, "phrase", at, means)
        case "login":
            yield Piece(written, "login", at, value=written[1:])
        case "number":
            yield Piece(written, "number", at, value=int(written))
        case "path" if not _all_mean(written, lexicons, _ALTERNATIVES):
            yield Piece(written.rstrip(".?"), "path", at)
        case _:
            yield from _word(written.rstrip("."), at, lexicons, is_login)


def _word(
    written: str, at: int, lexicons: Sequence[Lexicon], is_login: Callable[[str], bool]
) -> Iterator[Piece]:
    """A word nobody knows as a whole: where all that its hyphens part is known, each of that; where it is a name with a
    version ("Qwen3", "DeepSeek-V3.2"), that name."""
    before, hyphen, last = written.rpartition("-")
    if hyphen and before and "label_of" in _known(last, lexicons).get("link", ()):
        yield Piece(before, "unknown", at)  # "ready-labelled"
        yield Piece(last, "phrase", at + len(before) + 1, {"link": ("label_after",)})
        return
    if (family := _VERSIONED.fullmatch(written)) and not is_login(written):
        for lexicon in lexicons:
            known = lexicon.known(family[1])
            if "topic" in known:
                yield Piece(written, "phrase", at, known)
                return
    if not is_login(written) and (known := _known(written.replace("-", " "), lexicons)):
        yield Piece(written, "phrase", at, known)
        return
    if is_login(written) or not _all_mean(written, lexicons):
        yield Piece(written, "unknown", at)
        return
    for part in re.finditer(r"[^-/]+", written):
        yield Piece(part[0], "phrase", at + part.start(), _known(part[0], lexicons))


def _known(written: str, lexicons: Sequence[Lexicon]) -> Means:
    known: Means = {}
    for lexicon in lexicons:
        known = {**known, **lexicon.known(written)}
    return known


def _all_mean(written: str, lexicons: Sequence[Lexicon], categories: frozenset[str] | None = None) -> bool:
    """Whether a word has several parts and each of them means something, or one of the categories."""
    parts = re.split(r"[-/]", written)
    known = [{key for each in lexicons for key in each.known(part)} for part in parts]
    return len(parts) > 1 and all(found & categories if categories else found for found in known)
