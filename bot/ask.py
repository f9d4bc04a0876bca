"""The story of a question: read it, bring the mirror up, find, put into words, explain.

    sentence --read--> Query --reach, find--> Found --compose--> Answer --model's claims, verified--> Reply

What the reader understands whole is not sent to a model; of the rest a model makes a query, which the reader checks.
Every figure and every item of an answer is found by code, whoever read the question.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from adapters.chat import Context, Reply
from bot.access import principal_of
from bot.conversations import Said
from bot.find import goes_by_commits
from bot.grammar.commands import Format, Options, Question, Refinement
from bot.questions import saved
from bot.questions.changing import changed, is_about_who_asks, of_digest, of_person
from bot.questions.drafts import query_of
from bot.questions.language import language_of
from bot.questions.reader import Reader
from bot.questions.reading import Reading
from bot.readers import KnownNames, Readers
from summarizer import languages
from summarizer.errors import BadInput, StoreError
from summarizer.items import Coverage, Seen
from summarizer.languages import Language
from summarizer.pages import failure_reason
from summarizer.questions import Answer, telling
from summarizer.questions.answerform import as_json
from summarizer.questions.composing import ask_back, compose, unanswered
from summarizer.questions.explainer import Explained
from summarizer.questions.leads import is_whole
from summarizer.questions.query import Query
from summarizer.topics import TopicRules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from bot.commands import Defaults
    from bot.conversations import Conversations
    from bot.find import Find
    from bot.mends import MendTopics
    from bot.people import Known
    from bot.reach import Reach
    from summarizer.digests import Claim
    from summarizer.facts import Notice
    from summarizer.questions import Found
    from summarizer.questions.explainer import Explaining
    from summarizer.questions.understanding import Understanding

log = structlog.get_logger()

EXPLAINED = frozenset({"explain", "compare"})
"""Forms of answers that a model adds words to."""

SHOWN = 30
"""Matches that are read whole, unless more are asked for."""

MOST_EXPLAINED = 12
"""Items that a model is given to explain; an answer that is about more is a list."""


NOTHING = Options()

AT_ONCE = 4
"""Questions that are read or put into words in the same turn of the event loop."""

FORMATS: tuple[Format, ...] = ("md", "text", "json")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question on its way. repo, words, tz, format: as the line, the person and the settings have them. login: of
    who asks, "" unknown. last: what the conversation asked before, or the digest it is about, as a query."""

    question: Question
    context: Context
    login: str
    last: Query | None
    repo: str
    words: Language
    tz: str
    format: Format
    rules: TopicRules
    reader: Reader
    names: KnownNames

    @property
    def in_conversation(self) -> bool:
        return self.context.conversation is not None


class Ask:
    """Answers questions from the mirror."""

    def __init__(
        self,
        *,
        reach: Reach,
        find: Find,
        mends: MendTopics,
        conversations: Conversations,
        defaults: Defaults,
        now: Callable[[], datetime],
        understanding: Understanding,
        explaining: Explaining,
        notices: Sequence[Notice] = (),
    ) -> None:
        """notices: what holds of all that the source tells."""
        self._reach = reach
        self._find = find
        self._mends = mends
        self._conversations = conversations
        self._defaults = defaults
        self._now = now
        self._understanding = understanding
        self._explaining = explaining
        self._notices = tuple(notices)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._readers = Readers(find)

    async def __call__(self, question: Question, context: Context, known: Known, said: Said) -> Reply:
        """Answer one question. said: last in the conversation. Raises DigestError."""
        asked = await self._asked(question, context, known, said)
        return await self._answered(asked, await self._read(asked))

    async def prepare(self, repo: str) -> None:
        """Have what it takes to read a question about a repository. Raises StoreError."""
        await self._readers.of(repo, await self._mends.rules(repo))

    async def refined(self, refinement: Refinement, context: Context, known: Known, said: Said) -> Reply:
        """Answer the conversation's last question again, changed. Raises DigestError."""
        question = Question(refinement.text, refinement.options, refinement.window)
        asked = await self._asked(question, context, known, said)
        if refinement.text or asked.last is None:
            reading = await self._by_rules(asked)
        else:
            reading = Reading(changed(asked.last, refinement), refines=True)
        return await self._answered(asked, reading)

    async def about(
        self, query: Query, context: Context, known: Known, said: Said, options: Options = NOTHING
    ) -> Reply:
        """Answer what needs no reading: a choice among readings that were asked back, or a query of a program's.
        Raises DigestError."""
        question = Question("", replace(options, repo=options.repo or query.repo))
        asked = await self._asked(question, context, known, said)
        return await self._answered(asked, Reading(query), choices=said.choices)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A turn at what takes a millisecond or two of the event loop: of many who ask at once, a few at a time."""
        async with self._room:
            await asyncio.sleep(0)
            yield

    async def _asked(self, question: Question, context: Context, known: Known, said: Said) -> _Asked:
        options = known.applied(question.options, filters=False)
        if options.format not in (None, *FORMATS):
            raise BadInput("option.not_one_of", option="format", value=options.format, known=FORMATS)
        named = question.options.repo or self._repo_of(said, options)
        repo = await self._reach.admit(named, principal_of(context))
        rules = await self._mends.rules(repo)
        last = said.query or (of_digest(said.digest, rules) if said.digest else None)
        reader, names = await self._readers.of(repo, rules)
        return _Asked(
            question=question,
            context=context,
            login=known.login,
            last=last,
            repo=named,
            words=languages.load(self.language(question, context, known)),
            tz=self._defaults.zone(options, context),
            format=options.format or "md",
            rules=rules,
            reader=reader,
            names=names,
        )

    def _repo_of(self, said: Said, options: Options) -> str:
        """The repository of a line that names none: what the conversation is about goes before what somebody has set
        for their own lines."""
        before = said.query.repo if said.query else said.digest.options.repo if said.digest else options.repo
        return before or self._defaults.repo

    def language(self, question: Question, context: Context, known: Known) -> str:
        """The one that is asked for, else the question's own; only what somebody has set goes before English."""
        if question.options.lang:
            return question.options.lang
        asked_in = language_of(question.text)
        if asked_in and not (asked_in == "en" and known.options.lang):
            return asked_in
        return self._defaults.language(known.options, context)

    async def _read(self, asked: _Asked) -> Reading:
        """The question as a query: by code alone where that understands every word of it."""
        reading = await self._by_rules(asked)
        if reading.unread and not reading.nothing and await self._looked(asked, reading):
            reading = await self._by_rules(asked)
        if reading.nod or reading.whole:
            return reading
        local = self._now().astimezone(ZoneInfo(asked.tz))
        draft = await self._understanding.understand(
            asked.question.text,
            rules=asked.rules,
            today=f"{local:%A} {local:%Y-%m-%d %H:%M} ({asked.tz})",
            last=saved.dump(asked.last) if asked.last else None,
            lang=asked.words.code,
            key=str(principal_of(asked.context)),
        )
        if draft is None:
            return reading
        drafted = query_of(
            draft,
            asked.rules,
            reading,
            text=asked.question.text,
            is_login=asked.names.is_login,
            is_label=asked.names.is_label,
        )
        # who names what there is not has understood no more than the rules did
        made_up = len(drafted.problems) > len(reading.problems)
        return reading if made_up and not reading.nothing else drafted

    async def _by_rules(self, asked: _Asked) -> Reading:
        async with self._turn():
            return asked.reader.read(asked.question, last=asked.last)

    async def _looked(self, asked: _Asked, reading: Reading) -> bool:
        """Whether names are known now of a repository of which none was when the question was read: a word may be
        one."""
        if asked.names.known.logins:
            return False
        context, query = asked.context, reading.query
        reached = await self._reach(
            query.repo or asked.repo, query.window, asked.tz, principal_of(context), context.progress
        )
        await self._find.keep_up(reached.repo, asked.rules, context.progress)
        await self._readers.of(reached.repo, asked.rules)
        return bool(asked.names.known.logins)

    async def _answered(self, asked: _Asked, reading: Reading, choices: Sequence[Query] = ()) -> Reply:
        """choices: that can still be chosen afterwards."""
        words = asked.words
        if reading.nod:
            return Reply(words.text(f"answers.nods.{reading.nod}"), words.code)
        problems = [words.problem(each) for each in reading.problems]
        if problems or reading.nothing:
            return self._reply(
                asked,
                unanswered(
                    reading.query,
                    words,
                    rules=asked.rules,
                    now=self._now(),
                    unread=reading.unread,
                    problems=problems,
                    tz=asked.tz,
                ),
            )
        readings = tuple(self._of_repo(asked, each) for each in (reading.query, *reading.others))
        if not asked.login and any(map(is_about_who_asks, readings)):
            # once they have said who they are, the question can simply be refined
            await self._remember(asked, readings[0])
            raise BadInput("ask.who_are_you")
        found = [await self._found(asked, each) for each in readings]
        if len({tuple(match.number for match in each.matches) for each in found}) > 1:
            await self._remember(asked, readings[0], readings)
            answer = ask_back(
                found,
                words,
                rules=asked.rules,
                unread=reading.unread,
                in_conversation=asked.in_conversation,
                tz=asked.tz,
            )
            return self._reply(asked, answer)
        await self._remember(asked, readings[0], choices)
        async with self._turn():
            answer = compose(
                found[0],
                words,
                rules=asked.rules,
                unread=reading.unread,
                assumed=reading.assumed,
                in_conversation=asked.in_conversation,
                tz=asked.tz,
            )
        answer = await self._explained(asked, answer, found[0])
        async with self._turn():
            return self._reply(asked, answer)

    def _of_repo(self, asked: _Asked, query: Query) -> Query:
        """The query with its repository, where that is not the usual one: it is shown, and kept for further lines."""
        if query.repo or asked.repo.lower() == self._defaults.repo.lower():
            return query
        return replace(query, repo=asked.repo)

    async def _found(self, asked: _Asked, query: Query) -> Found:
        """What the query finds, and what its other side does."""
        context = asked.context
        own = of_person(query, asked.login)
        reached = await self._reach(
            query.repo or asked.repo,
            query.window,
            asked.tz,
            principal_of(context),
            context.progress,
            by_commits=goes_by_commits(query),
        )
        found = await self._find.found(
            reached.repo,
            own,
            window=reached.window,
            rules=asked.rules,
            now=self._now(),
            coverage=reached.coverage,
            mirror_from=reached.mirror_from,
            synced_until=reached.synced_until,
            shown=max(SHOWN, query.limit or 0),
            merged=reached.members,
            progress=context.progress,
        )
        found = replace(
            found,
            coverage=_counted(reached.coverage, found.searched),
            warnings=(*found.warnings, *reached.notices, *self._notices),
        )
        if query.against is None:
            return found
        against = replace(query.against, repo=query.repo)
        return replace(found, against=await self._found(asked, against))

    async def _explained(self, asked: _Asked, answer: Answer, found: Found) -> Answer:
        """The answer with what a model adds to it, shown while it is written."""
        few = len(found.matches) <= MOST_EXPLAINED or found.query.form == "compare"
        if found.query.form not in EXPLAINED or not found.matches or not few:
            return answer
        head = replace(answer, claims=(), tables=(), rows=(), more=0, notes=())
        so_far: list[Claim] = []

        def grown(claims: tuple[Claim, ...]) -> None:
            so_far.extend(claims)
            # as the whole answer will begin: its only item goes before what is said of it
            only = answer.rows if so_far and len(answer.rows) == 1 else ()
            if asked.format == "md":
                shown = replace(head, claims=tuple(so_far), rows=only)
                asked.context.show(telling.as_markdown(shown, asked.words))

        grown(())
        asked.context.progress("explain", 0, None)
        try:
            explained = await self._explaining.explain(
                asked.question.text,
                found,
                asked.words,
                rules=asked.rules,
                project=asked.rules.project_name(found.repo),
                key=str(principal_of(asked.context)),
                on_claims=grown,
            )
        except StoreError as error:  # of the budget; code's answer is there already
            log.warning("not explained", error=error.key)
            explained = Explained(tuple(so_far), failed=error.key)
        by_model = bool(explained.claims)
        notes = answer.notes
        if by_model:
            notes = (asked.words.text("answers.by.model", model=explained.model), *notes)
        elif explained.failed:
            reason = failure_reason(explained.failed, asked.words)
            notes = (asked.words.text("answers.by.failed", reason=reason), *notes)
        return replace(
            answer,
            claims=explained.claims or answer.claims,
            notes=notes,
            model=explained.model if by_model else "",
            failed=explained.failed,
            verification=explained.verification,
        )

    async def _remember(self, asked: _Asked, query: Query, choices: Sequence[Query] = ()) -> None:
        await self._conversations.save(asked.context, Said(query=query, choices=tuple(choices)))

    def _reply(self, asked: _Asked, answer: Answer) -> Reply:
        if asked.format == "json":
            text = as_json(answer, asked.question.text or None)
        else:
            tell = telling.as_markdown if asked.format == "md" else telling.as_text
            text = tell(answer, asked.words)
        found = answer.found
        log.info(
            "answered",
            form=found.query.form if found else "none",
            matches=len(found.matches) if found else 0,
            complete=is_whole(found) if found else None,
            model=answer.model,
        )
        return Reply(text, asked.words.code, format=asked.format, answer=answer)


def _counted(coverage: Coverage, searched: int) -> Coverage:
    """The coverage with how many were looked at; what it has is how many are known to be missing."""
    missing = coverage.items.expected
    return replace(coverage, items=Seen(None if missing is None else missing + searched, searched))
