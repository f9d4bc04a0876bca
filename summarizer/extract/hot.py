"""Hot discussions: who said what in the threads people talked in most, and where those threads stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.ranking import said_by_people
from summarizer.extract.sentences import quote, score, sentences
from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.facts import Hot
    from summarizer.items import Item

_THREADS, _VOICES, _NAMES = 5, 4, 6
_SENTENCES, _LENGTH = 2, 220
_SENTENCES_OF_A_COMMENT = 5  # what somebody thinks stands at the beginning, what follows is detail
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
    return (words.claim(key, n=facts.counts.comments),), tuple(_entry(thread, words) for thread in threads)


def _entry(thread: Hot, words: Words) -> Entry:
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
    status = words.claim("hot.state", (item.number,), label="status", state=_status(item, words))
    return Entry((heat, *words.excerpt(item, label="issue"), *_voices(item, words), status), item.number)


def _voices(item: Item, words: Words) -> tuple[Claim, ...]:
    """What those with most to say said, in the order they first spoke."""
    said: dict[str, list[str]] = {}
    for login, text in said_by_people(item, words.facts):
        said.setdefault(login, []).extend(("", *sentences(text, _SENTENCES_OF_A_COMMENT)))
    weights = {login: max(map(score, found, range(len(found)))) for login, found in said.items()}
    loudest = sorted((login for login in said if weights[login] > 0), key=lambda login: -weights[login])[
        :_VOICES
    ]
    return tuple(_voice(login, said[login], item, words) for login in said if login in loudest)


def _voice(login: str, found: list[str], item: Item, words: Words) -> Claim:
    return words.claim(
        "hot.author_said" if item.author and login == item.author.login else "hot.said",
        (item.number,),
        label="position",
        source="extraction",
        login=code(login),
        text=quote(found, most=_SENTENCES, limit=_LENGTH, title=item.title),
    )


def _status(item: Item, words: Words) -> str:
    """The last change of state in the window with its time, else the state."""
    moved = [event for event in item.events if event.at in words.facts.window and event.name != "opened"]
    return (
        words.text(f"event.{moved[-1].name}", when=words.when(moved[-1].at)) if moved else words.state(item)
    )
