"""Sections by a model: asked for, checked sentence by sentence, mended once; one section's failure costs that section.

answer -> check -> one repair round -> check -> section, or extraction when nothing is left
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from summarizer import extract, prompting
from summarizer.assessor import Assessed
from summarizer.digests import Dropped, Section
from summarizer.facts import Facts
from summarizer.languages import Language
from summarizer.modelerrors import FATAL, ModelError
from summarizer.models import ChatModel, Prompt, Usage
from summarizer.prompting import Shared
from summarizer.windows import Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from summarizer.asking import Told
    from summarizer.draft import Draft
    from summarizer.verify import Verifier

T = TypeVar("T", bound="BaseModel")

_MAY_SAY_NOTHING: Final = frozenset({"trends", "watch", "risks", "suggestions"})
"""Where a model is told that nothing is better than something forced; extraction fills in, and nothing has failed."""


@dataclass(slots=True)
class Step:
    """One model of the ladder during one digest. shared: its prefix. dead: why it is not asked any more.

    wrote: how many sections it wrote.
    """

    chat: ChatModel
    shared: Shared
    halved: bool = False
    dead: ModelError | None = None
    wrote: int = 0


@dataclass
class Job:
    """What all sections of one digest share, and what they add up.

    steps: the models of the ladder from the rung that may be asked on. extracted: sections that a model should have
    written and extraction wrote, by the error. fallen: sections that a lower step wrote, by the error of the one above.
    by_code: every section as extraction writes it: it stands in for a model, and gives a model's its tables and title.
    key_prs: the merged pull requests that are key ones, which no model decides.
    """

    facts: Facts
    assessed: Assessed
    edition: Edition
    language: Language
    project: str
    release: str
    system: str
    steps: tuple[Step, ...]
    progress: Callable[[str], None] | None
    usage: Usage = field(default_factory=Usage)
    claims: int = 0
    repaired: int = 0
    dropped: dict[str, tuple[Dropped, ...]] = field(default_factory=dict)
    extracted: dict[str, str] = field(default_factory=dict)
    fallen: dict[str, str] = field(default_factory=dict)
    by_code: dict[str, Section] = field(default_factory=dict)
    key_prs: frozenset[int] = frozenset()

    def extract(self, section_ids: Sequence[str]) -> None:
        """Fill `by_code` and `key_prs`. On a busy week this takes a second, so it is not for the event loop."""
        words = extract.Words(
            self.facts, self.language, self.project, self.assessed.assessments, self.edition, self.release
        )
        self.by_code = {each: extract.section_in(words, each) for each in section_ids}
        self.key_prs = frozenset(item.number for item in words.key_prs)

    def section_by_code(self, section_id: str) -> Section:
        """The section as extraction writes it, and the word that it is there."""
        if self.progress:
            self.progress(section_id)
        return self.by_code[section_id]

    @cached_property
    def verifier(self) -> Verifier:
        """Made when the first claim is checked: its index takes a while, and extraction needs none."""
        from summarizer.verify import Verifier

        return Verifier(self.facts)


async def write_section(job: Job, section_id: str, on_first_token: Told | None) -> Section:
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
        step.wrote += 1
        if failure is not None:
            job.fallen[section_id] = failure.key
        if job.progress:
            job.progress(section_id)
        return section
    if failure is not None:
        job.extracted[section_id] = failure.key
    return job.section_by_code(section_id)


async def _write_by(job: Job, step: Step, section_id: str, on_first_token: Told | None) -> Section:
    """The section by one model. Raises ModelError when it could not be asked, or nothing it said was true."""
    from summarizer.draft import Draft
    from summarizer.schema import SectionDraft

    deadline = asyncio.get_running_loop().time() + step.chat.settings.deadline_s
    task = prompting.task(section_id, job.language, job.edition)
    answer = await _asked(job, step, task, SectionDraft, deadline, on_first_token)
    if section_id == "key-prs":
        answer.entries = [entry for entry in answer.entries if entry.number in job.key_prs]
    draft = Draft.read(section_id, answer, job.facts, job.language)
    by_code = job.by_code[section_id]
    if not draft.sentences and section_id in _MAY_SAY_NOTHING:
        return by_code
    if not draft.sentences:
        raise ModelError("model.empty", model=step.chat.name)
    # a busy week's evidence takes a while to look through, so it is not for the event loop
    faulty = await asyncio.to_thread(lambda: draft.check(job.verifier))
    if faulty:
        await _mend(job, step, draft, deadline)
    job.claims += len(draft.sentences)
    job.repaired += draft.repaired
    job.dropped[section_id] = job.dropped.get(section_id, ()) + draft.dropped()
    section = draft.section(by_code.title)
    if section is None:
        raise ModelError("model.untrue", model=step.chat.name)
    return replace(section, tables=by_code.tables)


async def _mend(job: Job, step: Step, draft: Draft, deadline: float) -> None:
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
    await asyncio.to_thread(draft.mend, faulty, answer.claims, job.verifier)


async def _asked(
    job: Job,
    step: Step,
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
                smaller = await asyncio.to_thread(
                    prompting.shared,
                    job.facts,
                    job.assessed.assessments,
                    step.chat.context,
                    job.system,
                    share=0.5,
                )
                # at once, so that no other section meets a step that is halved and still has the long prefix
                step.halved, step.shared = True, smaller
