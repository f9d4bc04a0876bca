r"""A reader of Discord's Markdown, for tests: what a client makes of a text, written from what clients do.

Where clients differ, or it is not known what they do, it reads more markup than they would: any scheme is an address, a
heading may stand in a list's item. Of the two ways to find the end of a masked link's text - counting brackets, as
simple-markdown does, or minding backslashes - one is chosen by `is_counting`, and what is safe has to be in both.

Sources: support.discord.com/hc/en-us/articles/210298617; docs.discord.com/developers/reference, "message formatting".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

WAYS = (True, False)

_ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")
_FENCE = re.compile(r"```(?:[\w+.-]*\n)?(?P<text>.+?)\n*```", re.DOTALL)
_CODE = re.compile(r"(?P<ticks>`+)(?!`)(?P<text>.*?[^`])(?P=ticks)(?!`)", re.DOTALL)
_TOKEN = re.compile(r"<(?P<token>@[!&]?\d+|#\d+|/[^>:]+:\d+|id:\w+|a?:\w+:\d+|t:-?\d+(?::\w)?)>")
_IN_ANGLES = re.compile(r"<(?P<url>[A-Za-z][\w+.-]*:[^ >]+|\+?[\d-]{3,}|[^ >@]+@[^ >]+)>")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<]+")
_EVERYONE = re.compile("@(?:everyone|here)")
_EMOJI = re.compile(r":[\w+-]+:", re.ASCII)
_COUNTED = re.compile(r"\[(?P<text>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]")
_MINDED = re.compile(r"\[(?P<text>(?:\\.|[^\[\]\\])*)\]", re.DOTALL)
_TARGET = re.compile(r"\(\s*<?(?P<url>(?:\([^)]*\)|[^\s\\>]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)", re.DOTALL)
_HEADING = re.compile(r" *(?P<mark>#{1,3}|-#)[ \t]+(?P<text>[^\n]+)")
_ITEM = re.compile(r" *(?:[-*+]|\d+\.)[ \t]+(?P<text>[^\n]+)", re.ASCII)
_QUOTE = re.compile(r" *>(?:>>)?[ \t](?P<text>[^\n]*)")
_INVITE = re.compile(r"(?:discord(?:app)?\.(?:gg|com|gift|new|me|li|io)|dis\.gd)(?:/\S*)?", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_MARKS = {"**": "bold", "__": "underline", "~~": "struck", "||": "spoiler", "*": "italic", "_": "italic"}


@dataclass(frozen=True, slots=True)
class Run:
    """Text as it is seen, with all that is done to it: "bold", "code", "block" (of code), "link", "heading", "item"…"""

    text: str
    styles: frozenset[str] = frozenset()


@dataclass(slots=True)
class Read:
    """What a client makes of a text. links: (text, address) of masked links. addresses: which are links by themselves.
    tokens: mentions, custom emoji, timestamps and whatever else stands in angle brackets. emoji: by name.
    invites: hosts that a client looks up, wherever they stand."""

    runs: list[Run] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    emoji: list[str] = field(default_factory=list)
    everyone: list[str] = field(default_factory=list)
    invites: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def is_inert(self) -> bool:
        """Whether nothing in it can be clicked, calls anybody or is drawn as a picture."""
        return self.is_harmless and not self.links and not self.tokens

    @property
    def is_harmless(self) -> bool:
        """The same but for masked links and timestamps, which are ours."""
        told = (self.addresses, self.emoji, self.everyone, self.invites)
        return not any(told) and all(each.startswith("t:") for each in self.tokens)

    def styled(self, style: str) -> list[str]:
        """The texts that are in a style."""
        return [run.text for run in self.runs if style in run.styles]

    def add(self, text: str, styles: frozenset[str]) -> None:
        if self.runs and self.runs[-1].styles == styles:
            self.runs[-1] = Run(self.runs[-1].text + text, styles)
        elif text:
            self.runs.append(Run(text, styles))


def read(markdown: str, *, is_counting: bool = True) -> Read:
    """What a client makes of a message's text."""
    made = Read(invites=_INVITE.findall(markdown))
    _Reader(made, is_counting=is_counting).read(markdown, frozenset(), is_start=True)
    return made


class _Reader:
    def __init__(self, made: Read, *, is_counting: bool) -> None:
        self._made = made
        self._text_of_link = _COUNTED if is_counting else _MINDED
        self._is_counting = is_counting

    def read(self, text: str, styles: frozenset[str], *, is_start: bool) -> None:
        """is_start: whether it stands at the start of a line."""
        at = 0
        while at < len(text):
            end = (is_start and self._block(text, at, styles)) or self._inline(
                text, at, styles, is_start=is_start
            )
            is_start = text[end - 1] == "\n" or (is_start and text[at:end].isspace())
            at = end

    def _block(self, text: str, at: int, styles: frozenset[str]) -> int:
        for pattern, kind in ((_HEADING, "heading"), (_ITEM, "item"), (_QUOTE, "quote")):
            if found := pattern.match(text, at):
                name = "small" if kind == "heading" and found["mark"] == "-#" else kind
                self.read(found["text"], styles | {name}, is_start=True)
                return found.end()
        return 0

    def _inline(self, text: str, at: int, styles: frozenset[str], *, is_start: bool) -> int:
        if _ESCAPE.match(text, at):
            self._made.add(text[at + 1], styles)
            return at + 2
        for pattern, kind in ((_FENCE, "block"), (_CODE, "code")):
            if text[at] == "`" and (found := pattern.match(text, at)):
                shown = found["text"]
                if kind == "code" and "`" in (shown.strip()[:1], shown.strip()[-1:]):
                    shown = shown.removeprefix(" ").removesuffix(" ")
                self._made.add(shown, styles | {kind})
                return found.end()
        return (
            self._link(text, at, styles)
            or self._token(text, at, styles)
            or self._emphasis(text, at, styles, is_start=is_start)
            or self._letter(text, at, styles)
        )

    def _link(self, text: str, at: int, styles: frozenset[str]) -> int:
        named = self._text_of_link.match(text, at)
        while named:  # counting takes as much as it can, then less
            target = _TARGET.match(text, named.end())
            if target:
                break
            named = self._text_of_link.fullmatch(text, at, text.rfind("]", at, named.end() - 1) + 1)
        if not named or not target or not _WEB.match(target["url"]):
            return 0
        inner = Read()
        _Reader(inner, is_counting=self._is_counting).read(named["text"], styles | {"link"}, is_start=False)
        if _WEB.search(inner.text) or not inner.text.strip():
            return 0  # shown as source
        self._made.links.append((inner.text, target["url"]))
        for run in inner.runs:
            self._made.add(run.text, run.styles)
        for name in ("links", "addresses", "tokens", "emoji", "everyone"):
            getattr(self._made, name).extend(getattr(inner, name))
        return target.end()

    def _token(self, text: str, at: int, styles: frozenset[str]) -> int:
        if found := _TOKEN.match(text, at):
            self._made.tokens.append(found["token"])
        elif found := _IN_ANGLES.match(text, at) or _ADDRESS.match(text, at):
            self._made.addresses.append(found[0])
        elif found := _EMOJI.match(text, at):
            self._made.emoji.append(found[0])
        elif found := _EVERYONE.match(text, at):
            self._made.everyone.append(found[0])
        else:
            return 0
        self._made.add(found[0], styles | {"token"})
        return found.end()

    def _emphasis(self, text: str, at: int, styles: frozenset[str], *, is_start: bool) -> int:
        for mark, style in _MARKS.items():
            end = _closing(text, at + len(mark), mark) if text.startswith(mark, at) else 0
            if end:
                self.read(text[at + len(mark) : end], styles | {style}, is_start=is_start)
                return end + len(mark)
        return 0

    def _letter(self, text: str, at: int, styles: frozenset[str]) -> int:
        self._made.add(text[at], styles)
        return at + 1


def _closing(text: str, begin: int, mark: str) -> int:
    """Where the same mark closes what stands between; 0 for nowhere. Code and links do not hide it."""
    if mark == "*" and (begin == len(text) or text[begin].isspace()):
        return 0
    at = begin
    while at < len(text):
        if text[at] == "\\" or (len(mark) == 1 and text.startswith(mark * 2, at)):
            at += 2
        elif text.startswith(mark, at) and at > begin and _may_close(text, at + len(mark), mark):
            return at
        else:
            at += 1
    return 0


def _may_close(text: str, end: int, mark: str) -> bool:
    after = text[end : end + 1]
    if mark == "_":
        return not re.match(r"\w", after, re.ASCII)
    return mark in ("~~", "||") or after != mark[0]
