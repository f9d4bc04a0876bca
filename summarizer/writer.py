"""The writer: facts in, sections out. A model's claims are checked one by one; without it, extraction writes.

    facts --assessor--> assessments --shared prefix--> first section --first token--> the others, at once
    each: answer -> check -> one repair round -> check -> section, or extraction when nothing is left

The ladder, from the top: the model, the fast model, fewer sections, extraction. A failure goes down it for one section,
the day's cap for the whole digest. Alerts, topics, tables and the appendix come from code alone: no model can change
them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeVar

from summarizer import extract, languages, prompting
from summarizer.asking import staggered
from summarizer.assessor import BUDGET, Assessed, Assessor
from summarizer.digests import Dropped, Generation, Section, Verification
from summarizer.facts import Facts
from summarizer.fence import tokens
from summarizer.languages import Language
from summarizer.modelerrors import FATAL, ModelError
from summarizer.models import CONTEXT_DEFAULT, OFFLINE, ChatModel, Prompt, Usage
from summarizer.prompting import Shared
from summarizer.spending import Spent, Taken, Unlimited
from summarizer.windows import Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from summarizer.asking import Told
    from summarizer.assessor import Kept
    from summarizer.digests import Rung
    from summarizer.draft import Draft
    from summarizer.models import ChatModels
    from summarizer.spending import Budget
    from summarizer.verify import Verifier

T = TypeVar("T", bound="BaseModel")

MODEL_SECTIONS: Final[Mapping[Edition, tuple[str, ...]]] = {
    "daily": ("summary", "hot", "trends", "changes", "activity", "watch"),
    **dict.fromkeys(
        ("weekly", "monthly", "release"),
        ("summary", "changes", "trends", "risks", "key-prs", "suggestions"),
    ),
}
"""The sections a model may write. All others are code's."""

FEWER: Final = frozenset({"summary", "changes"})
"""What a model still writes when the day's cap has no room for all."""

_MAY_SAY_NOTHING: Final = frozenset({"trends", "watch", "risks", "suggestions"})
"""Where a model is told that nothing is better than something forced; extraction fills in, and nothing has failed."""

_TASK_TOKENS, _ANSWER_TOKENS = 500, 900
"""Of one section, for estimates: its instruction, and what it says."""


@dataclass(frozen=True, slots=True)
class Written:
    """A digest's words, and how they came about."""

    sections: tuple[Section, ...]
    verification: Verification
    generation: Generation


@dataclass(slots=True)
class _Step:
    """One model of the ladder during one digest. shared: its prefix. dead: why it is not asked any more."""

    chat: ChatModel
    shared: Shared
    halved: bool = False
    dead: ModelError | None = None


@dataclass
class _Job:
    """What all sections of one digest share, and what they add up."""

    facts: Facts
    assessed: Assessed
    edition: Edition
    language: Language
    project: str
    release: str
    system: str
    steps: tuple[_Step, ...]
    progress: Callable[[str], None] | None
    usage: Usage = field(default_factory=Usage)
    fewer: bool = False
    claims: int = 0
    repaired: int = 0
    dropped: dict[str, tuple[Dropped, ...]] = field(default_factory=dict)
    extracted: dict[str, str] = field(default_factory=dict)
    written_by: list[ChatModel] = field(default_factory=list)
    """The model of each section that one wrote."""

    by_code: dict[str, Section] = field(default_factory=dict)
    """Every section as extraction writes it: what stands in for a model, and whose tables and title a model's has."""

    def extract(self, section_ids: Sequence[str]) -> None:
        """Fill `by_code`. On a busy week this takes a second, so it is not for the event loop."""
        words = extract.Words(
            self.facts, self.language, self.project, self.assessed.assessments, self.edition, self.release
        )
        self.by_code = {each: extract.section_in(words, each) for each in section_ids}

    @cached_property
    def verifier(self) -> Verifier:
        """Made when the first claim is checked: its index takes a while, and extraction needs none."""
        from summarizer.verify import Verifier

        return Verifier(self.facts)


class Writer:
    """Writes the sections of a digest. One writer serves many digests, in the event loop of its models."""

    def __init__(
        self, models: ChatModels | None, kept: Kept | None = None, budget: Budget | None = None
    ) -> None:
        """models: None writes everything by extraction. kept: where assessments stay; budget: the day's caps."""
        self._models = models
        self._budget: Budget = budget or Unlimited()
        self._assessor = Assessor(models.fast if models else None, kept, self._budget)

    async def assess(
        self,
        facts: Facts,
        *,
        project: str,
        key: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Assessed:
        """Judge the window's items: the first step of a digest, shared by all its languages.

        key: whom it is spent for. Raises what the store of assessments raises, never a model's failure.
        """
        return await self._assessor.assess(facts, project=project, key=key, progress=progress)

    async def write(
        self,
        facts: Facts,
        *,
        edition: Edition,
        lang: str,
        section_ids: Sequence[str],
        project: str,
        topic_keys: Sequence[str] = (),
        assessed: Assessed | None = None,
        release: str = "",
        key: str = "",
        progress: Callable[[str], None] | None = None,
    ) -> Written:
        """Write `section_ids`, in that order; `alerts` is left out where there are none.

        section_ids: as in digests.SECTIONS; `topic-*` becomes one section per key of `topic_keys`.
        project: the repository's name for readers. assessed: None judges first. release: the tag of
        a release edition. key: whom it is spent for.
        progress: told each section's id when it is written.
        A model's failure is not raised: extraction steps in, and `generation.extracted` says where and why.
        Raises BadInput for a language there is no file of.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        wanted = [each for section_id in section_ids for each in _expanded(section_id, topic_keys)]
        language = languages.load(lang)
        if assessed is None:
            assessed = await self.assess(facts, project=project, key=key)
        job = await self._job(facts, assessed, edition, language, project, release, progress)
        await asyncio.to_thread(job.extract, wanted)
        asked = [
            section_id
            for section_id in wanted
            if job.steps and section_id in MODEL_SECTIONS[edition] and _has_material(section_id, facts)
        ]
        allowed, taken = await self._allowed(job, asked, key)
        job.extracted.update((section_id, BUDGET) for section_id in asked if section_id not in allowed)
        sections = {
            section_id: _extracted(job, section_id) for section_id in wanted if section_id not in allowed
        }
        try:
            # in the order of the digest, so that what is read first is written first
            written = await staggered([partial(_write, job, section_id) for section_id in allowed])
        finally:
            await self._settle(taken, job.usage, key)
        sections.update(zip(allowed, written, strict=True))
        order = [
            each for each in wanted if each != "alerts" or sections[each].claims or sections[each].entries
        ]
        return Written(
            tuple(sections[section_id] for section_id in order),
            Verification(
                assessed.claims + job.claims,
                job.repaired,
                (
                    *assessed.dropped,
                    *(drop for section_id in wanted for drop in job.dropped.get(section_id, ())),
                ),
            ),
            self._generation(job, wanted, loop.time() - started),
        )

    async def prompt_of_section(
        self, facts: Facts, section_id: str, *, edition: Edition, lang: str, project: str
    ) -> Prompt:
        """What the model is asked for a section, with the judgements that are kept. Nothing is asked."""
        assessments = await self._assessor.known(facts)
        context = self._models.rungs[0].context if self._models else CONTEXT_DEFAULT
        shared = prompting.shared(facts, assessments, context)
        task = prompting.task(section_id, languages.load(lang), edition)
        return Prompt(prompting.system(project), shared.text, task)

    def prompt_of_assessment(self, facts: Facts, *, kind: str, project: str) -> Prompt:
        """What the fast model is asked first about the window's items of that kind. Nothing is asked."""
        return self._assessor.prompt(facts, kind, project)

    async def _job(
        self,
        facts: Facts,
        assessed: Assessed,
        edition: Edition,
        language: Language,
        project: str,
        release: str,
        progress: Callable[[str], None] | None,
    ) -> _Job:
        rungs = self._models.rungs if self._models else ()
        # a second of work on a busy day
        steps = tuple(
            [
                _Step(
                    chat,
                    await asyncio.to_thread(prompting.shared, facts, assessed.assessments, chat.context),
                )
                for chat in rungs
            ]
        )
        if self._models and assessed.dead is not None:
            steps[-1].dead = assessed.dead  # the one that judged
        system = prompting.system(project) if steps else ""
        return _Job(facts, assessed, edition, language, project, release, system, steps, progress)

    async def _allowed(self, job: _Job, asked: Sequence[str], key: str) -> tuple[list[str], Taken | None]:
        """Which sections a model may still write today, by the highest rung of the ladder that the caps have room for;
        `job.steps` becomes that rung and those below it."""
        for sections in (list(asked), [each for each in asked if each in FEWER]):
            for place, step in enumerate(job.steps):
                if not sections:
                    continue
                each = tokens(job.system) + tokens(step.shared.text) + _TASK_TOKENS
                taken = await self._budget.take(
                    key, step.chat.name, each * len(sections), _ANSWER_TOKENS * len(sections)
                )
                if taken is not None:
                    job.steps = job.steps[place:]
                    job.fewer = len(sections) < len(asked)
                    return sections, taken
        return [], None

    async def _settle(self, taken: Taken | None, usage: Usage, key: str) -> None:
        """Put what was spent in place of the estimate, each model's under its own name."""
        if taken is not None:
            await self._budget.settle(taken, usage.by_model.get(taken.model, Spent()))
        for name, spent in usage.by_model.items():
            if taken is None or name != taken.model:
                other = await self._budget.take(key, name, 0, 0)
                if other is not None:
                    await self._budget.settle(other, spent)

    def _generation(self, job: _Job, wanted: Sequence[str], seconds: float) -> Generation:
        name = self._models.rungs[0].name if self._models else OFFLINE
        usage = Usage(dict(job.assessed.usage.by_model))
        for model, spent in job.usage.by_model.items():
            usage.add(model, spent)
        best = job.steps[0].shared if job.steps else None
        return Generation(
            model=name,
            rung=self._rung(job),
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.total.whole_cost_usd if usage.total.calls else None,
            seconds=seconds,
            extracted=tuple((each, job.extracted[each]) for each in wanted if each in job.extracted),
            assessed=job.assessed.made,
            reused=job.assessed.reused,
            unassessed=tuple(sorted(job.assessed.failed.items())),
            shown=None if best is None else (best.shown, best.total),
        )

    def _rung(self, job: _Job) -> Rung:
        """The rung that wrote most of what a model should have written."""
        first = self._models.rungs[0] if self._models else None
        full = sum(chat is first for chat in job.written_by)
        fast = len(job.written_by) - full
        if job.fewer and job.written_by:
            return "fewer"
        most = max(full, fast, len(job.extracted))
        if most == 0 or (len(job.extracted) == most and len(job.extracted) > max(full, fast)):
            return "extraction"
        return "full" if full == most else "fast"


async def _write(job: _Job, section_id: str, on_first_token: Told | None) -> Section:
    """The section by the first model of the ladder that can, else by extraction."""
    failure: ModelError | None = None
    for step in job.steps:
        try:
            section = await _write_by(job, step, section_id, on_first_token)
        except ModelError as error:
            failure = failure or error
            if error.key in FATAL:
                step.dead = error
            continue
        job.written_by.append(step.chat)
        if job.progress:
            job.progress(section_id)
        return section
    if failure is not None:
        job.extracted[section_id] = failure.key
    return _extracted(job, section_id)


async def _write_by(job: _Job, step: _Step, section_id: str, on_first_token: Told | None) -> Section:
    """The section by one model. Raises ModelError when it could not be asked, or nothing it said was true."""
    from summarizer.draft import Draft
    from summarizer.schema import SectionDraft

    deadline = asyncio.get_running_loop().time() + step.chat.settings.deadline_s
    task = prompting.task(section_id, job.language, job.edition)
    answer = await _asked(job, step, task, SectionDraft, deadline, on_first_token)
    draft = Draft.read(section_id, answer, job.facts, job.language)
    by_code = job.by_code[section_id]
    if not draft.sentences and section_id in _MAY_SAY_NOTHING:
        return by_code
    if not draft.sentences:
        raise ModelError("model.empty", model=step.chat.name)
    faulty = draft.check(job.verifier)
    if faulty:
        await _mend(job, step, draft, deadline)
    job.claims += len(draft.sentences)
    job.repaired += draft.repaired
    job.dropped[section_id] = job.dropped.get(section_id, ()) + draft.dropped()
    section = draft.section(by_code.title)
    if section is None:
        raise ModelError("model.untrue", model=step.chat.name)
    return replace(section, tables=by_code.tables)


async def _mend(job: _Job, step: _Step, draft: Draft, deadline: float) -> None:
    """The repair round. A model that fails in it loses its faulty claims, not the section."""
    from summarizer.schema import RepairDraft

    faulty = [sentence for sentence in draft.sentences if sentence.faults]
    told = [(each.claim, [f"{reason}: {detail}" for reason, detail in each.faults]) for each in faulty]
    task = prompting.repair(draft.section_id, job.language, told)
    try:
        answer = await _asked(job, step, task, RepairDraft, deadline, None)
    except ModelError as error:
        if error.key in FATAL:
            step.dead = error
        return
    draft.mend(faulty, answer.claims, job.verifier)


async def _asked(
    job: _Job,
    step: _Step,
    task: str,
    schema: type[T],
    deadline: float,
    on_first_token: Told | None,
) -> T:
    """The answer to `task`; if the prompt proves too long for the model, once more with half of the facts."""
    while True:
        if step.dead is not None:
            raise step.dead
        asked_with = step.shared
        try:
            whole = Prompt(job.system, asked_with.text, task)
            return await step.chat.ask(
                whole, schema, job.usage, deadline=deadline, on_first_token=on_first_token
            )
        except ModelError as error:
            if error.key != "model.context" or (step.halved and step.shared == asked_with):
                raise
            if not step.halved:
                step.halved = True
                step.shared = prompting.shared(
                    job.facts, job.assessed.assessments, step.chat.context, share=0.5
                )


def _extracted(job: _Job, section_id: str) -> Section:
    if job.progress:
        job.progress(section_id)
    return job.by_code[section_id]


def _expanded(section_id: str, topic_keys: Sequence[str]) -> list[str]:
    return [f"topic-{key}" for key in topic_keys] if section_id == "topic-*" else [section_id]


def _has_material(section_id: str, facts: Facts) -> bool:
    """Whether there is anything a model could say in the section; where there is not, extraction says so."""
    if not facts.items:
        return False
    if section_id == "hot":
        return bool(facts.hot)
    if section_id == "trends":
        return len(facts.items) > 1
    if section_id == "watch":
        return any(item.state == "open" for item in facts.items.values())
    return True
