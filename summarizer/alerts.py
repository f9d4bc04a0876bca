"""Alerts: reverts, CI failures and regressions, found by code alone, since they stand first in a digest.

Only what is said in so many words counts: a label, a prefix of a title, a sentence that tells a regression. A false
alarm costs more than one that is missed: whoever cried wolf is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from summarizer import reverts
from summarizer.stories import reverted_by
from summarizer.topics.dumps import strip_dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.facts import Facts
    from summarizer.items import Item

AlertKind = Literal["revert", "ci_failure", "regression"]
Settled = Literal["merged", "fixed", "reverted", "closed"]

TITLE_CHARS, BODY_CHARS = 300, 4000
"""Read of an item's text, which is a stranger's and may be of any length."""
_KINDS: Final[tuple[AlertKind, ...]] = ("revert", "ci_failure", "regression")


@dataclass(frozen=True, slots=True)
class Alert:
    """One reason for alarm.

    undoes: of a revert, what it undoes; numbers that need not be among the facts' items.
    settled: how it was over when the window ended, None while it is not: `merged` (a revert, or a fix that is its own
    alert), `fixed` by `settled_by`, `reverted` by `settled_by`, `closed` without any of these.
    label, sentence: what told it, where it was not the title: a label's name, or a sentence of the body, verbatim.
    """

    kind: AlertKind
    number: int
    undoes: tuple[int, ...] = ()
    settled: Settled | None = None
    settled_by: int | None = None
    label: str = ""
    sentence: str = ""


def find_alerts(facts: Facts) -> tuple[Alert, ...]:
    """The alerts among the listed items and hot threads: reverts, CI failures, regressions; open ones first, then by
    number. An item gives one alert, of the first kind that it tells."""
    known = {**facts.related, **facts.items}
    undone = reverted_by(facts)
    numbers = dict.fromkeys((*facts.listed, *(thread.number for thread in facts.hot)))
    fixes = _fixes(facts)
    found = [
        alert
        for number in numbers
        if (alert := _alert(facts.items[number], known, undone, fixes)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (_KINDS.index(one.kind), one.settled is not None, one.number)))


def _alert(
    item: Item, known: Mapping[int, Item], undone: Mapping[int, int], fixes: Mapping[int, int]
) -> Alert | None:
    if reverts.is_revert(item):
        settled, by = _settled(item, undone, fixes)
        return Alert("revert", item.number, reverts.undone(item, known), settled, by)
    kind: AlertKind = "ci_failure"
    told = _ci_failure(item)
    if told is None:
        kind, told = "regression", _regression(item)
    if told is None:
        return None
    settled, by = _settled(item, undone, fixes)
    return Alert(kind, item.number, (), settled, by, *told)


def _fixes(facts: Facts) -> dict[int, int]:
    """Issue -> the merged pull request that GitHub links with it."""
    found: dict[int, int] = {}
    for item in facts.items.values():
        if item.is_pull_request and item.state == "merged":
            for number in item.linked:
                found.setdefault(number, item.number)
    return found


def _settled(
    item: Item, undone: Mapping[int, int], fixes: Mapping[int, int]
) -> tuple[Settled | None, int | None]:
    if item.number in undone:
        return "reverted", undone[item.number]
    if item.state == "merged":
        return "merged", None
    if item.state == "closed":
        return ("fixed", fixes[item.number]) if item.number in fixes else ("closed", None)
    return None, None


# --- CI

_CI_LABELS = frozenset({"ci-failure", "ci failure", "ci: failure"})
_CI_TAG = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)*\[?\s*ci[ -]failures?\s*\]?\s*:?", re.IGNORECASE)
_MAIN = re.compile(
    r"\bmain(?: branch)?(?:'s)? (?:ci )?(?:is |got )?(?:broken|failing|failures?|failed|red|breakage)\b"
    r"|\b(?:broken|failing|red) (?:ci |tests? |build )?(?:on |in )?(?:the )?main\b"
    r"|\b(?:unbreak|unblock|green) (?:the )?(?:ci on )?main\b"
    r"|\bfix(?:es|ed)? (?:the )?(?:ci|tests?|build|failures?)\b.{0,40} on (?:the )?main\b",
    re.IGNORECASE,
)


def _ci_failure(item: Item) -> tuple[str, str] | None:
    """(label, sentence) that tell of a failure of CI; both "" where the title does."""
    title = item.title[:TITLE_CHARS]
    if _CI_TAG.match(title) or _MAIN.search(title):
        return "", ""
    label = next((label for label in item.labels if label.lower() in _CI_LABELS), None)
    return None if label is None else (label, "")


# --- regressions

_VERSION = r"(?:version )?v?\d+\.\d+(?:\.\d+)?(?:\.?(?:rc|post|dev)\d+)?\+?"
_BROKEN = (
    r"(?:broken?|breaks?|fails?|failed|failing|crash(?:es|ed)?|hangs?|no longer|stopped|slower|wrong|gibberish"
    r"|error)"
)
_WORKED = r"(?:work(?:s|ed|ing)|ran|runs|fine|ok(?:ay)?|correct(?:ly)?|good)"
_NO_REGRESSION = re.compile(
    r"\b(?:no|without|non|zero|avoid(?:s|ing)?|prevent(?:s|ing)?|guard(?:s|ing)? against|catch(?:es)?|detect(?:s|ing)?"
    r"|logistic|linear)[ -](?:any |a |the |\w+ )?regress\w*"
    r"|\bregression[ -](?:tests?|testing|suites?|checks?|cases?|coverage|guards?|models?|heads?|tasks?)\b"
    r"|\bfor regression\b|\bregressors?\b",
    re.IGNORECASE,
)
"""What is spoken of and has not happened."""
_DOUBT = re.compile(
    r"\b(?:may|might|could|can|would|if|whether|potential\w*|possibl[ey]|risks?|unless)\b", re.IGNORECASE
)
_UPGRADE = r"\b(?:after|since|when) (?:upgrad|updat)\w+"
_TITLE = re.compile(
    rf"\bregress(?:ions?|ed|es)\b"
    rf"|\b(?:decrease|drop|degrad(?:ation|ed)|{_BROKEN})\b.{{0,40}}{_UPGRADE}"
    rf"|{_UPGRADE} .{{0,30}}\b(?:decrease|drop|degrad(?:ation|ed)|{_BROKEN})\b"
    rf"|\b{_WORKED} (?:in|with|on) {_VERSION}\b.{{0,40}}\b{_BROKEN}\b",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\b(?:this|it|that) (?:is|was|seems(?: to be)?|looks like|appears to be) (?:a |an |the )?(?:\w+ ){0,2}regression\b"
    r"|\bregression\b (?:was |is |has been )?(?:introduced|caused|from|since|in|between|compared)\b"
    r"|\bregress(?:ed|es) (?:from|in|since|after|between|by|on)\b"
    rf"|\b{_WORKED} (?:\w+ )?(?:in|with|on|under|until|before) (?:vllm )?{_VERSION}(?!\w).{{0,80}}\b{_BROKEN}\b"
    rf"|\b{_BROKEN} (?:in|with|on|since|after) (?:vllm )?{_VERSION}(?!\w).{{0,80}}\b{_WORKED}\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d\.\d")
_SENTENCE = re.compile(r"[^\n.!?。！？]*(?:\.(?!\s)[^\n.!?。！？]*)*[.!?。！？]?")


def _regression(item: Item) -> tuple[str, str] | None:
    """(label, sentence) that tell of a regression; both "" where the title does."""
    if _TITLE.search(_NO_REGRESSION.sub(" ", item.title[:TITLE_CHARS])):
        return "", ""
    label = next(
        (label for label in item.labels if "regression" in re.split(r"[^a-z]+", label.lower())), None
    )
    if label is not None:
        return label, ""
    sentence = _told_in(item.body or "")
    return None if sentence is None else ("", sentence)


@lru_cache(maxsize=4096)  # the same texts are looked at with every digest of a window
def _told_in(body: str) -> str | None:
    return next(_telling(body), None)


def _telling(body: str) -> Iterator[str]:
    """The sentences that tell of a regression; what a dump of an environment says is none."""
    head = body[: 2 * BODY_CHARS]
    if not _may_tell(head):
        return
    for found in _SENTENCE.finditer(strip_dumps(head)[:BODY_CHARS]):
        if not _may_tell(found[0]):
            continue
        sentence = " ".join(found[0].split())
        is_told = _TELLING.search(_NO_REGRESSION.sub(" ", sentence)) is not None
        if is_told and not sentence.endswith("?") and not _DOUBT.search(sentence):
            yield sentence


def _may_tell(text: str) -> bool:
    """False where no sentence of the text tells a regression: nearly everywhere, and found out at once."""
    return "regress" in text.lower() or _FIGURES.search(text) is not None
