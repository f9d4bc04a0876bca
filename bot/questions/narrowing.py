"""Names of topics that stand for but a part of them: "Qwen PRs" are those of the topic that speak of Qwen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.questions.lexicon import load_lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.questions.sentence import Sentence

_FAMILY = re.compile(r"([A-Za-z]{4,}?)-?[vV]?\d[\w.+-]*", re.ASCII)
"""A model's family with its version."""


def word_of(name: str) -> str:
    """What to look for besides the topic that is called so; "" where the name stands for all of it."""
    narrow, low = load_lexicon().narrow, name.lower()
    for each in (low, low.removesuffix("s"), low.removesuffix("x")):
        if each in narrow:
            return narrow[each]
    family = _FAMILY.fullmatch(low)
    return low if family and family[1] in narrow else ""


def is_narrow(word: str) -> bool:
    """Whether a word that is looked for besides a topic comes from its name."""
    return all(
        word_of(way) or any(way in each.split("|") for each in load_lexicon().narrow.values())
        for way in word.split("|")
    )


def add_narrow_words(sentence: Sentence, places: Sequence[int]) -> None:
    """Look for the words that the names of topics at `places` stand for: all of them ("fp8 on MI300"), any one where
    they are listed ("Llama or Qwen"), none where the list has a whole topic too ("MI300 or NVIDIA")."""
    if not _are_compared(sentence):
        for names in _lists(sentence, places):
            words = [word_of(sentence.pieces[at].text) for at in names]
            if all(words):
                word = "|".join(dict.fromkeys(way for each in words for way in each.split("|")))
                sentence.add("words", word, names[0])
    else:
        for at in places:  # "Llama vs Qwen": each on its side
            if word := word_of(sentence.pieces[at].text):
                sentence.add("words", word, at)


def _lists(sentence: Sentence, places: Sequence[int]) -> list[list[int]]:
    """The places, those together that only "or", "and" and signs stand between."""
    lists: list[list[int]] = []
    for at in places:
        between = sentence.pieces[lists[-1][-1] + 1 : at] if lists else []
        if between and all(piece.is_sign or piece.is_("link", "and", "or") for piece in between):
            lists[-1].append(at)
        else:
            lists.append([at])
    return lists


def _are_compared(sentence: Sentence) -> bool:
    return any(
        piece.is_("form", "compare") or (piece.is_("link", "vs") and not piece.is_("link", "and", "or"))
        for piece in sentence.pieces
    )
