"""Comparing: two queries side by side: how many each found, and of what kind. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from summarizer.digests import Table
from summarizer.questions import leads, phrases
from summarizer.questions.query import QueryEvent
from summarizer.questions.understood import Parts, differing, joined, parts_of

if TYPE_CHECKING:
    from summarizer.questions.found import Found
    from summarizer.questions.query import Query
    from summarizer.questions.wording import Wording

_MOST_PARTS = 2
_SPREAD = 0.05
"""By how much two spans of time may differ and still count as equally long."""


def told(found: Found, against: Found, wording: Wording) -> tuple[str, tuple[Table, ...], tuple[str, ...]]:
    """The line that answers, the counts of both sides, and what makes them hard to compare."""
    parts, others = _parts(found, wording), _parts(against, wording)
    left, right = _names((found, against), (parts, others), wording)
    common = _together(_common(parts, others), found.query, wording)
    n, m = len(found.matches), len(against.matches)
    ordered = ((left, n), (right, m)) if n >= m else ((right, m), (left, n))
    first = wording.text(
        "compare.counts",
        first=ordered[0][0],
        most=ordered[0][1],
        second=ordered[1][0],
        least=ordered[1][1],
        common=wording.text("compare.common", parts=common) if common else "",
    )
    beside = []
    if not (leads.is_whole(found) and leads.is_whole(against)):
        first = wording.text("compare.seen_so", said=first)
    elif next(iter(differing(parts, others))) != "topics":  # whose titles are spelt as they are
        first = first[:1].upper() + first[1:]
    if _uneven(found, against):
        beside.append(
            wording.text(
                "compare.uneven",
                left=wording.spaced(_lasting(found, wording)).lstrip(),
                right=wording.spaced(_lasting(against, wording)).rstrip(),
            )
        )
    return first, (_table(found, against, (left, right), wording),), tuple(beside)


def _parts(found: Found, wording: Wording) -> Parts:
    parts = parts_of(found.query, wording, window=found.window, mirror_from=found.mirror_from)
    return {name: part for name, part in parts.items() if name != "form"}


def _common(parts: Parts, others: Parts) -> Parts:
    return {name: part for name, part in parts.items() if others.get(name) == part}


def _together(parts: Parts, query: Query, wording: Wording) -> str:
    """ "open PRs merged, Mon 8 Dec to now": what both sides ask for, as people would say it."""
    told = dict(parts)
    if query.window is None:  # which is nothing that they ask for
        told.pop("window", None)
    if "states" in told and (states := phrases.adjectives(query, wording)):
        told = {**told, "states": states}
        if "kind" in told:
            told["kind"] = f"{told.pop('states')} {told['kind']}"
    if "kind" in told and "events" in told:
        kind, event = told.pop("kind"), wording.spaced(told.pop("events"))
        told = {"kind": wording.text("compare.kind_and_event", kind=kind, event=event).strip(), **told}
    return wording.text("compare.between").join(told.values())


def _names(sides: tuple[Found, Found], parts: tuple[Parts, Parts], wording: Wording) -> tuple[str, str]:
    """What the sides are called: by what only they ask for, where that is not too much to say."""
    own = differing(parts[0], parts[1]), differing(parts[1], parts[0])
    if max(map(len, own)) > _MOST_PARTS:
        return wording.text("compare.left"), wording.text("compare.right")
    return _name(own[0], sides[0], wording), _name(own[1], sides[1], wording)


def _name(parts: Parts, found: Found, wording: Wording) -> str:
    """What a side is called by these parts of its query; a window by its name."""
    if set(parts) == {"window"}:
        return phrases.period(found.query, found.window, wording) or joined(parts, wording)
    return joined(parts, wording)


def _uneven(found: Found, against: Found) -> bool:
    if found.window is None or against.window is None:
        return found.window is not against.window
    left, right = found.window.duration, against.window.duration
    return abs(left - right) > _SPREAD * max(left, right)


def _lasting(found: Found, wording: Wording) -> str:
    if found.window is None:
        return wording.text("compare.always")
    return wording.times.lasting(found.window.duration)


def _table(found: Found, against: Found, names: tuple[str, str], wording: Wording) -> Table:
    sides = (found, against)
    rows = [(wording.text("compare.total"), *(str(len(side.matches)) for side in sides))]
    for name in ("about", "tagged"):
        if any(getattr(side, name) is not None for side in sides):
            cells = (getattr(side, name) for side in sides)
            rows.append(
                (wording.text(f"compare.{name}"), *("" if cell is None else str(cell) for cell in cells))
            )
    counts = [leads.events_of(side) for side in sides]
    happened = [name for name in (*get_args(QueryEvent), "otherwise") if any(count[name] for count in counts)]
    is_known = all(count.total() == len(side.matches) for count, side in zip(counts, sides, strict=True))
    if is_known and len(happened) > 1:
        rows += [
            (wording.text(f"compare.{name}"), *(str(count[name]) for count in counts)) for name in happened
        ]
    authors = [len({match.author for match in side.matches if match.author}) for side in sides]
    rows.append((wording.text("compare.authors"), *map(str, authors)))
    if all(side.window is not None for side in sides):
        comments = [sum(match.comments for match in side.matches) for side in sides]
        rows.append((wording.text("compare.comments"), *map(str, comments)))
    return Table("", ("", *names), tuple(rows))
