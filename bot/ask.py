"""The story of a question: read it, bring the mirror up, find, put into words, explain.

    sentence --read--> Query --reach, find--> Found --compose--> Answer --model's claims, verified--> Reply

What the reader understands whole is not sent to a model; of the rest a model makes a query, which the reader checks.
Every figure and every item of an answer is found by code, whoever read the question.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from adapters.chat import Context, Reply
from adapters.store.search import Names
from bot.access import principal_of
from bot.conversations import Said
from bot.grammar.commands import Format, Options, Question, Refinement
from bot.questions import saved
from bot.questions.drafts import query_of
from bot.questions.language import language_of
from bot.questions.reader import Reader
from bot.questions.reading import Reading
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.languages import Language
from summarizer.pages import failure_reason
from summarizer.questions import Answer, telling
from summarizer.questions.answerform import as_json
from summarizer.questions.composing import ask_back, compose, unanswered
from summarizer.questions.query import ME, Query
from summarizer.topics import TopicRules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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

MOST_READERS = 8
"""Of as many repositories, as people mended their topics; each is some 2 MB."""

FORMATS: tuple[Format, ...] = ("md", "text", "json")


@dataclass(slots=True)
class _Names:
    """Whom and what labels a repository knows, as of the last question about it."""

    known: Names = field(default_factory=Names)

    def is_login(self, word: str) -> bool:
        return word.casefold() in self.known.logins

    def is_label(self, word: str) -> bool:
        return word.casefold() in self.known.labels


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question on its way. repo, words, tz, format: as the line, the person and the settings have them. login: of
    who asks, "" unknown."""

    question: Question
    context: Context
    login: str
    said: Said
    repo: str
    words: Language
    tz: str
    format: Format
    rules: TopicRules
    reader: Reader

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
        self._readers: OrderedDict[tuple[str, str], tuple[Reader, _Names]] = OrderedDict()

    async def __call__(self, question: Question, context: Context, known: Known) -> Reply:
        """Answer one question. Raises DigestError."""
        asked = await self._asked(question, context, known)
        return await self._answered(asked, await self._read(asked))

    async def refined(self, refinement: Refinement, context: Context, known: Known) -> Reply:
        """Answer the conversation's last question again, changed. Raises DigestError."""
        question = Question(refinement.text, refinement.options, refinement.window)
        asked = await self._asked(question, context, known)
        if refinement.text or asked.said.query is None:
            reading = asked.reader.read(question, last=asked.said.query)
        else:
            reading = Reading(_changed(asked.said.query, refinement), refines=True)
        return await self._answered(asked, reading)

    async def about(self, query: Query, context: Context, known: Known, options: Options = NOTHING) -> Reply:
        """Answer what needs no reading: a choice among readings that were asked back, or a query of a program's.
        Raises DigestError."""
        asked = await self._asked(Question("", options), context, known)
        return await self._answered(asked, Reading(query))

    async def _asked(self, question: Question, context: Context, known: Known) -> _Asked:
        options = known.applied(question.options, filters=False)
        if options.format not in (None, *FORMATS):
            raise BadInput("option.not_one_of", option="format", value=options.format, known=FORMATS)
        said = await self._conversations.load(context)
        last = said.query.repo if said.query else None
        repo = options.repo or last or self._defaults.repo
        rules = await self._mends.rules(repo)
        return _Asked(
            question=question,
            context=context,
            login=known.login,
            said=said,
            repo=repo,
            words=languages.load(self.language(question, context, known)),
            tz=self._defaults.zone(options, context),
            format=options.format or "md",
            rules=rules,
            reader=await self._reader(repo, rules),
        )

    def language(self, question: Question, context: Context, known: Known) -> str:
        """The one that is asked for, else the question's own; only what somebody has set goes before English."""
        if question.options.lang:
            return question.options.lang
        asked_in = language_of(question.text)
        if asked_in and not (asked_in == "en" and known.options.lang):
            return asked_in
        return self._defaults.language(known.options, context)

    async def _reader(self, repo: str, rules: TopicRules) -> Reader:
        """The reader for a repository. Making one takes a while, which is no time of the event loop's."""
        key = (repo.lower(), rules.hash)
        if key not in self._readers:
            names = _Names()
            reader = await asyncio.to_thread(Reader, rules, names.is_login, names.is_label)
            self._readers[key] = (reader, names)
            while len(self._readers) > MOST_READERS:
                self._readers.popitem(last=False)
        reader, names = self._readers[key]
        self._readers.move_to_end(key)
        names.known = await self._find.names(repo)
        return reader

    async def _read(self, asked: _Asked) -> Reading:
        """The question as a query: by code alone where that understands every word of it."""
        reading = asked.reader.read(asked.question, last=asked.said.query)
        if reading.nod or reading.whole:
            return reading
        local = self._now().astimezone(ZoneInfo(asked.tz))
        draft = await self._understanding.understand(
            asked.question.text,
            rules=asked.rules,
            today=f"{local:%A} {local:%Y-%m-%d %H:%M} ({asked.tz})",
            last=saved.dump(asked.said.query) if asked.said.query else None,
            lang=asked.words.code,
            key=str(principal_of(asked.context)),
        )
        if draft is None:
            return reading
        names = self._readers[asked.repo.lower(), asked.rules.hash][1]
        return query_of(draft, asked.rules, reading, is_login=names.is_login, is_label=names.is_label)

    async def _answered(self, asked: _Asked, reading: Reading) -> Reply:
        words = asked.words
        if reading.nod:
            return Reply(words.text(f"answers.nods.{reading.nod}"), words.code)
        problems = [words.text(f"errors.{each.key}", **each.values) for each in reading.problems]
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
        readings = (reading.query, *reading.others)
        if not asked.login and any(map(_is_about_who_asks, readings)):
            # once they have said who they are, the question can simply be refined
            await self._remember(asked, readings[0])
            raise BadInput("ask.who_are_you")
        found = [await self._found(asked, each) for each in readings]
        if len({tuple(match.number for match in each.matches) for each in found}) > 1:
            await self._remember(asked, readings[0], choices=readings)
            answer = ask_back(
                found,
                words,
                rules=asked.rules,
                unread=reading.unread,
                in_conversation=asked.in_conversation,
                tz=asked.tz,
            )
            return self._reply(asked, answer)
        await self._remember(asked, readings[0])
        answer = compose(
            found[0],
            words,
            rules=asked.rules,
            unread=reading.unread,
            assumed=reading.assumed,
            in_conversation=asked.in_conversation,
            tz=asked.tz,
        )
        return self._reply(asked, await self._explained(asked, answer, found[0]))

    async def _found(self, asked: _Asked, query: Query) -> Found:
        """What the query finds, and what its other side does."""
        context = asked.context
        own = _of_person(query, asked.login)
        reached = await self._reach(
            query.repo or asked.repo, query.window, asked.tz, principal_of(context), context.progress
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
            progress=context.progress,
        )
        found = replace(found, warnings=(*found.warnings, *reached.notices, *self._notices))
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
        explained = await self._explaining.explain(
            asked.question.text,
            found,
            asked.words,
            rules=asked.rules,
            project=asked.rules.project_name(found.repo),
            key=str(principal_of(asked.context)),
            on_claims=grown,
        )
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
            complete=found.complete if found else None,
            model=answer.model,
        )
        return Reply(text, asked.words.code, format=asked.format, answer=answer)


def _changed(last: Query, refinement: Refinement) -> Query:
    """The last query over the line's window, with the line's options in the place of those of the same key."""
    filters = Options(filters=last.filters).refined_by(Options(filters=refinement.options.filters)).filters
    return replace(
        last,
        repo=refinement.options.repo or last.repo,
        window=refinement.window or last.window,
        filters=filters,
    )


def _is_about_who_asks(query: Query) -> bool:
    sides = (query, query.against) if query.against else (query,)
    return any(part.login == ME for side in sides for part in side.people)


def _of_person(query: Query, login: str) -> Query:
    """The query with the login of who asks in the place of ME."""
    people = tuple(replace(part, login=login) if part.login == ME else part for part in query.people)
    return replace(query, people=people)
