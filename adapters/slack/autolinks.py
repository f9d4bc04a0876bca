"""Autolinks: which words of a text a Slack client might make links of, whoever wrote them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CJK: Final = (
    r"\u2e80-\u2fff\u3005-\u303f\u3040-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
# words of other scripts count, those of Chinese, Japanese and Korean end the word: they stand beside it without a space
_WORD: Final = re.compile(
    rf"(?<![\w-])(?:[\w-]+\.)+[{_CJK}]{{2,4}}(?![{_CJK}])|(?:[^\W{_CJK}]|[-./~@:%+?=&\#])+"
)
_LINKED: Final = re.compile(r"://|\w\.[^\W\d_]{2}|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_AROUND: Final = ".,:;?!&="


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in order, each part with whether it would become a link: an address, `evil.com`, `a@b.org`, but for
    that `setup.py` and `torch.compile` as well, which look alike."""
    done = 0
    for found in _WORD.finditer(text):
        word = found[0].rstrip(_AROUND)
        bare = word.lstrip(":&=?")
        if not _LINKED.search(bare):
            continue
        begin = found.start() + len(word) - len(bare)
        if begin > done:
            yield text[done:begin], False
        yield bare, True
        done = begin + len(bare)
    if done < len(text):
        yield text[done:], False


def is_own(url: str, repo_urls: tuple[str, ...]) -> bool:
    """Whether an address lies below one of these, and no client reads another one out of it."""
    if not re.fullmatch(
        r"https?://[!-;=?-\[\]_a-z~]+", url, re.IGNORECASE
    ):  # no quotes, braces, pipes, backslashes
        return False
    path = re.split(r"[?#]", url, maxsplit=1)[0].casefold()
    if re.search(r"/(?:\.|%2e){1,2}(?:/|$)", path):
        return False
    return any(
        url.startswith(each) and (each.endswith("/") or url[len(each) : len(each) + 1] in ("", "/", "?", "#"))
        for each in repo_urls
    )
