"""Hot discussions: who said what in the threads people talked in most, and where those threads stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.ranking import said_by_people
from summarizer.extract.sentences import quote, score, sentences
from summarizer.extract.words import code
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.facts import Hot
    from summarizer.items import Item

_THREADS, _VOICES, _NAMES = 5, 4, 6
_SENTENCES, _LENGTH = 2, 220
_SENTENCES_OF_A_COMMENT = 5  # what somebody thinks stands at the beginning, what follows is detail
_SPARE = 1
_LEAST = 2
"""Comments by people that make a discussion."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """A lead, then one entry per thread, hottest first."""
    facts = words.facts
    threads = [thread for thread in facts.hot if thread.comments_in_window >= _LEAST][:_THREADS]
    if not threads:
        single = [thread.number for thread in facts.hot][:_NAMES]
        if single:
            return (words.claim("hot.scattered", single, numbers=words.numbers(single)),), ()
        return (words.claim("hot.none" if facts.complete else "hot.none_seen"),), ()
    # the counts are never filtered, so beside filters they would speak of other threads than those shown
    key = "hot.lead_filtered" if facts.filters else "hot.lead"
    return (words.claim(key, n=facts.counts.comments),), tuple(entry(thread, words) for thread in threads)


def entry(thread: Hot, words: Words) -> Entry:
    """A thread: how hot, what about, who holds what, how it stands. A model's judgement goes before quotations."""
    item = words.facts.items[thread.number]
    names = [code(login) for login in thread.participants[:_NAMES]]
    who = words.listing(names)
    if len(thread.participants) > _NAMES:
        who = words.text("and_more_people", names=who, count=len(thread.participants) - _NAMES)
    heat = words.claim(
        "hot.heat",
        (item.number,),
        label="heat",
        n=thread.comments_in_window,
        people=len(thread.participants),
        who=who,
    )
    status = words.claim("hot.state", (item.number,), label="status", state=words.told(item, with_talk=False))
    held = _held(item, words) or _voices(item, words)
    return Entry((heat, *words.excerpt(item, label="issue"), *held, status), item.number)


def _held(item: Item, words: Words) -> tuple[Claim, ...]:
    """The positions that a model told of, what they disagree on, and how that stands; nothing where none did."""
    judged = words.assessments.get(item.number)
    if judged is None or not judged.by_model or not judged.positions:
        return ()
    claims = [
        words.claim(
            "hot.holds",
            (item.number,),
            label="position",
            source="model",
            who=words.listing(code(login) for login in position.logins[:_NAMES]),
            view=neutralize(position.view),
        )
        for position in judged.positions[:_VOICES]
    ]
    for label, text in (("dispute", judged.contention), ("happened", judged.standing)):
        if text:
            told = neutralize(text)
            claims.append(words.claim("hot.plain", (item.number,), label=label, source="model", text=told))
    return tuple(claims)


def _voices(item: Item, words: Words) -> tuple[Claim, ...]:
    """What those with most to say said, in the order they first spoke."""
    texts: dict[str, list[str]] = {}
    for login, text in said_by_people(item, words.facts):
        texts.setdefault(login, []).append(text)
    weights = {login: [_weight(text) for text in said] for login, said in texts.items()}
    loudest = sorted(texts, key=lambda login: -max(weights[login]))
    # a few more than are shown, since some may turn out to speak to models
    found = {
        login: _most_telling(texts[login], weights[login])
        for login in loudest[: _VOICES + _SPARE]
        if max(weights[login]) > 0
    }
    quoted = {
        login: quote(said, most=_SENTENCES, limit=_LENGTH, title=item.title) for login, said in found.items()
    }
    chosen = [login for login in quoted if quoted[login] not in ("", "…")][:_VOICES]
    return tuple(_voice(login, quoted[login], item, words) for login in texts if login in chosen)


def _weight(text: str) -> float:
    """What the most telling sentence of a comment is worth, whomever it is addressed to."""
    found = sentences(text, _SENTENCES_OF_A_COMMENT, to_quote=False)
    return max(map(score, found, range(1, len(found) + 1)), default=0.0)


def _most_telling(texts: Sequence[str], weights: Sequence[float]) -> list[str]:
    """What somebody says first in those of their comments that are worth most, with a mark between them."""
    best = sorted(sorted(range(len(texts)), key=lambda place: -weights[place])[: _SENTENCES + _SPARE])
    found: list[str] = []
    for place in best:
        found += ("", *sentences(texts[place], _SENTENCES_OF_A_COMMENT))
    return found


def _voice(login: str, text: str, item: Item, words: Words) -> Claim:
    return words.claim(
        "hot.author_said" if item.author and login == item.author.login else "hot.said",
        (item.number,),
        label="position",
        source="extraction",
        login=code(login),
        text=text,
    )
