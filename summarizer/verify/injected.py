"""What no claim may repeat: the words of texts that give orders to models, and such orders themselves.

Prompts leave those texts out (`fence`); this is the wall behind, for what a model saw or guessed all the same. Words
that other people used too, in text that is not tainted, are excused: otherwise a hostile comment could silence what is
said about an item by quoting it. A text's own author cannot excuse it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from summarizer.disguises import decoded, plain
from summarizer.injection import is_tainted, tainted, tainted_together
from summarizer.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summarizer.digests import Claim
    from summarizer.items import Item

_RUN: Final = 4
"""Words in a row that are no chance."""
_WIDE_RUN: Final = 8
"""The same in characters of Chinese, Japanese or Korean."""
_OWN_WORDS, _OTHERS_WORDS = 2, 3
"""Telling words that only tainted text has, in a claim that cites its item, and in any other."""
_TELLING_LENGTH: Final = 5
_MOST_WORDS: Final = 600
"""An item's tainted text beyond this is not asked for single words: it would hold half of the language."""

_TOKEN: Final = re.compile(r"[a-z0-9]+|[\u2e80-\ud7ff\uf900-\uffef]")
_UNIT: Final = re.compile(r"[.!?;:,，。：；、！？\"“”「」『』`()（）—|\n]+")
_REFERENCE: Final = re.compile(r"[#＃]\d+")
_WIDE: Final = re.compile(r"[\u2e80-\ud7ff\uf900-\uffef]")
_COMMON: Final = frozenset(
    ("opened", "closed", "merged", "reopened", "still", "open", "was", "were", "this", "that", "with", "from", "into",
     "have", "been", "pull", "request", "requests", "issue", "issues", "comment", "comments", "commented", "review",
     "reviews", "reviewed", "approved", "author", "lines", "files", "adds", "removes", "changes", "says",
     *"合并关闭打开已未仍了的是在由评论提交此项新增修改个文件行到")
)  # fmt: skip

_READER_ORDER: Final = re.compile(
    r"\b(?:click|tap|visit|go to|browse to|navigate to|open|follow)\b[^.!?]{0,40}\b(?:this|the|our|following"
    r"|below|here)\b"
    r"[^.!?]{0,20}\b(?:link|url|site|website|page|form|qr code|attachment)\b|\bclick here\b"
    r"|\b(?:enter|paste|send|share|submit|provide|post|dm)\b[^.!?]{0,30}\byour\b[^.!?]{0,30}"
    r"\b(?:tokens?|passwords?|credentials?|api keys?|secrets?|keys?|seed phrase|wallet)\b"
    r"|\b(?:curl|wget)\b[^.!?]{0,120}\|\s?(?:sudo )?(?:ba|z)?sh\b|\bjoin (?:our|the|my) (?:telegram|discord"
    r"|group|channel)\b"
    r"|(?:点击|访问|打开|扫描?)[^。！？]{0,12}(?:链接|网址|网站|二维码|下方|此处)"
    r"|(?:输入|发送|提供|提交)[^。！？]{0,8}(?:你|您)的[^。！？]{0,8}(?:密码|令牌|密钥|token|凭[证据])|加[^。！？]{0,4}(?:微信|qq群)"
)
"""Sentences that tell a reader to go somewhere or to hand something over: no digest says such things."""


@dataclass(frozen=True)
class Tainted:
    """The tainted words of a window's items. texts: per item number, as `_words` writes them, one text a line.

    others: all words by people who wrote nothing tainted, to be excused.
    """

    texts: Mapping[int, str]
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Item]) -> Tainted:
        texts: dict[int, list[str]] = {}
        authors: set[str] = set()
        known = list(items)
        for item in known:
            prose = [item.body or "", *(each.body for each in item.comments)]
            prose += [each.body for each in item.reviews]
            together = {prose[place] for place in tainted_together(prose)}
            for author, text in _written(item):
                found = (text,) if text in together else tainted(text)
                if found:
                    texts.setdefault(item.number, []).extend(found)
                    authors.add(author)
        if not texts:
            return cls({})
        others = tuple(
            text
            for item in known
            for author, text in _written(item)
            if author not in authors and not tainted(text)
        )
        return cls({number: "\n".join(map(_words, found)) for number, found in texts.items()}, others)

    @cached_property
    def excused(self) -> str:
        return "\n".join(map(_words, self.others))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.excused.split())

    @cached_property
    def everything(self) -> str:
        return "\n".join(self.texts.values())

    @cached_property
    def telling(self) -> Mapping[int, frozenset[str]]:
        """Per item, the longer words that stand nowhere but in tainted text."""
        found = {}
        for number, text in self.texts.items():
            words = text.split()
            few = len(words) <= _MOST_WORDS
            found[number] = frozenset(
                word
                for word in words
                if few
                and len(word) >= _TELLING_LENGTH
                and word not in self.vocabulary
                and word not in _COMMON
            )
        return found

    def repeats(self, claim: Claim) -> bool:
        """Whether the claim says what tainted text says."""
        if not self.texts:
            return False
        said = _REFERENCE.sub(" ", plain(f"{claim.label}. {claim.text}"))
        words = _TOKEN.findall(said)
        return (
            any(self._only_here(run) for run in _runs(words))
            or any(self._is_unit(unit) for unit in _units(claim.text))
            or self._is_made_of(set(words), claim.cites)
        )

    def _only_here(self, run: str) -> bool:
        return f" {run} " in self.everything and f" {run} " not in self.excused

    def _is_unit(self, unit: list[str]) -> bool:
        """Whether a whole clause, quotation or code span stands in tainted text, and says something."""
        rare = [word for word in unit if word not in _COMMON and word not in self.vocabulary]
        says = any(len(word) > 3 for word in rare) or sum(_WIDE.match(word) is not None for word in unit) > 3
        return bool(rare) and says and self._only_here(" ".join(unit))

    def _is_made_of(self, words: set[str], cites: Iterable[int]) -> bool:
        own = set(cites)
        return any(
            len(words & telling) >= (_OWN_WORDS if number in own else _OTHERS_WORDS)
            for number, telling in self.telling.items()
        )


def faults(claim: Claim, window: Tainted) -> Iterator[Fault]:
    """The fault of a claim that repeats tainted text of the window's items, or gives orders itself.

    The detail quotes nothing, since it goes back to the model.
    """
    if is_tainted(claim.text) or _READER_ORDER.search(plain(claim.text)):
        yield Fault("injected", "a digest gives no orders, neither to models nor to readers; withdraw this")
    elif window.repeats(claim):
        yield Fault("injected", "this repeats text that was addressed to language models; withdraw it")


def _written(item: Item) -> list[tuple[str, str]]:
    """(author, text) of everything that people wrote on the item, a path or label being a text of its own."""
    author = item.author.login.casefold() if item.author else ""
    texts = [(author, item.title), (author, item.body or "")]
    texts += [(comment.author.login.casefold(), comment.body) for comment in item.comments]
    texts += [(review.author.login.casefold(), review.body) for review in item.reviews]
    texts += [(author, path) for path in item.files or ()]
    texts += [("", label) for label in item.labels]
    people = [author, *(comment.author.login for comment in item.comments)]
    texts += [(login.casefold(), login) for login in dict.fromkeys(people)]
    return [(who, text) for who, text in texts if text]


def _words(text: str) -> str:
    """The words of `text`, each wide character being one, between spaces."""
    hidden = decoded(text)
    return f" {' '.join(_TOKEN.findall(plain(text) + hidden))} "


def _runs(words: list[str]) -> Iterator[str]:
    for size, is_wide in ((_RUN, False), (_WIDE_RUN, True)):
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            wide = sum(_WIDE.match(word) is not None for word in run)
            if wide == size if is_wide else not wide and sum(len(word) > 3 for word in run) > 1:
                yield " ".join(run)


def _units(text: str) -> Iterator[list[str]]:
    """Clauses, quotations and code spans, and whole sentences, as words."""
    for unit in (*_UNIT.split(text), *re.split(r"[.!?。！？]+", text)):
        words = _TOKEN.findall(plain(_REFERENCE.sub(" ", unit)))
        if words:
            yield words
