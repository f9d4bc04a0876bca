"""Mending a topic's ledger: `topic KEY add|remove #n|@login`, by managers at once, by others as a proposal.

A manager accepts a proposal by giving the same command, and rejects it by giving the opposite one.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.chat import Reply
from adapters.store.mends import proposal_id
from bot.access import SHELL, principal_of
from bot.grammar.commands import Options, WordCommand
from bot.grammar.forms import parse_item
from bot.managers import speaker
from summarizer import languages, markup
from summarizer.errors import BadInput, DigestError
from summarizer.languages import Language
from summarizer.pages import title_shown, topic_name
from summarizer.topics import Mend, Topic, export, match_topics, mending
from summarizer.topics.mends import UNDATED
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from adapters.chat import Context
    from adapters.store import Store
    from adapters.store.mends import Kept
    from bot.access import Access
    from bot.commands import Defaults
    from bot.managers import Managers
    from bot.sync import Sync
    from bot.topicfile import Topics
    from summarizer.items import Item
    from summarizer.topics import TopicRules
    from summarizer.topics.mends import Action

MOST_PROPOSALS = 200
"""Proposals that wait in one repository; who proposes is nobody in particular, so they have an end."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """How commands are written where the reply is read. options: that name the repository, where it is not the default.
    bare: numbers stand without `#`, which begins a comment in a shell."""

    options: Options
    bare: bool

    def mend(self, mend: Mend) -> str:
        """The command that decides it."""
        return str(WordCommand("topic", (mend.topic, mend.action, self._target(mend)), options=self.options))

    def why(self, mend: Mend) -> str:
        return " ".join(["why", self._target(mend), *self.options.words()])

    def _target(self, mend: Mend) -> str:
        return str(mend.number) if self.bare and mend.number is not None else mend.target


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command on its way: what it would decide, on which repository, and how the reply speaks."""

    mend: Mend
    topic: Topic
    repo: str
    words: Language
    tz: str
    writing: _Writing


class MendTopics:
    """Takes mends and knows the mended rules. Replies are Markdown."""

    def __init__(
        self,
        *,
        store: Store,
        sync: Sync,
        access: Access,
        topics: Topics,
        managers: Managers,
        defaults: Defaults,
        now: Callable[[], datetime],
    ) -> None:
        """topics: as the topic file has them."""
        self._store = store
        self._sync = sync
        self._access = access
        self._topics = topics
        self._managers = managers
        self._defaults = defaults
        self._now = now
        self._mended: dict[str, tuple[int, TopicRules, TopicRules]] = {}

    async def __call__(self, command: WordCommand, context: Context) -> Reply:
        """Do `topic KEY add|remove TARGET`. Raises BadInput, GitHubError, StoreError, or what the gate raises."""
        asked = await self._asked(command, context)
        kept = await self._store.mends.load(asked.repo)
        is_manager = self._managers.includes(context)
        standing = _standing(asked, (await self.rules(asked.repo)).find(asked.topic.key))
        if standing is not None and _says_the_same(asked.mend, standing, also_why=is_manager):
            lines = await self._said_already(asked, standing, kept, is_manager=is_manager)
        elif is_manager:
            lines = await self._decided(asked, kept)
        else:
            lines = await self._proposed(asked, kept)
        return Reply("\n".join(lines), asked.words.code)

    async def rules(self, repo: str) -> TopicRules:
        """The rules with the mends of `repo`, by its present name. One small read, and one more after a change."""
        revision = await self._store.mends.revision(repo)
        if revision == 0:
            return self._topics.mended(())
        known = self._mended.get(repo.lower())
        unmended = self._topics.mended(())
        if known is None or known[0] != revision or known[1] is not unmended:
            kept = await self._store.mends.load(repo)
            known = self._mended[repo.lower()] = (kept.revision, unmended, unmended.mended(kept.mends))
        return known[2]

    async def proposals(self, command: WordCommand, context: Context) -> list[str]:
        """What waits for a decision, as lines that `topics` ends with; none for those who may not decide or read."""
        if not self._managers.includes(context):
            return []
        repo = command.options.repo or self._defaults.repo
        words = languages.load(self._defaults.language(command.options, context))
        zone = self._defaults.zone(command.options, context)
        kept = await self._store.mends.load((await self._store.states.load(repo)).repo)
        if not kept.proposals:
            return []
        with suppress(DigestError):
            state = await self._sync.admit(repo, self._access.gate(principal_of(context), repo))
            writing = self._writing(state.repo, context)
            numbers = [each.mend.number for each in kept.proposals if each.mend.number is not None]
            records = await self._store.mirror.records(state.repo, numbers)
            items = {record.item.number: record.item for record in records}
            lines = [_line(each.mend, items, writing, words, zone) for each in kept.proposals]
            return ["", words.text("mends.waiting"), *lines]
        return []

    async def export(self, repo: str) -> str:
        """What people decided in `repo`, as tables for a topic file; for the shell. Raises as a command does."""
        state = await self._sync.admit(repo, self._access.gate(SHELL, repo))
        kept = await self._store.mends.load(state.repo)
        return export(kept.mends, self._topics.topics)

    async def _asked(self, command: WordCommand, context: Context) -> _Asked:
        key, verb, target = command.arguments
        topic = self._topics.find(key)
        item = parse_item(target)
        named = command.options.repo or self._defaults.repo
        if item and item.repo and command.options.repo and not _is_called(item.repo, named):
            raise BadInput("mends.repos", item=item.repo, repo=named)
        repo = item.repo if item and item.repo else named
        state = await self._sync.admit(repo, self._access.gate(principal_of(context), repo))
        action: Action = "add" if verb == "add" else "remove"
        mend = Mend(
            topic=topic.key,
            action=action,
            number=item.number if item else None,
            login=None if item else target.removeprefix("@"),
            by=speaker(context),
            at=self._now(),
            because=markup.one_line(command.because or ""),
            repo=state.repo,
        )
        words = languages.load(self._defaults.language(command.options, context))
        zone = self._defaults.zone(command.options, context)
        return _Asked(mend, topic, state.repo, words, zone, self._writing(state.repo, context))

    def _writing(self, repo: str, context: Context) -> _Writing:
        is_default = _is_called(repo, self._defaults.repo)
        return _Writing(Options(repo=None if is_default else repo), bare=context.surface == "shell")

    async def _said_already(
        self, asked: _Asked, standing: Mend, kept: Kept, *, is_manager: bool
    ) -> list[str]:
        lines = [_said(standing, asked, "already"), *_why(standing, asked.words)]
        contrary = proposal_id(_opposite(asked.mend))
        if is_manager and kept.proposed(contrary):
            await self._store.mends.reject(asked.repo, contrary)
            lines.append(asked.words.text("mends.dropped"))
        return [*lines, _further(asked)]

    async def _decided(self, asked: _Asked, kept: Kept) -> list[str]:
        mend, words = asked.mend, asked.words
        proposal = kept.proposed(proposal_id(mend))
        if proposal is not None:
            mend = _accepted(proposal, mend)
        await self._store.mends.add(asked.repo, mend, proposed=False)
        lines = [await self._told(asked, "decided"), *_why(mend, words)]
        if proposal is not None:
            lines.append(_said(proposal, asked, "as_proposed"))
        if kept.proposed(proposal_id(_opposite(mend))):
            lines.append(words.text("mends.dropped"))
        return [*lines, _further(asked)]

    async def _proposed(self, asked: _Asked, kept: Kept) -> list[str]:
        managers = asked.words.text("mends.for_managers", accept=asked.writing.mend(asked.mend))
        if earlier := kept.proposed(proposal_id(asked.mend)):
            return [_said(earlier, asked, "proposed_already"), *_why(earlier, asked.words), managers]
        if len(kept.proposals) >= MOST_PROPOSALS:
            raise BadInput("mends.full", n=MOST_PROPOSALS)
        await self._store.mends.add(asked.repo, asked.mend, proposed=True)
        return [await self._told(asked, "proposed"), *_why(asked.mend, asked.words), managers]

    async def _told(self, asked: _Asked, how: str) -> str:
        """What the mend changes, how: "decided" or "proposed", and what the rules alone say."""
        mend, words = asked.mend, asked.words
        topic = markup.markdown(topic_name(asked.topic, words))
        if mend.number is None:
            term = f"author:{mend.login}"
            held = len(await self._store.mirror.with_term(asked.repo, term))
            told = words.text(f"mends.{how}.{mend.action}_login", login=mend.login, topic=topic)
            return f"{told} {words.text('mends.by_login', n=held)}"
        item = await self._store.mirror.item(asked.repo, mend.number)
        told = words.text(
            f"mends.{how}.{mend.action}_number", item=_shown(mend.number, item, words), topic=topic
        )
        return f"{told} {words.text(f'mends.rules.{_by_rules(asked.topic, item)}')}"


def _standing(asked: _Asked, topic: Topic) -> Mend | None:
    """What was decided about the target before, by the file or by people."""
    held = mending(topic.mends, asked.repo)
    targets = {mend.target: mend for mend in (*held.numbers.values(), *held.logins.values())}
    return targets.get(asked.mend.target)


def _says_the_same(new: Mend, standing: Mend, *, also_why: bool) -> bool:
    """Whether `new` would change nothing. also_why: a new reason is a change."""
    is_why_new = also_why and new.because not in ("", standing.because)
    return new.action == standing.action and not is_why_new


def _opposite(mend: Mend) -> Mend:
    return replace(mend, action="remove" if mend.action == "add" else "add")


def _accepted(proposal: Mend, decision: Mend) -> Mend:
    """What holds once a manager agrees: both said so, and the manager's words go before the proposer's."""
    both = dict.fromkeys((proposal.by, decision.by))
    return replace(decision, by=", ".join(both), because=decision.because or proposal.because)


def _by_rules(topic: Topic, item: Item | None) -> str:
    """What the rules alone make of an item: a key below `[mends.rules]`."""
    if item is None:
        return "unseen"
    [ledger] = match_topics((item,), [replace(topic, mends=())]).values()
    return "about" if ledger.about else "tagged" if ledger.tagged else "none"


# --- sentences


def _said(mend: Mend, asked: _Asked, how: str) -> str:
    """Who said so, and when; nobody knows when what a topic file holds was said."""
    by = markup.markdown(mend.by)
    if mend.at == UNDATED:
        return asked.words.text(f"mends.{how}_in_file", by=by)
    return asked.words.text(f"mends.{how}", by=by, at=moment_label(mend.at, asked.tz))


def _why(mend: Mend, words: Language) -> Iterable[str]:
    if mend.because:
        yield words.text("mends.because", because=markup.markdown(mend.because))


def _further(asked: _Asked) -> str:
    """Which commands tell it and turn it round."""
    opposite = asked.writing.mend(_opposite(asked.mend))
    if asked.mend.number is None:
        return asked.words.text("mends.opposite", opposite=opposite)
    return asked.words.text("mends.further", why=asked.writing.why(asked.mend), opposite=opposite)


def _shown(number: int, item: Item | None, words: Language) -> str:
    """An item's number as a link, and its title; the number alone where the mirror does not hold it."""
    if item is None:
        return f"#{number}"
    return f"{markup.markdown_link(f'#{number}', item.url)} {markup.markdown(title_shown(item, words))}"


def _line(mend: Mend, items: Mapping[int, Item], writing: _Writing, words: Language, tz: str) -> str:
    """A proposal in the list."""
    shown = f"`{mend.login}`" if mend.number is None else _shown(mend.number, items.get(mend.number), words)
    line = words.text(
        "mends.line",
        accept=writing.mend(mend),
        target=shown,
        by=markup.markdown(mend.by),
        at=moment_label(mend.at, tz),
    )
    return " ".join([line, *_why(mend, words)])


def _is_called(repo: str, name: str) -> bool:
    return repo.lower() == name.lower()
