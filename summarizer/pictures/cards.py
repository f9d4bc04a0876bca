"""Cards: the pictures that chats and social sites show beside a link, 1200 by 630. Pure.

They are mostly seen as wide as a thumb, so that they tell few things in large words: what it is of, when, and how much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from summarizer.activity import activity
from summarizer.escaping import fill
from summarizer.extract import period_label
from summarizer.markup import one_line
from summarizer.measure import fitted, width
from summarizer.pictures import topics
from summarizer.plot import Bar, Frame, Plot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from summarizer.digests import Digest
    from summarizer.languages import Language

WIDTH, HEIGHT = 1200, 630

COUNTED: Final = ("prs_merged", "prs_opened", "issues_opened", "issues_closed")

_EDGE: Final = 72
_ROOM: Final = WIDTH - 2 * _EDGE
_BIG, _FIGURE, _WORD = 66, 84, 30
_COLUMN: Final = _ROOM // len(COUNTED)
_MOST_TOPICS: Final = 4
_SHORT_H: Final = 23
"""Hours that a window has at most whose hours are told."""
_STRIP: Final = Frame(
    WIDTH,
    HEIGHT,
    _EDGE,
    WIDTH - _EDGE,
    490,
    622,
    apart=0,
    has_weekdays=False,
    edge=_EDGE,
    heads=(0, 0, 0),
    widest=120,
)
_TOP, _BOTTOM = 508, 600
"""Of the strip, within the margins that a plot leaves for figures."""


@dataclass(frozen=True, slots=True)
class _Count:
    figure: str
    size: float
    label: str
    kind: str
    x: int


def card(digest: Digest, language: Language) -> str:
    """The card of a digest, as SVG, ending in a newline."""
    facts = digest.facts
    shown = activity(facts)
    silent = tuple(replace(bucket, comments=0) for bucket in shown.buckets)
    plot = Plot(replace(shown, buckets=silent), _STRIP)
    if digest.edition == "release":  # its tag stands in the title alone
        big = one_line(digest.title)
    else:
        big = period_label(facts.window, digest.edition, language)
        if facts.window.duration.total_seconds() <= _SHORT_H * 3600:
            since, until = (
                each.astimezone(facts.window.zone) for each in (facts.window.since, facts.window.until)
            )
            big += f" · {since:%H:%M}–{until:%H:%M}"
    told = [
        language.text("chart.rows.row", what=each.name, n=each.now)
        for each in topics.counts(facts, language)[:_MOST_TOPICS]
        if each.now
    ]
    return _card(
        language,
        repo=facts.repo,
        kind=language.text(f"chart.card.{digest.edition}"),
        big=big,
        counts={name: getattr(facts.counts, name) for name in COUNTED},
        below=_held(told, language),
        bars=[bar for place in range(len(silent)) for bar in plot.bars(place)],
        zero=plot.zero,
        empty=language.text("chart.card.nothing") if plot.is_empty else "",
    )


def front_card(
    repo: str,
    language: Language,
    *,
    title: str = "",
    counts: Mapping[str, int] | None = None,
    strip: Sequence[int] = (),
) -> str:
    """The card of a repository's front page. title, counts: of its newest digest, as `facts.Counts` names them; none
    where nothing is kept. strip: how much happened in each of the last digests, the oldest first."""
    most, slot = max(strip, default=0), _ROOM / max(1, len(strip))
    wide = min(slot * 0.72, _STRIP.widest)
    high = _BOTTOM - _TOP
    bars = [
        Bar(
            "prs_opened",
            _EDGE + (place + 0.5) * slot - wide / 2,
            _BOTTOM - high * count / most,
            wide,
            high * count / most,
        )
        for place, count in enumerate(strip)
        if count
    ]
    return _card(
        language,
        repo=repo,
        kind=language.text("chart.card.archive"),
        big=one_line(repo),
        counts=counts or {},
        below=language.text("chart.card.latest", title=one_line(title))
        if title
        else language.text("chart.card.none"),
        bars=bars,
        zero=_BOTTOM,
    )


def _card(
    language: Language,
    *,
    repo: str,
    kind: str,
    big: str,
    counts: Mapping[str, int],
    below: str,
    bars: Sequence[Bar],
    zero: float,
    empty: str = "",
) -> str:
    repo = one_line(repo)
    is_front = big == repo
    name = fitted("vllm-digest" if is_front else repo, _ROOM - 80 - width(kind, _WORD) - 40, 34, is_bold=True)
    size = min(float(_BIG), max(40.0, _BIG * _ROOM / width(big, _BIG, is_bold=True)))
    return fill(
        "card.svg.jinja",
        lang=language.code,
        width=WIDTH,
        height=HEIGHT,
        edge=_EDGE,
        name=name,
        kind=kind,
        alt=language.text("chart.card.alt", repo=repo, title=kind if is_front else f"{kind} · {big}"),
        big=fitted(big, _ROOM, size, is_bold=True),
        size=size,
        counts=list(_counts(counts, language)),
        below=fitted(below, _ROOM, _WORD),
        word=_WORD,
        bars=bars,
        zero=zero,
        empty=empty,
    )


def _counts(counts: Mapping[str, int], language: Language) -> Iterable[_Count]:
    told = [name for name in COUNTED if name in counts]
    for place, name in enumerate(told):
        figure = f"{counts[name]:,}"
        size = min(_FIGURE, _FIGURE * (_COLUMN - 40) / width(figure, _FIGURE, is_bold=True))
        label = fitted(language.text(f"chart.card.{name}"), _COLUMN - 24, _WORD)
        yield _Count(figure, size, label, name, _EDGE + place * _COLUMN)


def _held(told: Sequence[str], language: Language) -> str:
    """As many of them as a line holds, whole."""
    between = str(language.get("digest.between"))
    for many in range(len(told), 1, -1):
        line = between.join(told[:many])
        if width(line, _WORD) <= _ROOM:
            return line
    return told[0] if told else ""
