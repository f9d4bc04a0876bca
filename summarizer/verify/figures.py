"""Figures: each number must be a figure of the item it stands beside, or the window's count of that very name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from summarizer.verify import counts
from summarizer.verify.case import Case, listing
from summarizer.verify.counted import Counted, counted_in
from summarizer.verify.evidence import Evidence, folded, plain_number
from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import LOGIN
from summarizer.verify.times import span_fault, unit_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summarizer.verify.reading import Subject

_FEW: Final = 3
_OF_ITEMS: Final = ("comments", "participants", "contributors", "additions", "deletions", "lines", "files", "reactions",
                    "reviews", "approvals")  # fmt: skip


def faults(case: Case) -> Iterator[Fault]:
    for counted in counted_in(case):
        fault = _judged(case, counted)
        if fault and counted.token.low == 0 and counted.token.spelled:
            yield Fault("count", f'"{counted.token.raw}" is not so: {fault.detail}')
        elif fault:
            yield fault
    yield from _ratios(case)


def _ratios(case: Case) -> Iterator[Fault]:
    """ "halves the memory", "三成": what is said of a size without a number must stand in the item, or its like."""
    masked = case.reading.masked
    for pattern, alike in case.lexicon.ratios:
        for match in pattern.finditer(masked):
            subject = case.reading.subject(*match.span())
            said = "".join(
                case.reading.tokens[at].raw if at in case.reading.tokens else masked[at]
                for at in range(*match.span())
            ).strip()
            evidence = case.evidence_of(subject)
            values = {folded(said), *alike, *_percent(said, case)}
            if evidence and not any(value in one.text for one in evidence for value in values):
                detail = f"{said} does not stand in {listing(subject.numbers)}; give no computed figures"
                yield Fault("figure", detail, said, subject.numbers)


def _percent(said: str, case: Case) -> set[str]:
    """ "百分之三" and "三成" in figures."""
    digits = case.lexicon.table("numbers.digits")
    numerals = re.sub(r"^百分之|成$", "", said)
    value = re.fullmatch(r"\d+(?:\.\d+)?", numerals)
    number = value[0] if value else "".join(str(digits[char]) for char in numerals if char in digits)
    if not number:
        return set()
    percent = number if said.startswith("百分之") else f"{number}0"
    return {f"{percent}%", f"{percent} %"} if "百分之" in said or said.endswith("成") else set()


def _judged(case: Case, counted: Counted) -> Fault | None:
    token, noun = counted.token, counted.noun
    subject = case.reading.subject(counted.at, counted.at + 1)
    if subject.outside:
        return Fault(
            "mentioned", f"#{subject.outside[0]} is known only from another item's text: no figures for it"
        )
    unit = unit_after(case, counted.at)
    if unit:
        return span_fault(case, counted.at, token, unit, subject, counted.fits)
    if token.raw.endswith(("%", "％")):
        return _percentage(case, counted, subject)
    if token.raw[0] in "+-−" and not noun:
        noun = "additions" if token.raw[0] == "+" else "deletions"
        if any(counted.fits(value, case) for one in case.evidence_of(subject) for value in one.figures(noun)):
            return None
        return _literal(case, counted, subject)
    if noun in ("pull_request", "issue", "threads", "releases"):
        return counts.fault(
            case,
            counted.at,
            counted.start,
            counted.end,
            noun,
            token,
            lambda actual: counted.fits(actual, case),
        )
    if noun in _OF_ITEMS:
        return _of_items(case, counted, subject)
    if noun == "generic" and token.spelled:
        return None
    return _literal(case, counted, subject)


def _of_items(case: Case, counted: Counted, subject: Subject) -> Fault | None:
    noun = counted.noun
    if noun == "lines":
        noun = _lines(case, counted)
    evidence = case.evidence_of(subject)
    if noun in ("participants", "contributors") and counted.fits(_logins_beside(case, counted), case):
        return None
    whole = case.lexicon.one("window").search(case.reading.masked) is not None
    if (
        noun in ("comments", "participants", "contributors")
        and not case.reading.referenced
        and (whole or not evidence)
    ):
        actual = getattr(case.facts.counts, "participants" if noun == "contributors" else noun)
        first_time = noun == "contributors" and not counted.token.low
        if counted.fits(len(case.facts.first_time) if first_time else actual, case):
            case.aggregates += 1
            return None
        if not evidence:
            detail = f"the window has {actual} {noun}, not {counted.token.raw}"
            return Fault("count", detail, words_of(case, counted))
    each = [one.figures(noun) for one in evidence]
    if each and all(any(counted.fits(value, case) for value in values) for values in each):
        return None
    if len(each) > 1 and all(each) and counted.fits(sum(max(values) for values in each), case):
        return None
    phrase = folded(counted.token.raw + case.reading.masked[counted.at + 1 : counted.end])
    if counted.at == counted.start and any(one.contains(phrase) for one in evidence):
        return None
    allowed = (
        "; ".join(f"#{one.number} {_shown(one.figures(noun))} {noun}" for one in evidence[:4])
        or f"no {noun} known"
    )
    return Fault(
        "figure",
        f"{counted.token.raw} {noun} is not a figure of the cited items: {allowed}",
        words_of(case, counted),
        subject.numbers,
    )


def words_of(case: Case, counted: Counted) -> str:
    """The figure and what it counts, as written, up to the closing bracket where one opens between them."""
    reading, end = case.reading, counted.end
    if re.search(r"[(（][^()（）]*$", reading.masked[counted.start : end]):
        closing = re.compile(r"[^()（）]{0,6}[)）]").match(reading.masked, end)
        end = closing.end() if closing else end
    return "".join(
        reading.tokens[at].raw if at in reading.tokens else reading.masked[at]
        for at in range(counted.start, end)
    ).strip()


def _shown(values: Iterable[int]) -> str:
    return "or ".join(f"{value} " for value in sorted(values)).strip() or "has unknown"


def _lines(case: Case, counted: Counted) -> str:
    """Whether lines are said to be added, removed or just changed: the verb nearest to them in their clause tells."""
    clause = case.reading.clause_at(counted.at)
    nearest: list[tuple[int, str]] = []
    for noun, key in (("additions", "nouns.added"), ("deletions", "nouns.removed")):
        for match in case.lexicon.one(key).finditer(case.reading.masked, clause.start, clause.end):
            after = match.start() >= counted.end
            nearest.append((match.start() - counted.end + 100 if after else counted.at - match.end(), noun))
    return min(nearest)[1] if nearest else "lines"


def _logins_beside(case: Case, counted: Counted) -> int:
    """How many people the sentence names, for "three contributors (A, B, C)"."""
    start, end = case.reading.sentence_at(counted.at)
    tokens = case.reading.tokens
    return (
        len(
            {
                tokens[at].raw.casefold()
                for at in range(start, end)
                if at in tokens and tokens[at].mask == LOGIN
            }
        )
        or -1
    )


def _percentage(case: Case, counted: Counted, subject: Subject) -> Fault | None:
    wanted = re.sub(r"\s|[+\-−~]", "", counted.token.raw.replace("％", "%"))
    for one in case.evidence_of(subject):
        if (
            one.contains(wanted)
            or one.contains(wanted.replace("%", " %"))
            or one.contains(wanted.replace("%", " percent"))
        ):
            return None
    return Fault(
        "figure",
        f"{counted.token.raw} does not stand in {listing(subject.numbers)}; give no computed percentages",
        counted.token.raw,
        subject.numbers,
    )


def _literal(case: Case, counted: Counted, subject: Subject) -> Fault | None:
    """A figure that counts nothing we know must stand in the item's text."""
    token = counted.token
    evidence = case.evidence_of(subject)
    masked = case.reading.masked
    measure = next(
        (text for after, text in case.lexicon.measures if after.match(masked, counted.at + 1)), None
    )
    if _stands(counted, evidence, measure):
        return None
    if token.spelled and masked[counted.end : counted.end + 1] == "-":  # "a two-step approach" counts nothing
        return None
    if evidence and _is_definite(case, counted):
        return None
    sizes = [len(subject.numbers)] if subject.explicit else []
    if token.spelled:
        sizes += [len(case.reading.cited), _logins_beside(case, counted)]
    bare = token.spelled or case.lexicon.bare_figure.match(masked, counted.at + 1)
    if bare and any(counted.fits(size, case) for size in sizes if size > 1):
        return None
    if not evidence:
        return Fault(
            "uncited", f"{token.raw} is no count of this window: write the #number of the item it belongs to"
        )
    detail = f"{token.raw} does not stand in {listing(subject.numbers)}"
    return Fault("figure", detail, words_of(case, counted), subject.numbers)


def _is_definite(case: Case, counted: Counted) -> bool:
    """ "the two parameters", "这两个参数": a small number that points back at things and tells of no others."""
    token, masked = counted.token, case.reading.masked
    return (
        token.spelled
        and token.low == token.high <= _FEW
        and not counted.noun
        and case.lexicon.one("numbers.definite").search(masked, 0, counted.at) is not None
        and case.lexicon.one("numbers.things").match(masked, counted.at + 1) is not None
    )


def _stands(counted: Counted, evidence: list[Evidence], measure: re.Pattern[str] | None) -> bool:
    """measure: the unit behind the figure, which must then stand behind it in the item too."""
    token = counted.token
    if measure is not None:
        value = f"{token.low:g}" if token.low >= 0 else token.raw
        written = rf"(?<![\d.])(?:{re.escape(value)}|{re.escape(token.raw.strip('~+-− '))})"
        return any(re.search(written + measure.pattern, one.raw) for one in evidence)
    if token.spelled and token.low == token.high:
        return any(str(int(token.low)) in one.numbers or folded(token.raw) in one.words for one in evidence)
    plain = plain_number(token.raw.lstrip("+-−~").strip())
    return any(plain in one.numbers or one.contains(folded(token.raw)) for one in evidence)
