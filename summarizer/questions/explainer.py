"""The explainer: what a model adds to what was found, each claim checked like a digest's and shown once it is true.

    prompt -> claims, one by one as they are written -> check -> shown
                                                          `-> faulty ones wait -> one repair round -> check -> shown

What was shown stands, whatever becomes of the rest of the answer. Where nothing stands, extraction does (the caller's).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from summarizer import prompting
from summarizer.digests import Claim, Verification
from summarizer.draft import CLAIMS_MAX, Draft, Sentence
from summarizer.facts import Facts
from summarizer.fence import tokens
from summarizer.languages import Language
from summarizer.modelerrors import FATAL, ModelError
from summarizer.models import ChatModel, Prompt, Usage
from summarizer.prompting import questions as prompts
from summarizer.questions.proof import AnswerVerifier, facts_of, is_whole
from summarizer.questions.schema import ExplanationDraft
from summarizer.questions.streaming import Spoken
from summarizer.schema import ClaimDraft, RepairDraft, SectionDraft
from summarizer.spending import Spent

if TYPE_CHECKING:
    from summarizer.models import ChatModels
    from summarizer.questions.found import Found
    from summarizer.spending import Budget
    from summarizer.topics import TopicRules

log = structlog.get_logger()

DEADLINE_S: Final = 60.0
"""Of all models of the ladder together, repair included: code's answer stands there meanwhile, and whoever asked has
read it by then."""
SECTION: Final = "answer"
"""Where dropped claims are counted."""

Shown = Callable[[tuple[Claim, ...]], None]


@dataclass(frozen=True, slots=True)
class Explained:
    """claims: those that are true, in the order in which they were shown. model: who wrote them, "" where nobody did.
    failed: the error key where a model should have written, or written more, and could not."""

    claims: tuple[Claim, ...] = ()
    verification: Verification = field(default_factory=Verification)
    model: str = ""
    failed: str = ""


@dataclass
class _Run:
    """One explanation by one model, under way.

    draft: its sentences as they came. shown: those that were true. heard: complete claims that wait to be checked; None
    ends them. broken_off: another answer began after claims of the first were taken, and was not wanted.
    """

    chat: ChatModel
    prompt: Prompt
    facts: Facts
    verifier: asyncio.Future[AnswerVerifier]
    language: Language
    on_claims: Shown
    deadline: float
    draft: Draft = field(default_factory=lambda: Draft(SECTION))
    usage: Usage = field(default_factory=Usage)
    shown: list[Claim] = field(default_factory=list)
    spoken: Spoken = field(default_factory=Spoken)
    heard: asyncio.Queue[ClaimDraft | None] = field(default_factory=asyncio.Queue)
    broken_off: bool = False

    def has(self, sentence: Sentence) -> bool:
        """Whether the same was said before."""
        return any(each.claim.text == sentence.claim.text for each in self.draft.sentences)

    def show(self, sentence: Sentence) -> None:
        if any(each.text == sentence.claim.text for each in self.shown):
            return  # mended into what stands there already
        self.shown.append(sentence.claim)
        self.on_claims((sentence.claim,))


class Explaining:
    """Explains what was found. One serves a process, in the event loop of its models."""

    def __init__(self, models: ChatModels | None, budget: Budget, deadline_s: float = DEADLINE_S) -> None:
        """models: None explains nothing. budget: the day's caps."""
        self._rungs = models.rungs if models else ()
        self._budget = budget
        self._deadline_s = deadline_s

    async def explain(
        self,
        question: str,
        found: Found,
        language: Language,
        *,
        rules: TopicRules,
        project: str,
        key: str,
        on_claims: Shown,
    ) -> Explained:
        """What a model says of the items found, as far as they bear it out.

        language: to write in. project: the repository's name for readers. key: whom it is spent for.
        on_claims: called in the event loop with each claim once it is known to be true; never with one that is not in
        the result. Raises what the budget or `on_claims` raises, never a model's failure.
        """
        if not (self._rungs and any(side.items for side in prompts.sides_of(found))):
            return Explained()
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._deadline_s
        facts = await asyncio.to_thread(facts_of, found, rules)
        # made once, while the model reads
        verifier = asyncio.ensure_future(asyncio.to_thread(_verifier, facts, found, question))
        failed = ""
        counted = Verification()
        try:
            for place, chat in enumerate(self._rungs):
                now = loop.time()
                deadline = now + (ends - now) / (len(self._rungs) - place)
                prompt = await asyncio.to_thread(
                    _prompt, question, found, facts, language, project, chat.context
                )
                run = _Run(chat, prompt, facts, verifier, language, on_claims, deadline)
                failure = await self._paid(run, key)
                counted = _sum(counted, run.draft)
                if failure:
                    log.info("question not explained by a model", model=chat.name, reason=failure)
                failed = failed or failure
                if run.shown:
                    return Explained(tuple(run.shown), counted, chat.name, failure)
            return Explained((), counted, "", failed)
        finally:
            verifier.cancel()

    async def _paid(self, run: _Run, key: str) -> str:
        """Explain within the day's caps. The error key of what went wrong, "" for nothing."""
        prompt = run.prompt
        cost = tokens(prompt.system) + tokens(prompt.shared) + tokens(prompt.task)
        taken = await self._budget.take(key, run.chat.name, cost, prompts.ANSWER_TOKENS)
        if taken is None:
            return "model.budget"
        try:
            failure = await _listen(run)
            if not run.draft.sentences:
                return failure or "model.empty"
            if failure not in FATAL:
                await _mend(run)
            return failure or ("" if run.shown else "model.untrue")
        finally:
            await self._budget.settle(taken, run.usage.by_model.get(run.chat.name, Spent()))


def _verifier(facts: Facts, found: Found, question: str) -> AnswerVerifier:
    return AnswerVerifier(facts, whole=is_whole(found), question=question)


def _prompt(
    question: str, found: Found, facts: Facts, language: Language, project: str, context: int
) -> Prompt:
    system = prompts.explain_system(project)
    shown = prompts.explain_items(facts, found, context, system)
    return Prompt(system, shown, prompts.explain_task(question, found.query.form, language, found))


async def _listen(run: _Run) -> str:
    """Ask, and check and show each claim as it comes. The error key of what went wrong, "" for nothing."""
    asking = asyncio.ensure_future(
        run.chat.ask(
            run.prompt,
            ExplanationDraft,
            run.usage,
            deadline=run.deadline,
            on_text=lambda text: _hear(run, text, asking),
        )
    )
    checking = asyncio.ensure_future(_check_all(run))
    try:
        await asyncio.wait((asking, checking), return_when=asyncio.FIRST_COMPLETED)
        if checking.done():
            checking.result()  # only what `on_claims` raises ends it before the answer
        failure = ""
        try:
            answer = await asking
        except ModelError as error:
            failure = error.key
        except asyncio.CancelledError:
            if not run.broken_off or _is_cancelled():
                raise
            failure = "model.truncated"
        else:
            for claim in answer.claims[len(run.spoken.claims) :]:
                run.heard.put_nowait(claim)
        run.heard.put_nowait(None)
        await checking
        return failure
    finally:
        asking.cancel()
        checking.cancel()
        await asyncio.gather(asking, checking, return_exceptions=True)


def _is_cancelled() -> bool:
    """Whether whoever waits for the explanation has given up, and not only a request."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _hear(run: _Run, text: str, asking: asyncio.Future[ExplanationDraft]) -> None:
    """Take the claims that the text completes. Another try's would say again what may have been shown: none is made
    once a claim was taken."""
    if run.broken_off:
        return
    if not run.spoken.goes_on(text):
        if run.spoken.claims:
            run.broken_off = True
            asking.cancel()
            return
        run.spoken = Spoken()
    for claim in run.spoken.read(text):
        run.heard.put_nowait(claim)


async def _check_all(run: _Run) -> None:
    """Check the claims in the order in which they come; show the true ones."""
    while (claim := await run.heard.get()) is not None:
        read = Draft.read(SECTION, SectionDraft(claims=[claim]), run.facts, run.language)
        read.sentences = [each for each in read.sentences if not run.has(each)]
        if not read.sentences or len(run.draft.sentences) >= CLAIMS_MAX:
            continue
        verifier = await asyncio.shield(run.verifier)
        await asyncio.to_thread(read.check, verifier)
        run.draft.known, run.draft.hidden = read.known, read.hidden
        run.draft.sentences += read.sentences
        for sentence in read.sentences:
            if not sentence.faults:
                run.show(sentence)


async def _mend(run: _Run) -> None:
    """The repair round. A model that fails in it loses its faulty claims, and nothing else."""
    faulty = [sentence for sentence in run.draft.sentences if sentence.faults]
    if not faulty:
        return
    told = [(each.claim, [f"{reason}: {detail}" for reason, detail in each.faults]) for each in faulty]
    task = prompting.repair(f"{SECTION}-repair", run.language, told)
    try:
        answer = await run.chat.ask(
            Prompt(run.prompt.system, run.prompt.shared, task), RepairDraft, run.usage, deadline=run.deadline
        )
    except ModelError as error:
        log.info("claims not mended", model=run.chat.name, reason=error.key)
        return
    verifier = await asyncio.shield(run.verifier)
    await asyncio.to_thread(run.draft.mend, faulty, answer.claims, verifier)
    for sentence in faulty:
        if not sentence.faults:
            run.show(sentence)


def _sum(counted: Verification, draft: Draft) -> Verification:
    return Verification(
        counted.claims + len(draft.sentences),
        counted.repaired + draft.repaired,
        (*counted.dropped, *draft.dropped()),
    )
