"""The assessor: each pull request and hot thread judged once, by a fast model, and kept for every later digest.

    listed items --kept?--> batches --> answers --> kept --checked, bounded by code--> judgements

Where a model fails, says nothing of an item, or may not be asked any more, code's own judgement stands in.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from summarizer import judgements, prompting, rubric
from summarizer.asking import staggered
from summarizer.assessments import Assessment
from summarizer.digests import Dropped
from summarizer.facts import Facts
from summarizer.fence import tokens
from summarizer.modelerrors import FATAL, ModelError
from summarizer.models import CONTEXT_DEFAULT, Prompt, Usage
from summarizer.spending import Spent, Unlimited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.asking import Told
    from summarizer.judgements import Wanted
    from summarizer.models import ChatModel
    from summarizer.spending import Budget

BUDGET: Final = "model.budget"
"""The error key of what may not be asked, since the day's cap would be passed."""
SILENT: Final = "model.silent"
"""The error key of items that an answer left out."""

_ANSWER_TOKENS: Final = 130
"""Of one judgement, for estimates."""


class Kept(Protocol):
    """Where judgements stay. Cache: each can be made again."""

    async def load(self, keys: Sequence[str]) -> Mapping[str, Assessment]:
        """Those that are there, by key."""
        ...

    async def save(self, assessments: Mapping[str, Assessment]) -> None: ...


@dataclass(frozen=True, slots=True)
class Assessed:
    """Judgements of a window's listed items and hot threads, by number, and how they came about.

    made: how many a model made now; reused: how many it had made before. claims, dropped: their sentences, and those
    that are not true of the items as they stand in the window.
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


@dataclass
class _Run:
    """What the batches of one window add up. found: judgements by key, as the model gave them."""

    facts: Facts
    system: str
    key: str
    progress: Callable[[int, int], None] | None
    total: int = 0
    usage: Usage = field(default_factory=Usage)
    found: dict[str, Assessment] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    dead: ModelError | None = None
    done: int = 0

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
        self._under_way: dict[str, asyncio.Future[Assessment | None]] = {}
        """What another digest asks for at this moment: it is waited for instead of asked again."""

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
        code = await asyncio.to_thread(rubric.assess_all, facts)
        if self._chat is None:
            return Assessed(code)
        sought = await asyncio.to_thread(judgements.wanted, facts, project, self._chat.name)
        kept = await self._load(sought)
        missing = [each for each in _keys(sought) if each not in kept]
        others = {each: self._under_way[each] for each in missing if each in self._under_way}
        run = _Run(facts, prompting.assess_system(project), key, progress)
        with self._claimed(run, [each for each in missing if each not in others]):
            skipped = kept.keys() | others.keys()
            texts = await asyncio.to_thread(lambda: [each.texts(facts, skipped) for each in sought])
            await self._ask_all(run, sought, texts)
        waited = {each: found for each, future in others.items() if (found := await future) is not None}
        if lost := len(others) - len(waited):
            run.failed[SILENT] += lost  # whoever asked knows why
        return await asyncio.to_thread(_assessed, code, sought, {**kept, **waited}, run)

    @contextmanager
    def _claimed(self, run: _Run, keys: Sequence[str]) -> Iterator[None]:
        """While these judgements are asked for: who wants one of them meanwhile waits, whatever becomes of it."""
        loop = asyncio.get_running_loop()
        ours = {each: loop.create_future() for each in keys}
        self._under_way.update(ours)
        try:
            yield
        finally:
            for each, future in ours.items():
                del self._under_way[each]
                future.set_result(run.found.get(each))

    async def known(self, facts: Facts, project: str) -> Mapping[int, Assessment]:
        """The judgements that there are already, code's for the rest. Nothing is asked."""
        code = await asyncio.to_thread(rubric.assess_all, facts)
        if self._chat is None:
            return code
        sought = await asyncio.to_thread(judgements.wanted, facts, project, self._chat.name)
        kept = await self._load(sought)
        found = await asyncio.to_thread(_assessed, code, sought, kept, _Run(facts, "", "", None))
        return found.assessments

    def prompt(self, facts: Facts, kind: str, project: str) -> Prompt | None:
        """What is asked first about the window's items of that kind, "changes" or "threads"; nothing is left out
        because it was judged before. None where there is nothing of that kind."""
        context = self._chat.context if self._chat else CONTEXT_DEFAULT
        sought = judgements.wanted(facts, project, self._chat.name if self._chat else "")
        texts = next(each for each in sought if each.kind == kind).texts(facts)
        system = prompting.assess_system(project)
        batch = next(iter(prompting.batches(texts, context, system)), None)
        return None if batch is None else _prompt(system, kind, batch)

    async def _load(self, sought: Sequence[Wanted]) -> dict[str, Assessment]:
        return dict(await self._kept.load(_keys(sought))) if self._kept else {}

    async def _ask_all(self, run: _Run, sought: Sequence[Wanted], texts: Sequence[Mapping[int, str]]) -> None:
        assert self._chat is not None  # noqa: S101 - without a model nothing is asked
        run.total = sum(map(len, texts))
        await staggered(
            [
                partial(self._ask, run, each, batch)
                for each, shown in zip(sought, texts, strict=True)
                for batch in prompting.batches(shown, self._chat.context, run.system)
            ]
        )

    async def _ask(self, run: _Run, wanted: Wanted, batch: Mapping[int, str], told: Told | None) -> None:
        """Judge a batch. What an answer leaves out is asked for once more, what is too much in two halves."""
        missing = await self._once(run, wanted, batch, told)
        if missing and len(missing) < len(batch):
            missing = await self._once(run, wanted, {number: batch[number] for number in missing}, None)
        if missing:
            run.failed[SILENT] += len(missing)
        run.told(len(batch))

    async def _once(
        self, run: _Run, wanted: Wanted, batch: Mapping[int, str], told: Told | None
    ) -> list[int]:
        """Ask about a batch, and return whom the answer left out; nobody where the failure is counted already."""
        assert self._chat is not None  # noqa: S101 - without a model nothing is asked
        if run.dead is not None:
            run.failed[run.dead.key] += len(batch)
            return []
        prompt = _prompt(run.system, wanted.kind, batch)
        cost = tokens(prompt.system) + tokens(prompt.shared) + tokens(prompt.task)
        taken = await self._budget.take(run.key, self._chat.name, cost, _ANSWER_TOKENS * len(batch))
        if taken is None:
            run.failed[BUDGET] += len(batch)
            return []
        usage = Usage()
        deadline = asyncio.get_running_loop().time() + self._chat.settings.deadline_s
        try:
            answer = await self._chat.ask(
                prompt, wanted.schema, usage, deadline=deadline, on_first_token=told
            )
        except ModelError as error:
            if error.key in FATAL:
                run.dead = error
            if error.key != "model.context" or len(batch) == 1:
                run.failed[error.key] += len(batch)
                return []
        else:
            found = {
                wanted.keys[draft.number]: judgements.read(draft, wanted.items[draft.number])
                for draft in answer.items
                if draft.number in batch
            }
            run.found.update(found)
            if self._kept and found:
                await self._kept.save(found)  # at once: what is paid for outlives a digest that is given up
            return [number for number in batch if wanted.keys[number] not in found]
        finally:
            for name, spent in usage.by_model.items():
                run.usage.add(name, spent)
            await self._budget.settle(taken, usage.by_model.get(self._chat.name, Spent()))
        missing = [await self._once(run, wanted, half, None) for half in _halves(batch)]
        return [number for half in missing for number in half]


def _assessed(
    code: Mapping[int, Assessment],
    sought: tuple[Wanted, Wanted],
    kept: Mapping[str, Assessment],
    run: _Run,
) -> Assessed:
    """What was found, checked against the window: a second of work on a busy week, so not for the event loop."""
    from summarizer.verify import Verifier

    truth = judgements.Truth(Verifier(run.facts))
    found = {key: truth.of(each) for key, each in {**kept, **run.found}.items()}
    tainted = truth.tainted if found else ()
    return Assessed(
        judgements.merged(code, sought, found, run.facts, tainted),
        made=len(run.found),
        reused=len(kept),
        claims=truth.claims,
        dropped=tuple(truth.dropped),
        failed=dict(run.failed),
        dead=run.dead,
        usage=run.usage,
    )


def _prompt(system: str, kind: str, batch: Mapping[int, str]) -> Prompt:
    return Prompt(system, "\n\n".join(batch.values()), prompting.assess_task(kind, [*batch]))


def _halves(batch: Mapping[int, str]) -> tuple[dict[int, str], dict[int, str]]:
    items = [*batch.items()]
    middle = len(items) // 2
    return dict(items[:middle]), dict(items[middle:])


def _keys(sought: Sequence[Wanted]) -> list[str]:
    return [key for each in sought for key in each.keys.values()]
