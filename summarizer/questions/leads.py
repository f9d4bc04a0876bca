"""Leads: the sentence that answers, from what was found: how many, or none and over what. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from summarizer.questions import phrases
from summarizer.questions.query import QueryEvent

if TYPE_CHECKING:
    from summarizer.items import Kind
    from summarizer.questions.found import Found
    from summarizer.questions.wording import Wording


def is_whole(found: Found) -> bool:
    """Whether "none" and "exactly so many" may be said: all that the query needs was looked at, back to where its
    window begins."""
    other = found.against
    return found.complete and not begins_before(found) and (other is None or is_whole(other))


def begins_before(found: Found) -> bool:
    """Whether the query goes back further than the mirror does, or as far as it can. Without a window it does, unless
    it is about items by their numbers: those that are here are here whole."""
    if found.mirror_from is None:
        return False
    if found.window is None:
        return not found.query.numbers or "unknown" in found.missing.values()
    return found.window.since < found.mirror_from or str(found.query.window).startswith("before ")


def says_since(found: Found) -> bool:
    """Whether the sentence says since when there is data: it denies something, and nothing else is lacking."""
    return bool(found.complete and begins_before(found) and found.searched and not found.matches)


def told(found: Found, wording: Wording) -> str:
    """How many match, or that none does, as one sentence."""
    return some(found, wording) if found.matches else none(found, wording)


def some(found: Found, wording: Wording) -> str:
    """ "7 AMD/ROCm PRs were merged this week (4 about, 3 tagged).", or at least 7 where there may be others."""
    n = len(found.matches)
    extras = wording.text("between").join((*breakdown(found, wording), *tiers(found, wording)))
    return wording.text(
        f"{'found' if is_whole(found) else 'at_least'}.{shape(found)}",
        n=n,
        subject=phrases.subject(found.query, wording, n, kind_of(found)),
        events=phrases.events(found.query, wording),
        period=phrases.then(found.query, found.window, wording),
        extras=wording.text("extras", extras=extras) if extras else "",
    )


def none(found: Found, wording: Wording) -> str:
    """ "No AMD/ROCm PR was merged this week; all 178 items with activity were looked at.", or among what could be seen
    where that is not everything."""
    return wording.text(
        f"none.{shape(found)}",
        subject=phrases.subject(found.query, wording, 1),
        events=phrases.events(found.query, wording),
        period=phrases.then(found.query, found.window, wording),
        searched=searched(found, wording),
    )


def searched(found: Found, wording: Wording) -> str:
    """What was looked at, as the end of a sentence that denies something."""
    judged = found.searched if is_whole(found) else max(0, found.searched - found.untold)
    if says_since(found) and found.mirror_from is not None:
        begins = wording.spaced(wording.times.moment(found.mirror_from))
        return wording.text("searched.since", n=judged, since=begins)
    if not is_whole(found):
        key = "partly" if judged else "unjudged" if found.searched else "unseen"
    elif found.window is None:
        key = "all" if found.searched else "empty"
    else:
        key = "window" if found.searched else "nothing"
    return wording.text(f"searched.{key}", n=judged or found.searched)


def tiers(found: Found, wording: Wording) -> tuple[str, ...]:
    """ "4 about, 3 tagged", where a topic was asked for; "all about the topic" where they are."""
    counts = {name: n for name, n in (("about", found.about), ("tagged", found.tagged)) if n}
    if len(counts) == 1:
        [(name, n)] = counts.items()
        return (wording.text(f"tier.{'one' if n == 1 else 'all'}_{name}"),)
    told = [wording.text(f"tier.{name}", count=count) for name, count in counts.items()]
    return (wording.listing(told),) if told else ()


def breakdown(found: Found, wording: Wording) -> tuple[str, ...]:
    """ "1 merged, 2 opened": of several events the last that each item had; where none was asked for, what the items
    tell, if they are all there."""
    counts = events_of(found)
    if len(counts) < 2 and not (counts and not found.query.events):
        return ()
    if len(counts) == 1:
        [(name, n)] = counts.items()
        event = wording.text(f"counted.as.{name}")
        return (event if n == 1 else wording.text("counted.all", event=event),)
    names = (*get_args(QueryEvent), "otherwise")
    shown = (wording.text(f"counted.{name}", count=counts[name]) for name in names if counts[name])
    return (wording.listing(shown),)


def events_of(found: Found) -> Counter[str]:
    """Name of an event -> how many items had it last in the window; "otherwise": were talked about or changed."""
    if found.query.events:
        return Counter(match.event for match in found.matches if match.event)
    window = found.window
    if window is None or any(match.number not in found.items for match in found.matches):
        return Counter()
    last: list[str] = []
    for match in found.matches:
        events = [event.name for event in found.items[match.number].events if event.at in window]
        name = events[-1] if events else "otherwise"
        last.append("closed" if name == "closed_unmerged" else name)
    return Counter(last)


def kind_of(found: Found) -> Kind | None:
    """What all matches are, where that is known."""
    kinds = {
        found.items[match.number].kind if match.number in found.items else None for match in found.matches
    }
    return kinds.pop() if len(kinds) == 1 else None


def shape(found: Found) -> str:
    """Which sentence fits: something happened, anything did, or it just is so."""
    if found.query.events:
        return "happened"
    return "stirred" if found.window is not None else "there"
