"""Phrases: what a query looks for as part of a sentence: "open AMD/ROCm PRs by `x`", "merged", "this week". Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from summarizer.extract.words import code
from summarizer.questions import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.items import Kind
    from summarizer.questions.query import Part, Query, QueryEvent, Role
    from summarizer.questions.wording import Wording
    from summarizer.windows import Window

_PLAIN = frozenset(
    {"today", "yesterday", "week this", "week last", "month this", "month last", "year this", "year last"}
)
_LAST = re.compile(r"last (\d{1,6})([hdw])")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_MONTH = re.compile(r"(?:\d{4}|\*)-\d\d")
_YEAR = re.compile(r"\d{4}")
_RELEASE = re.compile(r"release (?:(\S+)\.\.)?(\S+)")
_FROM_RELEASE = re.compile(r"(before|since) (latest|v?\d+\.\d\S*)")
_DOERS: Mapping[QueryEvent, Role] = {
    "opened": "author",
    "merged": "merger",
    "closed": "closer",
    "reviewed": "reviewer",
}
_OPEN = frozenset({"draft", "stale"})
_BEFORE = re.compile(r"before .+")
_OF_PULL_REQUESTS = frozenset({"merged", "reviewed", "draft", "waiting", "merger", "reviewer", "requested"})
"""Events, states and roles that no issue has."""


def subject(query: Query, wording: Wording, n: int, kind: Kind | None = None) -> str:
    """What is looked for, without what happened to it and when: "open AMD/ROCm PRs by `x`"; n: how many, for the
    noun. kind: what all of them are, where that is known."""
    named = wording.any_of([wording.topic(key) for key in query.topics])
    states = [adjectives(query, wording), *limits.adjectives(query, wording)]
    if query.events == ("closed",) and event_named("closed", query) != "closed":
        states.append(wording.text("adjective.closed_unmerged"))  # where the verb does not tell it
    shown = wording.text(
        "subject",
        states=wording.text("gap").join(each for each in states if each),
        topics=wording.spaced(named),
        noun=wording.noun(query.kind or kind or _kind(query), n),
    )
    shown = " ".join(shown.split())
    qualifiers = wording.text("between_qualifiers").join(_qualifiers(query, wording, n))
    if qualifiers:
        shown = wording.text(
            "qualified", subject=wording.spaced(shown), qualifiers=wording.spaced(qualifiers).lstrip()
        )
    return wording.spaced(shown).rstrip()


def _qualifiers(query: Query, wording: Wording, n: int) -> Iterator[str]:
    text = wording.text
    people = [each for each in query.people if each not in doers(query)]
    yield from wording.parts(people, lambda role: f"person.{role_shown(role, query)}")
    if query.organisations:
        names = wording.any_of([wording.organisation(key) for key in query.organisations])
        yield text("person.organisation", names=wording.spaced(names)).strip()
    if query.labels:
        yield text("with.labels", labels=wording.any_of([code(label) for label in query.labels]))
    if "waiting" in query.states:
        yield text("with.waiting")
    if told := list(_told(query, wording, n)):
        yield text("with.that", what=text("with.and").join(told))
    if query.numbers:
        yield text("with.numbers", numbers=wording.listing(f"#{number}" for number in query.numbers))
    yield from limits.qualifiers(query, wording, n)


def _kind(query: Query) -> Kind | None:
    """What all that is looked for must be, where nobody says it."""
    roles = [part.role for part in query.people]
    asked = {*query.states, *roles}
    events_are = bool(query.events) and _OF_PULL_REQUESTS.issuperset(query.events)
    is_told = events_are or _OF_PULL_REQUESTS & asked or limits.imply_pull_requests(query)
    return "pull_request" if is_told else None


def _told(query: Query, wording: Wording, n: int) -> Iterator[str]:
    """What the items change and mention."""
    if query.paths:
        paths = wording.any_of([code(path) for path in query.paths])
        yield wording.text("with.paths", paths=paths, n=n)
    if query.words or query.phrases:
        yield wording.text("with.words", words=wording.words(query.words, query.phrases), n=n)


def adjectives(query: Query, wording: Wording) -> str:
    """ "open", "stale", what the states asked for are called before a noun; a draft is open anyway."""
    named = [state for state in query.states if state != "open" or not _OPEN.intersection(query.states)]
    return wording.listing(filter(None, (wording.text(f"adjective.{state}") for state in named)))


def event_named(event: QueryEvent, query: Query) -> str:
    """A pull request that was closed was not merged, which "closed" alone does not say."""
    alone = event == "closed" and "merged" not in query.events
    return "closed_unmerged" if alone and query.kind == "pull_request" else event


def events(query: Query, wording: Wording) -> str:
    """ "merged", "opened or merged", "closed by `x`"; "" where nothing is asked for."""
    told = wording.any_of([wording.text(f"verb.{event_named(event, query)}") for event in query.events])
    by = wording.any_of([wording.person(part.login) for part in doers(query)])
    return wording.text("verb_by", verb=told, login=wording.spaced(by)).rstrip() if by else told


def role_shown(role: Role, query: Query) -> str:
    """The role as it is called where these events are asked for: who closed an item may have opened it again."""
    return "reopener" if role == "closer" and "closed" not in query.events else role


def doers(query: Query) -> tuple[Part, ...]:
    """Who, any of them, is to have done the only event asked for, which is then told once."""
    role = _DOERS.get(query.events[0]) if len(query.events) == 1 else None
    return tuple(part for part in query.people if part.role == role)


def then(query: Query, window: Window | None, wording: Wording) -> str:
    """`period` as it joins the words before it, or stands before those that follow."""
    told = period(query, window, wording)
    if not told:
        return ""
    gap = wording.text("gap")
    return f"{gap}{told}" if gap else wording.spaced(told).lstrip()


def period(query: Query, window: Window | None, wording: Wording) -> str:
    """ "this week", "in the last 48 hours", "on Mon 8 Dec", "since Tue 9 Dec"; "" without a window."""
    if query.window is None or window is None:
        return ""
    return named(query, window, wording) or _dated(window, wording).strip()


def named(query: Query, window: Window, wording: Wording) -> str:
    """The window as people call it; "" where it has no such name."""
    return _named(str(query.window), window, wording).strip()


def names_release(query: Query) -> bool:
    """Whether the window is told by a release."""
    name = str(query.window)
    return bool(_RELEASE.fullmatch(name) or _FROM_RELEASE.fullmatch(name))


def _named(name: str, window: Window, wording: Wording) -> str:
    local = wording.times.local(window.since).date()
    if name in _PLAIN:
        return wording.text(f"period.{name.replace(' ', '_')}")
    if found := _LAST.fullmatch(name):
        return wording.text(f"period.last_{found[2]}", n=int(found[1]))
    if found := _WEEK.fullmatch(name):
        return wording.text("period.week", year=int(found[1]), week=int(found[2]))
    if _MONTH.fullmatch(name):
        first = date(local.year, local.month, 1)
        return wording.text("period.month", month=wording.times.shaped("month", first))
    if _YEAR.fullmatch(name):
        return wording.text("period.year", year=name)
    if found := _RELEASE.fullmatch(name):
        if found[1]:
            return wording.text(
                "period.releases", since=code(wording.typed(found[1])), until=code(wording.typed(found[2]))
            )
        known = wording.language.has(f"answers.period.release_{found[2]}")
        key = f"period.release_{found[2]}" if known else "period.release"
        return wording.text(key, release=code(wording.typed(found[2])))
    if found := _FROM_RELEASE.fullmatch(name):
        release = wording.text("period.latest") if found[2] == "latest" else code(found[2])
        return wording.text(f"period.{found[1]}_release", release=wording.spaced(release))
    if _BEFORE.fullmatch(name):
        return wording.text("period.before", until=wording.spaced(wording.times.edge(window.until)))
    return ""


def _dated(window: Window, wording: Wording) -> str:
    times = wording.times
    if times.is_one_day(window):
        return wording.text("period.on", day=times.day(times.local(window.since).date()))
    if window.so_far:
        return wording.text("period.since", since=wording.spaced(times.edge(window.since)))
    return wording.text("period.span", span=times.span(window))
