"""The assessor: each pull request and hot thread judged once, by a fast model, and kept for every later digest.

    listed items --kept?--> batches --> answers --> checked, bounded by code --> kept

Where a model fails, says nothing of an item, or may not be asked any more, code's own judgement stands in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Protocol

from summarizer import prompting, rubric
from summarizer.asking import staggered
from summarizer.assessments import RISKS, Assessment, Position
from summarizer.digests import Claim, Dropped
from summarizer.draft import dropped, plain
from summarizer.facts import LIST_NAMES, Facts
from summarizer.fence import tokens
from summarizer.modelerrors import FATAL, ModelError
from summarizer.models import CONTEXT_DEFAULT, Prompt, Usage
from summarizer.prompting import items as shown
from summarizer.schema import CATEGORIES, ChangeDraft, ChangesDraft, ThreadDraft, ThreadsDraft
from summarizer.spending import Spent, Unlimited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.asking import Told
    from summarizer.items import Item
    from summarizer.models import ChatModel
    from summarizer.spending import Budget
    from summarizer.verify import Verifier

SECTION: Final = "assess"
"""Stands for a section's id where claims of assessments were dropped."""
BUDGET: Final = "model.budget"
"""The error key of what may not be asked, since the day's cap would be passed."""

_ANSWER_TOKENS: Final = 130
"""Of one judgement, for estimates."""
_TALK: Final = 2
"""Comments in the window that make a thread worth judging for what is held in it."""
_QUESTIONS, _POSITIONS = 2, 4


class Kept(Protocol):
    """Where judgements stay. Cache: each can be made again."""

    async def load(self, keys: Sequence[str]) -> Mapping[str, Assessment]:
        """Those that are there, by key."""
        ...

    async def save(self, assessments: Mapping[str, Assessment]) -> None: ...


@dataclass(frozen=True, slots=True)
class Assessed:
    """Judgements of a window's listed items and hot threads, by number, and how they came about.

    made: how many a model made now; reused: how many it had made before. claims: sentences that a model wrote now.
    failed: items left to code, by the error that left them so. dead: the error after which the model need not be
    asked any more.
    """

    assessments: Mapping[int, Assessment]
    made: int = 0
    reused: int = 0
    claims: int = 0
    dropped: tuple[Dropped, ...] = ()
    failed: Mapping[str, int] = field(default_factory=dict)
    dead: ModelError | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Items of one kind to be judged: their texts for a prompt, and the keys of their judgements."""

    kind: str
    schema: type[ChangesDraft] | type[ThreadsDraft]
    texts: Mapping[int, str]
    keys: Mapping[int, str]


@dataclass
class _Run:
    """What the batches of one assessment add up."""

    facts: Facts
    code: Mapping[int, Assessment]
    key: str
    progress: Callable[[int, int], None] | None
    usage: Usage = field(default_factory=Usage)
    found: dict[str, Assessment] = field(default_factory=dict)
    claims: int = 0
    dropped: list[Dropped] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    dead: ModelError | None = None
    done: int = 0
    total: int = 0

    @cached_property
    def verifier(self) -> Verifier:
        """Made when the first sentence is checked: its index takes a while."""
        from summarizer.verify import Verifier

        return Verifier(self.facts)

    def told(self, items: int) -> None:
        self.done += items
        if self.progress:
            self.progress(self.done, self.total)


class Assessor:
    """Judges items by one model. Without a model, code judges."""

    def __init__(
        self, chat: ChatModel | None, kept: Kept | None = None, budget: Budget | None = None
    ) -> None:
        self._chat = chat
        self._kept = kept
        self._budget: Budget = budget or Unlimited()

    async def assess(
        self,
        facts: Facts,
        *,
        project: str,
        key: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Assessed:
        """Judge the pull requests of the lists and the hot threads.

        key: whom it is spent for. progress: told how many of the items that were asked about are done.
        Raises StoreError alone.
        """
        code = rubric.assess_all(facts)
        if self._chat is None:
            return Assessed(code)
        wanted = self._wanted(facts)
        kept = dict(await self._kept.load(_keys(wanted))) if self._kept else {}
        missing = [_without(each, kept) for each in wanted]
        if not any(each.texts for each in missing):
            return Assessed(_merged(code, wanted, kept), reused=len(kept))
        run = _Run(facts, code, key, progress, total=sum(len(each.texts) for each in missing))
        system = prompting.assess_system(project)
        await staggered(
            [
                partial(self._ask, run, system, each, batch)
                for each in missing
                for batch in prompting.batches(each.texts, self._chat.context)
            ]
        )
        if self._kept and run.found:
            await self._kept.save(run.found)
        return Assessed(
            _merged(code, wanted, {**kept, **run.found}),
            made=len(run.found),
            reused=len(kept),
            claims=run.claims,
            dropped=tuple(run.dropped),
            failed=dict(run.failed),
            dead=run.dead,
            usage=run.usage,
        )

    async def known(self, facts: Facts) -> Mapping[int, Assessment]:
        """The judgements that there are already, code's for the rest. Nothing is asked."""
        code = rubric.assess_all(facts)
        if self._chat is None or self._kept is None:
            return code
        wanted = self._wanted(facts)
        return _merged(code, wanted, await self._kept.load(_keys(wanted)))

    def prompt(self, facts: Facts, kind: str, project: str) -> Prompt:
        """What is asked first about the window's items of that kind, "changes" or "threads"; nothing is left out
        because it was judged before."""
        context = self._chat.context if self._chat else CONTEXT_DEFAULT
        wanted = next(each for each in self._wanted(facts) if each.kind == kind)
        return _prompt(
            prompting.assess_system(project), kind, next(iter(prompting.batches(wanted.texts, context)), {})
        )

    def _wanted(self, facts: Facts) -> tuple[_Wanted, _Wanted]:
        """What is to be judged of a window: its listed pull requests, then its hot threads."""
        zone = facts.window.zone
        listed = dict.fromkeys(row.number for name in LIST_NAMES for row in facts.lists.get(name, ()))
        changes = [item for number in listed if (item := facts.items[number]).is_pull_request]
        threads = [facts.items[hot.number] for hot in facts.hot if hot.comments_in_window >= _TALK]
        return (
            _Wanted(
                "changes",
                ChangesDraft,
                {item.number: shown.whole_change(item, zone) for item in changes},
                {item.number: self._key(item, "change", _change(item)) for item in changes},
            ),
            _Wanted(
                "threads",
                ThreadsDraft,
                {item.number: shown.whole_thread(item, facts) for item in threads},
                {item.number: self._key(item, "thread", _thread(item)) for item in threads},
            ),
        )

    def _key(self, item: Item, kind: str, depends_on: object) -> str:
        """What makes two judgements the same: the item, what it was judged by, and who judged by which prompt."""
        name = self._chat.name if self._chat else ""
        told = json.dumps([depends_on, prompting.assess_version(), name], default=str, ensure_ascii=False)
        digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]
        return f"{item.repo.lower()}#{item.number}:{kind}:{digest}"

    async def _ask(
        self, run: _Run, system: str, wanted: _Wanted, batch: Mapping[int, str], told: Told | None
    ) -> None:
        """Judge a batch. What an answer leaves out is asked for once more, what is too much in two halves."""
        missing = await self._once(run, system, wanted, batch, told)
        if missing and len(missing) < len(batch):
            left = {number: batch[number] for number in missing}
            missing = await self._once(run, system, wanted, left, None)
            run.failed.update({"model.silent": len(missing)} if missing else {})
        run.told(len(batch))

    async def _once(
        self, run: _Run, system: str, wanted: _Wanted, batch: Mapping[int, str], told: Told | None
    ) -> list[int]:
        """Ask about a batch, and return whom the answer left out; nobody where the failure is known and counted."""
        assert self._chat is not None  # noqa: S101 - without a model nothing is asked
        if run.dead is not None:
            run.failed[run.dead.key] += len(batch)
            return []
        prompt = _prompt(system, wanted.kind, batch)
        cost = tokens(prompt.system) + tokens(prompt.shared) + tokens(prompt.task)
        taken = await self._budget.take(run.key, self._chat.name, cost, _ANSWER_TOKENS * len(batch))
        if taken is None:
            run.failed[BUDGET] += len(batch)
            return []
        usage = Usage()
        try:
            answer = await self._chat.ask(
                prompt, wanted.schema, usage, deadline=_deadline(self._chat), on_first_token=told
            )
        except ModelError as error:
            if error.key in FATAL:
                run.dead = error
            if error.key == "model.context" and len(batch) > 1:
                for half in _halves(batch):
                    await self._once(run, system, wanted, half, None)
            else:
                run.failed[error.key] += len(batch)
            return []
        finally:
            for name, spent in usage.by_model.items():
                run.usage.add(name, spent)
            await self._budget.settle(taken, usage.by_model.get(self._chat.name, Spent()))
        answered = {draft.number: draft for draft in answer.items if draft.number in batch}
        for number, draft in answered.items():
            run.found[wanted.keys[number]] = _checked(draft, run, run.facts.items[number])
        if not answered:
            run.failed["model.silent"] += len(batch)
            return []
        return [number for number in batch if number not in answered]


def _prompt(system: str, kind: str, batch: Mapping[int, str]) -> Prompt:
    return Prompt(system, "\n\n".join(batch.values()), prompting.assess_task(kind, [*batch]))


def _deadline(chat: ChatModel) -> float:
    import asyncio

    return asyncio.get_running_loop().time() + chat.settings.deadline_s


def _halves(batch: Mapping[int, str]) -> tuple[dict[int, str], dict[int, str]]:
    items = [*batch.items()]
    middle = len(items) // 2
    return dict(items[:middle]), dict(items[middle:])


def _change(item: Item) -> object:
    """What the judgement of a pull request depends on."""
    return [item.title, item.body, item.files, item.head]


def _thread(item: Item) -> object:
    """What the judgement of a discussion depends on."""
    said = [
        (each.author.login, each.created_at, each.body) for each in item.comments if not each.author.is_bot
    ]
    reviews = [(each.author.login, each.submitted_at, each.state, each.body) for each in item.reviews]
    return [item.title, item.body, said, reviews]


def _keys(wanted: Sequence[_Wanted]) -> list[str]:
    return [key for each in wanted for key in each.keys.values()]


def _without(wanted: _Wanted, kept: Mapping[str, Assessment]) -> _Wanted:
    texts = {number: text for number, text in wanted.texts.items() if wanted.keys[number] not in kept}
    return replace(wanted, texts=texts)


def _merged(
    code: Mapping[int, Assessment], wanted: Sequence[_Wanted], found: Mapping[str, Assessment]
) -> dict[int, Assessment]:
    """Code's judgements, those of a model over them; of a pull request that is a hot thread as well, both."""
    merged = dict(code)
    changes, threads = wanted
    for number, key in changes.keys.items():
        if key in found:
            merged[number] = found[key]
    for number, key in threads.keys.items():
        thread = found.get(key)
        if thread is None:
            continue
        change = merged.get(number)
        merged[number] = thread if change is None or not change.by_model else _both(change, thread)
    return merged


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


def _checked(draft: ChangeDraft, run: _Run, item: Item) -> Assessment:
    """The draft in our own types: sentences that the item does not bear out are dropped, points bounded by code."""

    def sentence(text: str) -> str:
        claim = Claim(plain(text), (item.number,), "model")
        if not claim.text:
            return ""
        run.claims += 1
        if faults := run.verifier.check(claim):
            run.dropped.append(dropped(claim, faults[0].reason, SECTION))
            return ""
        return claim.text

    code = run.code.get(item.number) or rubric.assess(item, run.facts)
    found = Assessment(
        item.number,
        next((each for each in CATEGORIES if each == draft.category.lower()), None),
        _points(draft.importance),
        _points(draft.insight),
        tuple(risk for risk in RISKS if risk in draft.risks),
        by_model=True,
        what=sentence(draft.what),
        why=sentence(draft.why),
        impact=sentence(draft.impact),
        questions=tuple(text for each in draft.questions[:_QUESTIONS] if (text := sentence(each))),
    )
    if isinstance(draft, ThreadDraft):
        positions = []
        for each in draft.positions[:_POSITIONS]:
            logins = _speakers(each.logins, item)
            if logins and (view := sentence(each.view)):
                positions.append(Position(logins, view))
        found = replace(
            found,
            positions=tuple(positions),
            contention=sentence(draft.contention),
            standing=sentence(draft.standing),
        )
    if item.number in run.verifier.tainted_numbers:
        # what a model makes of orders to models may be obedience
        return replace(found, importance=code.importance, insight=code.insight, risks=code.risks)
    return rubric.bounded(found, code, item)


def _points(told: float) -> int:
    """A model's points as whole ones of the scale; what is not a number is none."""
    return max(0, min(10, round(told))) if told == told else 0


def _speakers(logins: Sequence[str], item: Item) -> tuple[str, ...]:
    """Those of `logins` who said something on the item, as GitHub writes them."""
    people = [item.author, *(each.author for each in item.comments), *(each.author for each in item.reviews)]
    known = {person.login.casefold(): person.login for person in people if person is not None}
    told = [known.get(login.strip("`@ ").casefold()) for login in logins]
    return tuple(dict.fromkeys(login for login in told if login))
