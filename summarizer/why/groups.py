"""The groups below the line that answers: window, topics, filters, points, sections. Each is a list of plain lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer import pages
from summarizer.assessments import KEY_IMPORTANCE
from summarizer.extract.sentences import shorten
from summarizer.rubric import MOST_MOVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.rubric import Part
    from summarizer.why.findings import Cause, Heat, Membership, Miss, Scores, Tested, Verdict
    from summarizer.why.wording import Wording

_EVENTS_INSIDE, _EVENTS_OUTSIDE = 6, 3
_SECTIONS, _CLAIM_CHARS = 5, 150
_SOUGHT = 5
_SMALL: Final = 0.05
"""Points below this are shown as none."""

_OF_COUNTS: Final = frozenset({"warnings.partial", "warnings.items_missing", "warnings.comments_missing"})
"""What a digest says of its counts, of which nothing is told here."""

_PLAIN: Final[frozenset[Cause]] = frozenset({"before", "after", "merged"})
"""Why an item is in no list where nobody would look for it; told where it was asked why not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A bullet, and those below it."""

    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    lines: tuple[Line, ...]


def groups(wording: Wording) -> tuple[Group, ...]:
    """Those that have anything to say, in their order."""
    told = (
        ("window", tuple(Line(each) for each in _window(wording))),
        ("topics", tuple(_topic(each, wording) for each in wording.why.topics)),
        ("filters", tuple(Line(_filter(each, wording)) for each in wording.why.filters)),
        ("scores", tuple(Line(each) for each in _scores(wording))),
        ("sections", tuple(Line(each) for each in _sections(wording))),
    )
    return tuple(Group(wording.text(f"group.{key}"), lines) for key, lines in told if lines)


def notes(wording: Wording) -> str:
    """What has to be said of the data: what it lacks, and what that means here; what every digest says. "" for none."""
    why = wording.why
    told = [] if why.digest.facts.complete else [wording.text("incomplete")]
    for key, text in pages.warnings(why.digest, wording.language):
        is_of_texts = key.startswith("warnings.") and key not in _OF_COUNTS and why.item is not None
        if key.startswith("coverage.") or is_of_texts:
            told.append(text)
    return str(wording.language.get("digest.sentence_gap")).join(told)


# --- window


def _window(wording: Wording) -> Iterator[str]:
    why, window = wording.why, wording.why.digest.facts.window
    yield wording.text("window.so_far" if window.so_far else "window.span", span=wording.span)
    if why.life is None:
        return
    inside = wording.stretch(why.life.inside, why.then or why.item, _EVENTS_INSIDE)
    yield wording.text("window.inside", told=inside) if inside else wording.text("window.nothing")
    for key in ("before", "after"):
        told = wording.stretch(getattr(why.life, key), why.item, _EVENTS_OUTSIDE)
        if told:
            yield wording.text(f"window.{key}", told=told)
    yield from _lists(wording)
    yield from _states(wording)


def _lists(wording: Wording) -> Iterator[str]:
    why = wording.why
    standing = [
        wording.text("quoted", text=wording.place(each.place)) for each in why.verdicts if each.stands
    ]
    if standing:
        yield wording.text("window.lists", lists=wording.listing(standing))
    for each in why.verdicts:
        is_told = each.cause != "never" and (why.negated or each.cause not in _PLAIN)
        if not each.stands and is_told and why.presence not in ("absent", "not_yet"):
            yield _kept_out(each, wording)
    if why.heat is not None:
        yield _heat(why.heat, wording)


def _kept_out(verdict: Verdict, wording: Wording) -> str:
    kind = "hot" if verdict.place == "hot" else "list"
    cause = f"cause.{verdict.cause}"
    if kind == "hot" and wording.language.has(f"why.cause.hot_{verdict.cause}"):
        cause = f"cause.hot_{verdict.cause}"
    return wording.text(
        "window.not_in",
        list=wording.text("quoted", text=wording.place(verdict.place)),
        cause=wording.text(cause, at=wording.when(verdict.at) if verdict.at else ""),
    )


def _heat(heat: Heat, wording: Wording) -> str:
    return wording.text(
        "window.heat",
        n=heat.of,
        place=heat.place,
        comments=wording.text("talk.comments", n=heat.comments),
        people=wording.people(heat.participants) if heat.participants else wording.text("nobody_known"),
        shown=heat.shown,
    )


def _states(wording: Wording) -> Iterator[str]:
    item, then = wording.why.item, wording.why.then
    if item is not None and then is not None and then.state != item.state:
        states = (wording.state(each) for each in (then, item))
        yield wording.text("window.states", **dict(zip(("then", "now"), states, strict=True)))
    if wording.why.missing is not None:
        yield wording.text("window.gone")
    elif item is not None and item.comments_total is not None and item.comments_total > len(item.comments):
        yield wording.text("window.unread", held=len(item.comments), total=item.comments_total)


# --- topics


def _topic(each: Membership, wording: Wording) -> Line:
    topic = wording.topic(each.topic)
    if each.tier is not None:
        tier = wording.language.text(f"extract.topic.{each.tier}")
        text = wording.text(
            "topic.member", topic=topic, tier=tier, reasons=wording.because(each.reasons, "reason")
        )
    else:
        text = wording.text("topic.none", topic=topic)
    return Line(text, tuple(_beneath(each, wording)))


def _beneath(each: Membership, wording: Wording) -> Iterator[str]:
    for mend in each.mends:
        yield wording.mend(mend)
    if each.mends and each.by_rules is None:
        yield wording.text("rules.none")
    elif each.mends:
        tier = wording.language.text(f"extract.topic.{each.by_rules}")
        yield wording.text("rules.some", tier=tier, reasons=wording.because(each.rule_reasons, "reason"))
    is_asked = each.topic.key in wording.why.asked
    if each.tier is None or (wording.why.negated and is_asked):
        for miss in each.misses:
            yield _miss(miss, wording)
    number = str(wording.why.number)
    if each.tier is None and (each.misses or is_asked):
        yield wording.text("topic.add", command=wording.command("topic", each.topic.key, "add", number))
    elif is_asked and each.tier is not None:
        yield wording.text("topic.remove", command=wording.command("topic", each.topic.key, "remove", number))


def _miss(miss: Miss, wording: Wording) -> str:
    key = f"miss.{miss.field}_{miss.fault}"
    if not wording.language.has(f"why.{key}"):
        key = f"miss.{miss.fault}"
    return wording.text(
        key,
        field=wording.text(f"field.{miss.field}"),
        values=wording.values(miss.values) if miss.field != "linked" else wording.listing(miss.values),
        n=len(miss.values),
        sought=wording.values(miss.sought, _SOUGHT),
        undone=wording.values(miss.undone),
        share=f"{miss.share:.0%}",
    )


# --- filters


def _filter(each: Tested, wording: Wording) -> str:
    kind = "unknown" if each.seen is None else "seen" if each.seen else "nothing"
    own = f"filter.{kind}_{each.filter.key}"
    seen = wording.text(
        own if wording.language.has(f"why.{own}") else f"filter.{kind}",
        values=wording.values(each.seen or ()),
    )
    return wording.text(
        "filter.passes" if each.passed else "filter.fails", filter=wording.filter(each.filter), seen=seen
    )


# --- points


def _scores(wording: Wording) -> Iterator[str]:
    scores = wording.why.scores
    if scores is None:
        return
    for name, parts in (("importance", scores.importance), ("insight", scores.insight)):
        yield _points(name, parts, scores, wording)
    if scores.place is not None:
        yield wording.text("score.place", place=scores.place, n=scores.of)
    yield wording.text(f"score.{scores.key}", least=KEY_IMPORTANCE)


def _points(name: str, parts: Sequence[Part], scores: Scores, wording: Wording) -> str:
    used, code = getattr(scores.used, name), getattr(scores.code, name)
    told = wording.text(
        "score.by_code", name=wording.text(f"score.{name}"), points=code, parts=_sum(parts, scores, wording)
    )
    if not scores.used.by_model:
        return told
    return wording.text(
        "score.by_model", name=wording.text(f"score.{name}"), points=used, most=MOST_MOVED, code=told
    )


def _sum(parts: Sequence[Part], scores: Scores, wording: Wording) -> str:
    """ "3.4 bug fix, +0.9 core path, -0.5 draft": parts of the same signal together."""
    sums: dict[str, float] = {}
    for part in parts:
        sums[part.signal] = sums.get(part.signal, 0.0) + part.points
    category = scores.code.category
    kind = wording.language.text(f"digest.category.{category}") if category else wording.text("no_category")
    told = [
        wording.text(
            "score.part", points=f"{points:+.1f}", signal=wording.text(f"signal.{signal}", kind=kind)
        )
        for signal, points in sums.items()
        if abs(points) >= _SMALL
    ]
    return wording.listing(told) if told else wording.text("score.nothing")


# --- sections


def _sections(wording: Wording) -> Iterator[str]:
    why = wording.why
    for each in why.cited[:_SECTIONS]:
        text = shorten(each.text, _CLAIM_CHARS)
        yield wording.text("section.cites" if text else "section.names", section=each.title, text=text)
    if len(why.cited) > _SECTIONS:
        yield wording.text("section.more", n=len(why.cited) - _SECTIONS)
    if why.cited or why.presence == "missing":
        return
    if why.presence in ("listed", "hot", "stirred"):
        scores = why.scores
        place = scores.place if scores else None
        key = "section.below" if place else "section.only_stirred"
        yield wording.text(key, place=place, n=scores.of if scores else 0)
        return
    yield wording.text(f"section.{why.presence}")
