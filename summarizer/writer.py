"""The writer: facts in, sections out. A model's claims are checked one by one; without it, extraction writes.

    facts --assessor--> assessments --shared prefix--> first section --first token--> the others, at once

The ladder, from the top: the model, the fast model, fewer sections, extraction. A failure goes down it for one section,
the day's cap for the whole digest. Alerts, topics, tables and the appendix come from code alone: no model can change
them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from summarizer import languages, prompting
from summarizer.asking import staggered
from summarizer.assessor import BUDGET, Assessor
from summarizer.digests import Generation, Section, Verification
from summarizer.fence import tokens
from summarizer.models import CONTEXT_DEFAULT, OFFLINE, Prompt, Usage
from summarizer.sections import Job, Step, write_section
from summarizer.spending import Spent, Unlimited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from summarizer.assessments import Assessment
    from summarizer.assessor import Assessed, Kept
    from summarizer.digests import Rung
    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.models import ChatModels
    from summarizer.spending import Budget, Taken
    from summarizer.windows import Edition

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

_ANSWER_TOKENS: Final = 900
"""Of one section, for estimates: what it says."""


@dataclass(frozen=True, slots=True)
class Written:
    """A digest's words, and how they came about."""

    sections: tuple[Section, ...]
    verification: Verification
    generation: Generation


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
            if job.steps and section_id in MODEL_SECTIONS[edition] and _has_material(section_id, job)
        ]
        allowed, taken = await self._allowed(job, asked, key)
        try:
            job.extracted.update((section_id, BUDGET) for section_id in asked if section_id not in allowed)
            sections = {each: job.section_by_code(each) for each in wanted if each not in allowed}
            # in the order of the digest, so that what is read first is written first
            written = await staggered([partial(write_section, job, section_id) for section_id in allowed])
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
            self._generation(job, wanted, loop.time() - started, fewer=0 < len(allowed) < len(asked)),
        )

    async def prompt_of_section(
        self, facts: Facts, section_id: str, *, edition: Edition, lang: str, project: str
    ) -> Prompt:
        """What the model is asked for a section, with the judgements that are kept. Nothing is asked."""
        assessments = await self.known(facts, project=project)
        context = self._models.rungs[0].context if self._models else CONTEXT_DEFAULT
        system = prompting.system(project)
        shared = await asyncio.to_thread(prompting.shared, facts, assessments, context, system)
        return Prompt(system, shared.text, prompting.task(section_id, languages.load(lang), edition))

    def prompt_of_assessment(self, facts: Facts, *, kind: str, project: str) -> Prompt | None:
        """What the fast model is asked first about the window's items of that kind; None where there are none."""
        return self._assessor.prompt(facts, kind, project)

    async def known(self, facts: Facts, *, project: str) -> Mapping[int, Assessment]:
        """The judgements that are kept already, code's for the rest. Nothing is asked."""
        return await self._assessor.known(facts, project)

    async def _job(
        self,
        facts: Facts,
        assessed: Assessed,
        edition: Edition,
        language: Language,
        project: str,
        release: str,
        progress: Callable[[str], None] | None,
    ) -> Job:
        rungs = self._models.rungs if self._models else ()
        system = prompting.system(project) if rungs else ""
        # a second of work on a busy day
        prefixes = [
            await asyncio.to_thread(prompting.shared, facts, assessed.assessments, chat.context, system)
            for chat in rungs
        ]
        steps = tuple(Step(chat, prefix) for chat, prefix in zip(rungs, prefixes, strict=True))
        if steps and assessed.dead is not None:
            steps[-1].dead = assessed.dead  # the one that judged
        return Job(facts, assessed, edition, language, project, release, system, steps, progress)

    async def _allowed(self, job: Job, asked: Sequence[str], key: str) -> tuple[list[str], Taken | None]:
        """Which sections a model may still write today, by the highest rung of the ladder that the caps have room for;
        `job.steps` becomes that rung and those below it."""
        for sections in (list(asked), [each for each in asked if each in FEWER]):
            for place, step in enumerate(job.steps):
                if not sections:
                    continue
                each = tokens(job.system) + tokens(step.shared.text) + prompting.TASK_TOKENS
                taken = await self._budget.take(
                    key, step.chat.name, each * len(sections), _ANSWER_TOKENS * len(sections)
                )
                if taken is not None:
                    job.steps = job.steps[place:]
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

    def _generation(self, job: Job, wanted: Sequence[str], seconds: float, *, fewer: bool) -> Generation:
        usage = Usage(dict(job.assessed.usage.by_model))
        for model, spent in job.usage.by_model.items():
            usage.add(model, spent)
        wrote = [step for step in job.steps if step.wrote]
        most = max(wrote, key=lambda step: step.wrote).shared if wrote else None
        return Generation(
            model=self._models.rungs[0].name if self._models else OFFLINE,
            rung="fewer" if fewer and wrote else self._rung(job),
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.total.whole_cost_usd if usage.total.calls else None,
            seconds=seconds,
            extracted=_in_order(wanted, job.extracted),
            fallen=_in_order(wanted, job.fallen),
            assessed=job.assessed.made,
            reused=job.assessed.reused,
            unassessed=tuple(sorted(job.assessed.failed.items())),
            shown=None if most is None else (most.shown, most.total),
        )

    def _rung(self, job: Job) -> Rung:
        """The rung that wrote most of what a model should have written."""
        first = self._models.rungs[0] if self._models else None
        full = sum(step.wrote for step in job.steps if step.chat is first)
        fast = sum(step.wrote for step in job.steps if step.chat is not first)
        most = max(full, fast, len(job.extracted))
        if most == 0 or (len(job.extracted) == most and len(job.extracted) > max(full, fast)):
            return "extraction"
        return "full" if full == most else "fast"


def _in_order(wanted: Sequence[str], by_section: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((each, by_section[each]) for each in wanted if each in by_section)


def _expanded(section_id: str, topic_keys: Sequence[str]) -> list[str]:
    return [f"topic-{key}" for key in topic_keys] if section_id == "topic-*" else [section_id]


def _has_material(section_id: str, job: Job) -> bool:
    """Whether there is anything a model could say in the section; where there is not, extraction says so."""
    facts = job.facts
    if not facts.shown:
        return False
    if section_id == "key-prs":
        return bool(job.key_prs)
    if section_id == "hot":
        return bool(facts.hot)
    if section_id == "trends":
        return len(facts.shown) > 1
    if section_id == "watch":
        return any(item.state == "open" for item in facts.shown.values())
    return True
