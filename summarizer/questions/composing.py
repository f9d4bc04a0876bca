"""Composing: what a query found as an answer, by code alone. Found in, Answer out; pure and deterministic.

The first line answers, in the form that was asked for. "None" is said of complete data alone, with what was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer.digests import Claim, Table
from summarizer.questions import comparing, extracting, leads, notes, ordering, people, reasons, trending
from summarizer.questions.answer import Answer, Choice, Row
from summarizer.questions.statuses import (
    all_missing,
    as_asked,
    conditions,
    counted,
    some_of,
    status,
    tells_state_alone,
)
from summarizer.questions.times import Times
from summarizer.questions.understood import differing, joined, parts_of, understood
from summarizer.questions.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from summarizer.languages import Language
    from summarizer.questions.found import Found
    from summarizer.questions.query import Form, Query
    from summarizer.topics import TopicRules

SHOWN = 20
"""Items of an answer, where nobody says how many."""

_BESIDE_PEOPLE = 5
"""Items that are shown as examples where the answer is people."""
_JUDGING: frozenset[Form] = frozenset({"list", "yes_no", "count", "who", "compare", "trend"})
"""Forms whose first line is a verdict or a number, which words that were not understood may turn round."""
_FEW = 3
"""Numbers whose standing is told one by one."""
_STANDING: frozenset[Form] = frozenset({"list", "yes_no"})
"""Forms in which it is told one by one."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a form makes of what was found. most: how many items follow unless the query says, 0 none, None the usual.
    numbers: these follow, instead of what matched."""

    first: str
    tables: tuple[Table, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    most: int | None = None
    numbers: tuple[int, ...] = ()


def compose(
    found: Found,
    language: Language,
    *,
    rules: TopicRules,
    unread: Sequence[str] = (),
    assumed: Sequence[str] = (),
    in_conversation: bool = False,
    shown: int = SHOWN,
    tz: str = "UTC",
) -> Answer:
    """The answer to a query, with the items that prove it.

    unread, assumed: as in the reading of the question. in_conversation: a next message may refine the query.
    shown: so many items at most, unless the query says how many. tz: an IANA name, of the times without a window.
    """
    wording = _wording(found, language, rules, tz)
    line = understood(
        found.query,
        wording,
        window=found.window,
        against=found.against.window if found.against else None,
        mirror_from=found.mirror_from,
    )
    beside = tuple(notes.unread(unread, wording))
    said = _say(found, wording, verdict=not unread)
    first = said.first
    if unread and found.query.form in _JUDGING:
        first, beside = _leaving_out(unread, first, wording), ()
    most = shown if said.most is None else min(shown, said.most)
    rows = _rows(found, most and (found.query.limit or most), wording)
    if said.numbers:
        why = {row.number: row.why for row in rows}
        rows = tuple(Row(number, why.get(number, ())) for number in said.numbers)
    left = max(0, len(found.matches) - len(rows)) if most else 0
    is_told = bool(found.missing) and said.first == all_missing(found, wording)
    gaps = notes.gaps(found, language, wording.times)
    if found.window is None and leads.says_since(found):
        gaps.pop(notes.BEGINS, None)
    beside += (
        *said.notes,
        *(() if is_told else notes.numbers(found, wording)),
        *(text for key, text in gaps.items() if key not in notes.LASTING),
        *notes.lag(found, wording),
        *notes.elsewhere(found, assumed, wording),
        *notes.more(left, found, wording, in_conversation=in_conversation),
        *(text for key, text in gaps.items() if key in notes.LASTING),
    )
    return Answer(
        language.code,
        line,
        first,
        found,
        rows,
        left,
        said.tables,
        said.claims,
        tuple(dict.fromkeys(beside)),
        unread=tuple(unread),
    )


def unanswered(
    query: Query,
    language: Language,
    *,
    rules: TopicRules,
    now: datetime,
    unread: Sequence[str] = (),
    problems: Sequence[str] = (),
    tz: str = "UTC",
) -> Answer:
    """The answer where nothing can be looked for: what is wrong with the question, or that it was not understood.

    problems: what it names and cannot be, as sentences that say how to write it.
    """
    wording = Wording(language, rules, Times(language, tz, now))
    first = problems[0] if problems else wording.text("not_understood")
    beside = (
        *problems[1:],
        *notes.unread(unread, wording),
        *notes.words(unread, wording),
        wording.text("examples"),
    )
    line = understood(query, wording) if problems else ""  # there is no query that could be misread
    return Answer(language.code, line, first, notes=beside, unread=tuple(unread))


def ask_back(
    readings: Sequence[Found],
    language: Language,
    *,
    rules: TopicRules,
    unread: Sequence[str] = (),
    in_conversation: bool = False,
    tz: str = "UTC",
) -> Answer:
    """The question asked back: each reading with how many it finds. readings: at least two; the likeliest first.
    in_conversation: a next message may choose one."""
    first = readings[0]
    wording = _wording(first, language, rules, tz)
    parts = [
        parts_of(each.query, wording, window=each.window, mirror_from=each.mirror_from) for each in readings
    ]
    choices = []
    for place, each in enumerate(readings):
        others = [one for at, one in enumerate(parts) if at != place]
        told = {name: part for other in others for name, part in differing(parts[place], other).items()}
        ordered = {name: part for name, part in parts[place].items() if name in told}
        choices.append(Choice(each.query, joined(ordered, wording), len(each.matches)))
    line = understood(first.query, wording, window=first.window, mirror_from=first.mirror_from)
    return Answer(
        language.code,
        line,
        wording.text("ambiguous", n=len(choices)),
        notes=(
            wording.text("choose.how" if in_conversation else "choose.say"),
            *notes.unread(unread, wording),
        ),
        choices=tuple(choices),
        unread=tuple(unread),
    )


def _wording(found: Found, language: Language, rules: TopicRules, tz: str) -> Wording:
    imported = "imported" in found.coverage.reasons
    zone = found.window.tz if found.window else tz
    return Wording(language, rules, Times(language, zone, found.now, imported))


def _say(found: Found, wording: Wording, *, verdict: bool) -> _Said:
    """verdict: whether "yes" and "no" may be said."""
    query = found.query
    if query.numbers and len(query.numbers) == len(found.missing):
        return _Said(all_missing(found, wording), most=0)
    are_several = query.form == "explain" and len(query.numbers) > 1
    if (query.form in _STANDING or are_several) and 0 < len(query.numbers) <= _FEW:
        return _standing(
            found, wording, verdict=verdict and query.form == "yes_no" and bool(conditions(query))
        )
    form = "list" if query.form == "yes_no" and not verdict else query.form
    return _FORMS[form](found, wording)


def _standing(found: Found, wording: Wording, *, verdict: bool) -> _Said:
    """Whether items that are asked for by number are as was asked, each with how it does stand."""
    matched = {match.number for match in found.matches}
    known = [number for number in found.query.numbers if number not in found.missing]
    said = wording.text("gap").join(as_asked(number, found, wording) for number in known)
    is_sure = not found.untold and (tells_state_alone(found.query) or leads.is_whole(found))
    is_all = matched.issuperset(known)
    if verdict and not (found.missing if is_all else found.untold):  # else each is told for itself
        key = "yes" if is_all else "partly" if matched else "no" if is_sure else "unsure"
        said = wording.text(f"yes_no.{key}_is", said=said)
    return _Said(said, numbers=tuple(number for number in known if number in found.items))


def _list(found: Found, wording: Wording) -> _Said:
    shown = [found.items[match.number] for match in found.matches if match.number in found.items]
    if found.query.numbers and not conditions(found.query) and len(shown) == len(found.matches) > 0:
        return _Said(counted(shown, wording))
    if found.query.numbers and found.matches and not found.untold:
        return _Said(some_of(found, wording))
    return _Said(ordering.led_in(leads.told(found, wording), found, wording))


def _count(found: Found, wording: Wording) -> _Said:
    if found.query.numbers and found.matches and not found.untold:
        return _Said(some_of(found, wording))
    return _Said(ordering.led_in(leads.told(found, wording), found, wording))


def _yes_no(found: Found, wording: Wording) -> _Said:
    if 0 < len(found.matches) < len(found.query.numbers) and not found.untold:
        return _Said(wording.text("yes_no.partly_is", said=some_of(found, wording)))
    said = leads.told(found, wording)
    key = "yes" if found.matches else "no" if leads.is_whole(found) else "unsure"
    said = wording.text(f"yes_no.{key}", said=wording.within(said))
    return _Said(ordering.led_in(said, found, wording))


def _who(found: Found, wording: Wording) -> _Said:
    if not found.matches:
        return _Said(ordering.led_in(leads.none(found, wording), found, wording))
    first, tables, beside = people.told(found, wording)
    if not leads.is_whole(found) and not found.query.numbers:
        first = wording.text("compare.seen_so", said=wording.within(first))
    return _Said(first, tables, notes=beside, most=_BESIDE_PEOPLE)


def _compare(found: Found, wording: Wording) -> _Said:
    if found.against is None:
        return _list(found, wording)
    first, tables, beside = comparing.told(found, found.against, wording)
    return _Said(first, tables, notes=beside, most=0)


def _trend(found: Found, wording: Wording) -> _Said:
    if not found.matches:
        return _Said(ordering.led_in(leads.none(found, wording), found, wording))
    first, tables, beside = trending.told(found, wording)
    return _Said(first, tables, notes=beside, most=0)


def _explain(found: Found, wording: Wording) -> _Said:
    if len(found.matches) != 1 or found.matches[0].number not in found.items:
        return _list(found, wording)
    item = found.items[found.matches[0].number]
    return _Said(status(item, wording), claims=extracting.told(item, found, wording))


_FORMS: dict[Form, Callable[[Found, Wording], _Said]] = {
    "list": _list,
    "count": _count,
    "yes_no": _yes_no,
    "who": _who,
    "compare": _compare,
    "trend": _trend,
    "explain": _explain,
}


def _leaving_out(unread: Sequence[str], said: str, wording: Wording) -> str:
    """`said` of a question of which words were not understood: whatever they mean may turn it round."""
    words = notes.left_out(unread, wording)
    return wording.text("leaving_out", words=words, n=len(unread), said=wording.within(said))


def _rows(found: Found, limit: int, wording: Wording) -> tuple[Row, ...]:
    """The first matches, or where there are none what comes closest."""
    if found.matches or not found.near:
        return tuple(Row(match.number, reasons.why(match, found, wording)) for match in found.matches[:limit])
    return tuple(
        Row(number, (wording.text("why.near"), *reasons.words_found(found.items[number], found, wording)))
        for number in found.near[:limit]
        if number in found.items
    )
