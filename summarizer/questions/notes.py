"""Notes: what a reader has to know beside an answer: what was left out or is missing, what to ask next. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from summarizer.questions import leads
from summarizer.questions.statuses import missing
from summarizer.questions.wording import spaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.items import Seen
    from summarizer.languages import Language
    from summarizer.questions.found import Found
    from summarizer.questions.query import Query
    from summarizer.questions.times import Times
    from summarizer.questions.wording import Wording

_WORDS = 8
"""Words of the question that are told to be left out."""
_FEW = 4
"""Words that somebody may want to look for; more are a sentence."""
_WORD = re.compile(r"[^\W_]{1,40}(?:-[^\W_]{1,40}){0,3}")
"""What may be repeated in an example of what to write: no markup, no mention, no address."""
BEGINS = "answers.before_mirror"
"""The gap that the data begins later than what is asked for."""
LASTING = frozenset({"coverage.sample", "warnings.retold"})
"""Gaps that are the same below every answer, and so stand last."""
_PARTIAL, _SAMPLE = "partial", "sample"
"""The warning that something is missing, and why nothing before the sample can be fetched."""
_MOST_SHOWN = 50
"""So many items are offered to be shown at once."""
_LAG = timedelta(hours=1)
"""How far the mirror may be behind before it is worth a word."""


def unread(words: Sequence[str], wording: Wording) -> Iterator[str]:
    if words:
        yield wording.text("note.unread", words=left_out(words, wording))


def words(unread: Sequence[str], wording: Wording) -> Iterator[str]:
    """How to look for the words that were not understood, where they may be what is looked for."""
    plain = [word for word in unread if _WORD.fullmatch(word)]
    if plain and len(unread) <= _FEW:
        yield wording.text("note.words", words=wording.typed(" ".join(plain)))


def left_out(words: Sequence[str], wording: Wording) -> str:
    """Words that were not understood, in quotes; of many the first."""
    shown = wording.listing(wording.quoted(word) for word in words[:_WORDS])
    left = len(words) - _WORDS
    return wording.language.text("extract.and_more", numbers=shown, count=left) if left > 0 else shown


def gaps(found: Found, language: Language, times: Times) -> dict[str, str]:
    """What the data lacks, of either side of a comparison: a key, which is stable, and the sentence; what is LASTING
    comes last."""
    told = dict(_gaps(found, language, times))
    if found.against is not None:
        told |= dict(_gaps(found.against, language, times))
    if not told and not leads.is_whole(found) and not found.missing:  # which says itself that it is missing
        told["digest.incomplete"] = language.text("digest.incomplete")
    return dict(sorted(told.items(), key=lambda one: one[0] in LASTING))


def _gaps(found: Found, language: Language, times: Times) -> Iterator[tuple[str, str]]:
    if told := _reaches_back(found, language, times):
        yield BEGINS, told
    items, comments = found.coverage.items, found.coverage.comments
    for reason in found.coverage.reasons:
        key = f"coverage.{reason}"
        if language.has(key):
            values = {"n": items.seen, "seen": items.seen, "expected": _expected(items, language)}
            values |= {"comments_seen": comments.seen, "comments_expected": _expected(comments, language)}
            yield key, language.text(key, **values)
    if found.untold:
        yield "answers.untold", language.text("answers.note.untold", n=found.untold)
    is_told = bool(
        found.coverage.reasons
    )  # why the data is not complete, so that it need not be said that it is not
    for notice in found.warnings:
        if not (is_told and notice.key == _PARTIAL):
            key = f"warnings.{notice.key}"
            yield key, language.text(key, **notice.values)


def _reaches_back(found: Found, language: Language, times: Times) -> str:
    """Since when there is data, and how to get what was before; "" where nothing before is asked for, or there is no
    way."""
    is_sample = _SAMPLE in found.coverage.reasons
    if is_sample or not leads.begins_before(found) or found.mirror_from is None:
        return ""
    since = spaced(times.moment(found.mirror_from), language)
    if found.window is None:
        return "" if found.missing else language.text("answers.note.begins", since=since)
    days = -((found.window.since - found.now) // timedelta(days=1))
    if found.window.since >= found.mirror_from:  # further back than that, nobody knows how far
        days *= 2
    return language.text("answers.note.before_mirror", since=since, command=f"`sync since:{days}d`")


def _expected(seen: Seen, language: Language) -> object:
    return language.text("digest.unknown") if seen.expected is None else seen.expected


def lag(found: Found, wording: Wording) -> Iterator[str]:
    """That the mirror is behind, where the answer goes up to now."""
    is_open = found.window is None or found.window.so_far
    if is_open and found.synced_until is not None and found.now - found.synced_until > _LAG:
        times = wording.times
        until = wording.spaced(times.moment(found.synced_until)).rstrip()
        yield wording.text("note.lag", until=until, ago=times.ago(found.synced_until))


def numbers(found: Found, wording: Wording) -> Iterator[str]:
    for number, why in found.missing.items():
        yield missing(number, why, wording)


def elsewhere(found: Found, assumed: Sequence[str], wording: Wording) -> Iterator[str]:
    """Where nothing matches: how much does at another time, and how to ask for that."""
    if found.matches or found.window is None:
        return
    if found.outside == 0:
        if found.mirror_from is None and found.complete:  # else there may be some that nobody has seen
            yield wording.text("note.nowhere")
    elif found.outside:
        is_exact = found.mirror_from is None and found.complete
        yield wording.text("note.outside" if is_exact else "note.outside_least", n=found.outside)
    elif "window" in assumed:
        span = wording.times.span(found.window)
        yield wording.text("note.assumed", span=wording.spaced(span).rstrip())


def more(left: int, found: Found, wording: Wording, *, in_conversation: bool) -> Iterator[str]:
    """How to see those that are not shown, or fewer of them. left: how many are not shown."""
    if left <= 0 or found.query.limit is not None:  # as many as were asked for
        return
    most = min(len(found.matches), _MOST_SHOWN)
    if found.query.form != "who":  # else it would be so many people
        yield wording.text("note.see_more" if in_conversation else "note.ask_more", most=most)
    if in_conversation and (examples := list(_narrower(found.query, wording))):
        yield wording.text("note.refine", examples=wording.any_of(examples))


def _narrower(query: Query, wording: Wording) -> Iterator[str]:
    """What may be said to be shown less, without what is said already."""
    if query.kind != "issue" and not query.events and not query.states:
        yield wording.text("refine.merged")
    if not any(part.role == "author" for part in query.people) and not query.organisations:
        yield wording.text("refine.author")
    if query.window is None and not query.numbers:
        yield wording.text("refine.window")
    yield wording.text("refine.limit")
