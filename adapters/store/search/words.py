"""Words: a text as the terms that the index knows, so that all of it is decided here and nothing by SQLite's version.

A term is a run of letters and digits, so an identifier (`VLLM_ROCM_USE_AITER`, `gpt-oss`, a path) is the row of its
parts. Chinese, Japanese and Korean are written without spaces: there each character begins a term of its own and its
neighbour's, 量化错 is 量化, 化错, 错, and a run that is looked for is a row of such pairs wherever it stands.
How many of something there are is a term apart, 4xB200 is 4x, B200.

SQLite's `ascii` tokenizer, which reads what is prepared here, takes every character beyond ASCII for a part of a
word and leaves it alone; `porter` before it finds `crash` in `crashes`.
Source: sqlite.org/fts5.html#ascii_tokenizer
"""

from __future__ import annotations

import re
import unicodedata

TOKENIZER = "porter ascii"

_CJK = (
    r"\u2e80-\u2eff\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    r"\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\u1100-\u11ff\uac00-\ud7a3\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_COUNT = re.compile(r"[1-9][0-9]*x(?=.)")
_COUNT_IN_ASCII = re.compile(r"[1-9](?<![0-9a-z].)[0-9]*x(?=[0-9a-z])")
"""The same where a text is not cut into pieces; looking behind the digit leaves a search for digits quick."""

_PLAIN = {
    ord(letter): base
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if (base := unicodedata.normalize("NFD", letter)[0]).isascii()
}
"""Letters with a mark -> without it: `naïve` is found by `naive`."""


def prepared(text: str) -> str:
    """The text as it goes into the index: its terms, in their order, between characters that are no part of one."""
    plain = normalized(text)
    if not plain.isascii():
        return " ".join(terms_of(plain))
    return _COUNT_IN_ASCII.sub(r"\g<0> ", plain.replace("\0", " "))


def normalized(text: str) -> str:
    """One spelling for what looks alike: NFKC, without case and marks. Lone surrogates, which SQLite does not take,
    become question marks. Once is enough, and twice may be another spelling."""
    if text.isascii():
        return text.lower()
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)


def terms_of(plain: str) -> list[str]:
    """Every term of a normalized text, in order; they hold letters and digits alone."""
    terms: list[str] = []
    for piece in pieces_of(plain):
        if is_cjk(piece):
            terms += [piece[at : at + 2] for at in range(len(piece))]
        else:
            terms.append(piece)
    return terms


def pieces_of(plain: str) -> list[str]:
    """The runs of letters and digits of a normalized text, cut where a script without spaces begins or ends, and behind
    a count."""
    pieces: list[str] = []
    for piece in _PIECE.findall(plain):
        count = _COUNT.match(piece)
        pieces += (piece,) if count is None else (piece[: count.end()], piece[count.end() :])
    return pieces


def is_cjk(piece: str) -> bool:
    """Whether a piece is written without spaces."""
    return _CJK_RUN.match(piece) is not None
