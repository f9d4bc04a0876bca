"""Disguises: how text can be written so that a model reads what people and rules do not see, and how it reads then.

Letters that look Latin follow Unicode's confusables (unicode.org/Public/security/latest/confusables.txt), as far as
one character stands for one Latin letter in common fonts.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOOKALIKES: Final = {
    **dict(zip("аеорсухіјѕԁһӏԛԝкмтнвпгиюьъ", "aeopcyxijsdhlqwkmthbnruobb", strict=True)),
    **dict(zip("αορνυικτεηχγβωμςϲσ", "aopvuiktenxybwucco", strict=True)),
    **dict(zip("ıɑɡɩʀɪꜱᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘᴛᴜᴠᴡʏᴢøłđħɨ", "iagirisabcdefghjklmnoptuvwyzoldhi", strict=True)),
    **dict(zip("օոսհցքյ", "onuhgqj", strict=True)),
    **{chr(0x1F150 + at): chr(97 + at) for at in range(26)},
    **{chr(0x1F170 + at): chr(97 + at) for at in range(26)},
    **{chr(0x1F1E6 + at): chr(97 + at) for at in range(26)},
    **dict.fromkeys("‹〈《⟨❮❬˂᚜⧼≺", "<"),
    **dict.fromkeys("›〉》⟩❯❭˃᚛⧽≻", ">"),
    **dict.fromkeys("’‘ʼ`´", "'"),
    **dict.fromkeys("“”„«»「」『』", '"'),
    **dict.fromkeys("⁄∕⧸╱", "/"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_LATIN: Final = str.maketrans(_LOOKALIKES)
_MARKS: Final = re.compile("[\u0300-\u036f]+")
_EMPHASIS: Final = re.compile(r"\*+|~~|`+|\\(?=[!-/:-@\[-`{-~])")
_TAG: Final = re.compile(
    r"</?(?:b|i|u|em|strong|span|sub|sup|font|s|del|ins|kbd|code|a|wbr|q|small|mark)\b[^<>]{0,200}>"
)
_SPELT: Final = re.compile(r"(?<!\w)(?:\w[ .·|/,+-]{1,3}){5,}\w(?!\w)")
_JOINED_WORDS: Final = ("ignore", "disregard", "forget", "instruction", "prompt")
_JOINED: Final = re.compile(r"(?<!\w)\w{1,24}(?:[-/.]\w{1,24}){2,24}")
_JOINT: Final = re.compile(r"[-/.]")
"""Of a path, a branch, a login: words without spaces."""
_BETWEEN: Final = re.compile(r"[ .·|/,+-]+")
_BASE64: Final = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{32,8192}={0,2}(?![\w+/-])")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){24,4096}(?![0-9A-Za-z])")
_ESCAPED: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}){6,2048}")
_ONE_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})|(?:\\x|%)([0-9a-fA-F]{2})")
_ROT13: Final = ("vtaber", "qvfertneq", "vafgehpgvba", "cerivbhf", "fhzzne", "cebzcg", "nffvfgnag")
_BACKWARDS: Final = ("erongi", "dragersid", "noitcurtsni", "suoiverp", "yrammus", "tpmorp")
_PROSE: Final = re.compile(r"[A-Za-z一-鿿][A-Za-z一-鿿0-9 ,.;:!?'\"()\n#`/_-]{19,}\Z")
_MOST_DECODED: Final = 20
"""Encoded runs of a text that are decoded: further ones are data."""

_TAG_BLOCK: Final = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001\U000e0020-\U000e007f]{3,}")
"""The Unicode tags that nobody sees and models read as ASCII; flags of regions, which use them too, begin with one."""
_OVERRIDES: Final = re.compile("[\u202d\u202e]")
_SELECTORS: Final = re.compile("[\U000e0100-\U000e01ef\ufe00-\ufe0e]{4,}")
_IN_WORDS: Final = re.compile("[a-zA-Z][\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u034f\u180e]{1,9}(?=[a-zA-Z])")
_IN_WORDS_ENOUGH: Final = 6
"""Invisible characters between letters; a zero-width space or soft hyphen or two come with what is pasted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read in one way. is_native: letters of other scripts are kept as they are."""

    whole: str
    read: Callable[[str], str]
    is_native: bool = False

    def of(self, texts: Sequence[str]) -> list[str]:
        return [self.read(text) for text in texts]


def undisguised(text: str) -> Iterator[Reading]:
    """`text` in every way it may have to be read, in lower case."""
    yield Reading(plain(text), plain)
    if not text.isascii():
        yield Reading(native(text), native, is_native=True)
    if _is_encoded(text):
        yield Reading(decoded(text), decoded)


def plain(text: str) -> str:
    """In lower case, with Latin letters for what looks like them, without marks, emphasis and unseen characters."""
    text = _open(text).lower() if text.isascii() else native(text).translate(_LATIN)
    text = _EMPHASIS.sub("", text).replace("_", " ")
    if "<" in text:
        text = _TAG.sub("", text)
    spelt = [_BETWEEN.sub("", run[0]) for run in _SPELT.finditer(text)]
    if any(word in text for word in _JOINED_WORDS):
        spelt += [_JOINT.sub(" ", run[0]) for run in _JOINED.finditer(text)]
    return "\n".join([text, *spelt]) if spelt else text


def native(text: str) -> str:
    """In lower case, compatibility forms resolved (full-width, mathematical, circled letters), nothing unseen."""
    text = _open(text)
    if not text.isascii():
        text = visible(text)
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))
    return text.lower()


def decoded(text: str) -> str:
    """What a text's encoded runs say, where they say something in words; marked as having been hidden."""
    return "\n".join(f"<encoded> {plain(said)}" for said in _said(text))


def smuggled(text: str) -> bool:
    """Whether a text holds characters by which only a model is reached, or by which people are deceived."""
    return bool(
        _TAG_BLOCK.search(text)
        or _OVERRIDES.search(text)
        or _SELECTORS.search(text)
        or len(_IN_WORDS.findall(text)) >= _IN_WORDS_ENOUGH
    )


def _open(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _is_encoded(text: str) -> bool:
    return next(_said(text), None) is not None


def _said(text: str) -> Iterator[str]:
    if not text.isascii():
        for run in _TAG_BLOCK.findall(text):
            yield "".join(chr(ord(char) - 0xE0000) for char in run if ord(char) > 0xE001F)
        for run in _SELECTORS.findall(text):
            codes = [ord(char) for char in run]
            raw = bytes(code - 0xE0100 + 16 if code >= 0xE0100 else code - 0xFE00 for code in codes)
            yield raw.decode("utf-8", "replace")
    for count, run in enumerate(_BASE64.finditer(text)):
        if count == _MOST_DECODED:
            break
        if said := _from_base64(run[0]):
            yield said
    for count, run in enumerate(_HEX.finditer(text)):
        if count == _MOST_DECODED:
            break
        digits = re.sub(r"0x|\\x|[ ,:]", "", run[0])
        if said := _words(bytes.fromhex(digits[: len(digits) // 2 * 2])):
            yield said
    for run in _ESCAPED.finditer(text) if "\\" in text or "%" in text else ():
        said = _ONE_ESCAPED.sub(lambda one: chr(int(one[1] or one[2], 16)), run[0])
        if _PROSE.match(said):
            yield said
    lowered = text.lower()
    if sum(word in lowered for word in _ROT13) > 1:
        yield codecs.decode(text, "rot13")
    if sum(word in lowered for word in _BACKWARDS) > 1:
        yield text[::-1]


def _from_base64(run: str) -> str:
    body = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(body) % 4 == 1:
        return ""
    try:
        return _words(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except binascii.Error:
        return ""


def _words(raw: bytes) -> str:
    """The bytes as text when they are words, else ""."""
    try:
        said = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return said if _PROSE.match(said) and (" " in said or not said.isascii()) else ""
