"""The writer: facts in, sections out. A model's claims are checked one by one; without it, extraction writes.

    facts --shared prefix--> first section --first token--> the others, at once
    each: answer -> check -> one repair round -> check -> section, or extraction when nothing is left

What a topic's section and the appendix say comes from code alone: no model can change it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from summarizer import extract, languages, prompt
from summarizer.digests import Dropped, Generation, Section, Verification
from summarizer.facts import Facts
from summarizer.languages import Language
from summarizer.modelerrors import ModelError
from summarizer.models import OFFLINE, ChatModel, Prompt, Usage
from summarizer.windows import Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from summarizer.digests import Rung
    from summarizer.draft import Draft
    from summarizer.models import ChatModels
    from summarizer.verify import Verifier

T = TypeVar("T", bound="BaseModel")

MODEL_SECTIONS: Final = ("summary", "hot", "trends", "changes", "activity", "watch")
"""The sections a model may write. All others are code's."""

_MAY_SAY_NOTHING: Final = frozenset({"trends", "watch"})
"""Where a model is told that nothing is better than something forced; extraction fills in, and nothing has failed."""

_FATAL: Final = frozenset({"model.quota", "model.key_refused", "model.forbidden", "model.not_found"})
"""What the next section would meet as well: it is not asked again for this digest."""


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
    shared: str
    halved: bool = False
    dead: ModelError | None = None


@dataclass
class _Job:
    """What all sections of one digest share, and what they add up."""

    facts: Facts
    edition: Edition
    language: Language
    project: str
    system: str
    steps: tuple[_Step, ...]
    progress: Callable[[str], None] | None
    usage: Usage = field(default_factory=Usage)
    claims: int = 0
    repaired: int = 0
    dropped: dict[str, tuple[Dropped, ...]] = field(default_factory=dict)
    extracted: dict[str, str] = field(default_factory=dict)
    written_by: list[int] = field(default_factory=list)
    """The place in the ladder of each section a model wrote."""

    @cached_property
    def words(self) -> extract.Words:
        return extract.Words(self.facts, self.language, self.project)

    @cached_property
    def verifier(self) -> Verifier:
        """Made when the first claim is checked: its index takes a while, and extraction needs none."""
        from summarizer.verify import Verifier

        return Verifier(self.facts)


class Writer:
    """Writes the sections of a digest. One writer serves many digests, in the event loop of its models."""

    def __init__(self, models: ChatModels | None) -> None:
        """models: None writes everything by extraction."""
        self._models = models

    async def write(
        self,
        facts: Facts,
        *,
        edition: Edition,
        lang: str,
        section_ids: Sequence[str],
        project: str,
        topic_keys: Sequence[str] = (),
        progress: Callable[[str], None] | None = None,
    ) -> Written:
        """Write `section_ids`, in that order.

        section_ids: as in digests.SECTIONS; `topic-*` becomes one section per key of `topic_keys`.
        project: the repository's name for readers. progress: told each section's id when it is written.
        A model's failure is not raised: extraction steps in, and `generation.extracted` says where and why.
        Raises BadInput for a language there is no file of.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        wanted = [each for section_id in section_ids for each in _expanded(section_id, topic_keys)]
        job = await self._job(facts, edition, languages.load(lang), project, progress)
        asked = [section_id for section_id in wanted if job.steps and _has_material(section_id, facts)]
        sections: dict[str, Section] = {}
        for section_id in wanted:
            if section_id not in asked:
                sections[section_id] = _extracted(job, section_id)
        sections.update(await _write_all(job, asked))
        return Written(
            tuple(sections[section_id] for section_id in wanted),
            Verification(
                job.claims,
                job.repaired,
                tuple(drop for section_id in wanted for drop in job.dropped.get(section_id, ())),
            ),
            self._generation(job, wanted, loop.time() - started),
        )

    async def _job(
        self,
        facts: Facts,
        edition: Edition,
        language: Language,
        project: str,
        progress: Callable[[str], None] | None,
    ) -> _Job:
        rungs = self._models.rungs if self._models else ()
        # a second of work on a busy day
        steps = tuple(
            [_Step(chat, await asyncio.to_thread(prompt.shared, facts, chat.context)) for chat in rungs]
        )
        system = prompt.system(project) if steps else ""
        return _Job(facts, edition, language, project, system, steps, progress)

    def _generation(self, job: _Job, wanted: Sequence[str], seconds: float) -> Generation:
        name = self._models.rungs[0].name if self._models else OFFLINE
        return Generation(
            model=name,
            rung=_rung(job),
            tokens_in=job.usage.tokens_in,
            tokens_out=job.usage.tokens_out,
            seconds=seconds,
            extracted=tuple((each, job.extracted[each]) for each in wanted if each in job.extracted),
        )


async def _write_all(job: _Job, asked: Sequence[str]) -> dict[str, Section]:
    """The first section starts, the others follow at its first token, when a prefix cache can serve them."""
    if not asked:
        return {}
    begun = asyncio.Event()

    async def first() -> Section:
        try:
            return await _write(job, asked[0], begun.set)
        finally:
            begun.set()  # a server that does not stream, or fails

    async with asyncio.TaskGroup() as group:
        tasks = {asked[0]: group.create_task(first())}
        await begun.wait()
        tasks |= {section_id: group.create_task(_write(job, section_id)) for section_id in asked[1:]}
    return {section_id: task.result() for section_id, task in tasks.items()}


async def _write(job: _Job, section_id: str, on_first_token: Callable[[], None] | None = None) -> Section:
    """The section by the first model of the ladder that can, else by extraction."""
    failure: ModelError | None = None
    for place, step in enumerate(job.steps):
        try:
            section = await _write_by(job, step, section_id, on_first_token)
        except ModelError as error:
            failure = failure or error
            if error.key in _FATAL:
                step.dead = error
            continue
        job.written_by.append(place)
        if job.progress:
            job.progress(section_id)
        return section
    if failure is not None:
        job.extracted[section_id] = failure.key
    return _extracted(job, section_id)


async def _write_by(
    job: _Job, step: _Step, section_id: str, on_first_token: Callable[[], None] | None
) -> Section:
    """The section by one model. Raises ModelError when it could not be asked, or nothing it said was true."""
    from summarizer.draft import Draft
    from summarizer.schema import SectionDraft

    deadline = asyncio.get_running_loop().time() + step.chat.settings.deadline_s
    task = prompt.task(section_id, job.language, job.edition)
    answer = await _asked(job, step, task, SectionDraft, deadline, on_first_token)
    draft = Draft.read(section_id, answer, job.facts, job.language)
    if not draft.sentences and section_id in _MAY_SAY_NOTHING:
        return extract.section_in(job.words, section_id)
    if not draft.sentences:
        raise ModelError("model.empty", model=step.chat.name)
    faulty = draft.check(job.verifier)
    if faulty:
        await _mend(job, step, draft, deadline)
    job.claims += len(draft.sentences)
    job.repaired += draft.repaired
    job.dropped[section_id] = job.dropped.get(section_id, ()) + draft.dropped()
    section = draft.section(job.language.text(f"digest.section.{section_id}"))
    if section is None:
        raise ModelError("model.untrue", model=step.chat.name)
    return section


async def _mend(job: _Job, step: _Step, draft: Draft, deadline: float) -> None:
    """The repair round. A model that fails in it loses its faulty claims, not the section."""
    from summarizer.schema import RepairDraft

    faulty = [sentence for sentence in draft.sentences if sentence.faults]
    told = [(each.claim, [f"{reason}: {detail}" for reason, detail in each.faults]) for each in faulty]
    task = prompt.repair(draft.section_id, job.language, told)
    try:
        answer = await _asked(job, step, task, RepairDraft, deadline, None)
    except ModelError as error:
        if error.key in _FATAL:
            step.dead = error
        return
    draft.mend(faulty, answer.claims, job.verifier)


async def _asked(
    job: _Job,
    step: _Step,
    task: str,
    schema: type[T],
    deadline: float,
    on_first_token: Callable[[], None] | None,
) -> T:
    """The answer to `task`; if the prompt proves too long for the model, once more with half of the facts."""
    while True:
        if step.dead is not None:
            raise step.dead
        asked_with = step.shared
        try:
            whole = Prompt(job.system, asked_with, task)
            return await step.chat.ask(
                whole, schema, job.usage, deadline=deadline, on_first_token=on_first_token
            )
        except ModelError as error:
            if error.key != "model.context" or (step.halved and step.shared == asked_with):
                raise
            if not step.halved:
                step.halved = True
                step.shared = prompt.shared(job.facts, step.chat.context, share=0.5)


def _extracted(job: _Job, section_id: str) -> Section:
    section = extract.section_in(job.words, section_id)
    if job.progress:
        job.progress(section_id)
    return section


def _expanded(section_id: str, topic_keys: Sequence[str]) -> list[str]:
    return [f"topic-{key}" for key in topic_keys] if section_id == "topic-*" else [section_id]


def _has_material(section_id: str, facts: Facts) -> bool:
    """Whether there is anything a model could say in the section; where there is not, extraction says so."""
    if section_id not in MODEL_SECTIONS or not facts.items:
        return False
    if section_id == "hot":
        return bool(facts.hot)
    if section_id == "trends":
        return len(facts.items) > 1
    if section_id == "watch":
        return any(item.state == "open" for item in facts.items.values())
    return True


def _rung(job: _Job) -> Rung:
    """The rung that wrote most of what a model should have written."""
    full = job.written_by.count(0)
    fast = len(job.written_by) - full
    most = max(full, fast, len(job.extracted))
    if most == 0 or (len(job.extracted) == most and len(job.extracted) > max(full, fast)):
        return "extraction"
    return "full" if full == most else "fast"
