"""Judgements: what of a window is to be judged, what each judgement depends on, and what a model's is worth. Pure.

A model's points are kept as it gave them, and bounded by code's own judgement whenever they are used: code's depends on
an item's state and talk, which move on while what was judged stays. For the same reason each sentence is checked
against the item whenever it is used, not only when it was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from summarizer import prompting, rubric
from summarizer.assessments import RISKS, Assessment, Position
from summarizer.digests import Claim, Dropped
from summarizer.draft import dropped, plain
from summarizer.facts import LIST_NAMES
from summarizer.items import Item
from summarizer.prompting import items as shown
from summarizer.schema import CATEGORIES, ChangeDraft, ChangesDraft, ThreadDraft, ThreadsDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from summarizer.facts import Facts
    from summarizer.verify import Verifier

SECTION: Final = "assess"
"""Stands for a section's id where sentences of judgements were dropped."""

_TALK: Final = 2
"""Comments in the window that make a thread worth judging for what is held in it."""
_QUESTIONS, _POSITIONS = 2, 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """Items of one kind that are to be judged, and the keys of their judgements. kind: "changes" or "threads"."""

    kind: str
    schema: type[ChangesDraft] | type[ThreadsDraft]
    items: Mapping[int, Item]
    keys: Mapping[int, str]

    def texts(self, facts: Facts, without: Collection[str] = ()) -> dict[int, str]:
        """The items as a prompt shows them, but for those whose keys are in `without`."""
        text = shown.whole_change if self.kind == "changes" else shown.whole_thread
        return {
            number: text(item, facts.window.zone)
            for number, item in self.items.items()
            if self.keys[number] not in without
        }


def wanted(facts: Facts, project: str, model: str) -> tuple[Wanted, Wanted]:
    """What is to be judged of a window: its listed pull requests, then its hot threads."""
    by = [prompting.assess_version(project), model]
    listed = dict.fromkeys(row.number for name in LIST_NAMES for row in facts.lists.get(name, ()))
    changes = [item for number in listed if (item := facts.items[number]).is_pull_request]
    threads = [facts.items[hot.number] for hot in facts.hot if hot.comments_in_window >= _TALK]
    return (
        Wanted(
            "changes",
            ChangesDraft,
            {item.number: item for item in changes},
            {item.number: _key(item, "change", [*_change(item), *by]) for item in changes},
        ),
        Wanted(
            "threads",
            ThreadsDraft,
            {item.number: item for item in threads},
            {item.number: _key(item, "thread", [*_thread(item), *by]) for item in threads},
        ),
    )


def _key(item: Item, kind: str, depends_on: Sequence[object]) -> str:
    """What makes two judgements the same: the item, what it was judged by, and who judged by which prompt."""
    told = json.dumps(depends_on, default=str, ensure_ascii=False)
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]
    return f"{item.repo.lower()}#{item.number}:{kind}:{digest}"


def _change(item: Item) -> list[object]:
    """What the judgement of a pull request depends on."""
    return [item.title, item.body, item.files, item.head]


def _thread(item: Item) -> list[object]:
    """What the judgement of a discussion depends on."""
    said = [(who, at, text) for who, at, text in shown.said(item)]
    return [item.title, item.body, said, [(each.author.login, each.state) for each in item.reviews]]


def read(draft: ChangeDraft, item: Item) -> Assessment:
    """A model's answer in our own types: nothing but the closed sets, points of the scale, plain sentences, and
    positions of people who spoke there. Nothing is checked yet."""
    found = Assessment(
        item.number,
        next((each for each in CATEGORIES if each == draft.category.lower()), None),
        _points(draft.importance),
        _points(draft.insight),
        tuple(risk for risk in RISKS if risk in draft.risks),
        by_model=True,
        what=plain(draft.what),
        why=plain(draft.why),
        impact=plain(draft.impact),
        questions=tuple(map(plain, draft.questions[:_QUESTIONS])),
    )
    if not isinstance(draft, ThreadDraft):
        return found
    positions = [(_speakers(each.logins, item), plain(each.view)) for each in draft.positions[:_POSITIONS]]
    return replace(
        found,
        positions=tuple(Position(logins, view) for logins, view in positions if logins),
        contention=plain(draft.contention),
        standing=plain(draft.standing),
    )


class Truth:
    """Leaves of judgements what the items bear out. claims: sentences looked at; dropped: those that were not true."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.claims = 0
        self.dropped: list[Dropped] = []

    def of(self, found: Assessment) -> Assessment:
        """`found` without the sentences that its item, as it stands in the window, does not bear out."""

        def true(text: str) -> str:
            if not text:
                return ""
            claim = Claim(text, (found.number,), "model")
            self.claims += 1
            if faults := self._verifier.check(claim):
                self.dropped.append(dropped(claim, faults[0].reason, SECTION))
                return ""
            return text

        return replace(
            found,
            what=true(found.what),
            why=true(found.why),
            impact=true(found.impact),
            questions=_those(found.questions, true),
            positions=tuple(each for each in found.positions if true(each.view)),
            contention=true(found.contention),
            standing=true(found.standing),
        )

    @property
    def tainted(self) -> frozenset[int]:
        """The items on which somebody gives orders to language models."""
        return self._verifier.tainted_numbers


def merged(
    code: Mapping[int, Assessment],
    sought: tuple[Wanted, Wanted],
    found: Mapping[str, Assessment],
    facts: Facts,
    tainted: Collection[int],
) -> dict[int, Assessment]:
    """Code's judgements, and over them a model's, bounded; of a pull request that is a hot thread as well, both.

    found: by key. tainted: items whose points a model is not asked for, since it may have been told which to give.
    """
    changes, threads = ({number: found.get(key) for number, key in each.keys.items()} for each in sought)
    judged = dict(code)
    for number in dict.fromkeys((*changes, *threads)):
        change, thread = changes.get(number), threads.get(number)
        both = _both(change, thread) if change and thread else change or thread
        if both is None:
            continue
        item = facts.items[number]
        own = code.get(number) or rubric.assess(item, facts)
        if number in tainted:
            both = replace(both, importance=own.importance, insight=own.insight, risks=own.risks)
        judged[number] = rubric.bounded(both, own, item)
    return judged


def _both(change: Assessment, thread: Assessment) -> Assessment:
    """What a pull request changes, with what is held about it."""
    return replace(
        change,
        insight=max(change.insight, thread.insight),
        questions=(*change.questions, *thread.questions)[:_QUESTIONS],
        positions=thread.positions,
        contention=thread.contention,
        standing=thread.standing,
    )


def _those(texts: Iterable[str], true: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(text for each in texts if (text := true(each)))


def _points(told: float) -> int:
    """A model's points as whole ones of the scale; what is not a number is none."""
    return max(0, min(10, round(told))) if told == told else 0


def _speakers(logins: Sequence[str], item: Item) -> tuple[str, ...]:
    """Those of `logins` who said something on the item, as GitHub writes them."""
    people = [item.author, *(each.author for each in item.comments), *(each.author for each in item.reviews)]
    known = {person.login.casefold(): person.login for person in people if person is not None}
    told = [known.get(login.strip("`@ ").casefold()) for login in logins]
    return tuple(dict.fromkeys(login for login in told if login))
