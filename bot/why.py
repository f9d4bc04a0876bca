"""`why #n` and `why not #n`: which rules, scores and window tests put an item into a digest, or kept it out.

No model is asked: the digest is the kept one, or what code makes of the facts.
"""

from __future__ import annotations

import asyncio
import json
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.chat import Reply
from bot.access import principal_of
from bot.digests import DigestRequest
from bot.grammar.expressions import RelativeDay
from summarizer import languages, why
from summarizer.errors import BadInput
from summarizer.topics import mark_bots

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.chat import Context
    from adapters.source import Source
    from adapters.store import Store
    from bot.commands import Defaults
    from bot.digests import Digests
    from bot.grammar.commands import WhyCommand, WindowCommand
    from summarizer.digests import Digest
    from summarizer.filters import Filter
    from summarizer.items import Item
    from summarizer.topics import TopicRules
    from summarizer.why.findings import Absence

_GONE: dict[str, Absence] = {
    "deleted": "deleted",
    "transferred": "transferred",
    "no item": "no_item",
    "forgotten": "forgotten",
}
"""Of a tombstone -> why the mirror does not hold the item."""

_DAY = timedelta(days=1)
_LEAST_DAYS = 30
"""What a sync is proposed to reach back to at least; else twice as far as the mirror reaches."""


class Why:
    """Answers `why` commands. Replies are Markdown or JSON."""

    def __init__(
        self,
        *,
        digests: Digests,
        store: Store,
        source: Source,
        rules_of: Callable[[str], Awaitable[TopicRules]],
        defaults: Defaults,
    ) -> None:
        """rules_of: the rules of a repository, by its present name, with what people decided there."""
        self._digests = digests
        self._store = store
        self._source = source
        self._rules_of = rules_of
        self._defaults = defaults

    async def __call__(self, command: WhyCommand, context: Context, *, last: WindowCommand | None) -> Reply:
        """Answer one command. last: the digest that the conversation is about, if it is about one.

        Raises BadInput, GitHubError, StoreError, or what the gate raises.
        """
        options = command.options
        if options.format not in (None, "md", "json"):
            raise BadInput("option.not_here", option="format", example="why 26701 format:json")
        request = self._request(command, context, last)
        language = languages.load(request.lang)
        digest = await self._digests.known(request, context.progress)
        found = await self._explained(digest, command)
        repo = digest.facts.repo
        named = "" if repo.lower() == self._defaults.repo.lower() else f"repo:{repo}"
        if options.format == "json":
            told = why.as_json(found, why.first_line(found, language, named), language.code)
            text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
            return Reply(text, language.code, format="json")
        return Reply(why.as_markdown(found, language, named), language.code)

    def _request(self, command: WhyCommand, context: Context, last: WindowCommand | None) -> DigestRequest:
        """The digest that the question is about: the line's window, else the conversation's digest, else today."""
        options, item = command.options, command.item
        if item.repo and options.repo and item.repo.lower() != options.repo.lower():
            raise BadInput("mends.repos", item=item.repo, repo=options.repo)
        repo = item.repo or options.repo
        window = command.window
        if window is None and last is not None and _is_of(last, repo, self._defaults.repo):
            window, edition = last.window, options.edition or last.edition
            options, repo = last.options.refined_by(options), repo or last.options.repo
        else:
            window = window or RelativeDay("today")
            edition = options.edition or window.edition
        return DigestRequest(
            repo=repo or self._defaults.repo,
            expr=window,
            tz=self._defaults.zone(options, context),
            lang=self._defaults.language(options, context),
            edition=edition,
            filters=options.filters,
            reader=principal_of(context),
        )

    async def _explained(self, digest: Digest, command: WhyCommand) -> why.Why:
        repo, number = digest.facts.repo, command.item.number
        rules = await self._rules_of(repo)
        asked = _asked_topics(digest.facts.filters, rules)
        held = await self._store.mirror.items(repo, [number])
        if not held:
            missing = await self._missing(repo, number)
            return await asyncio.to_thread(
                why.explain_missing, digest, number, missing, negated=command.negated, asked=asked
            )
        [item, *partners] = mark_bots(
            [*held, *await self._store.mirror.items(repo, held[0].linked)], rules.bots
        )
        return await asyncio.to_thread(
            why.explain,
            digest,
            item,
            negated=command.negated,
            asked=asked,
            topics=rules.topics,
            partners=_as_of(partners, digest.facts.window.until),
        )

    async def _missing(self, repo: str, number: int) -> why.Missing:
        """Why the mirror does not hold it, as far as the mirror can tell."""
        tombstone = (await self._store.mirror.tombstones(repo)).get(number)
        if tombstone is not None:
            reason, _, at = tombstone.rpartition(" ")
            return why.Missing(_GONE[reason], at=datetime.fromisoformat(at))
        held = await self._store.mirror.updated_since(repo)
        state = await self._store.states.load(repo)
        since, until = state.mirror_from, state.synced_until
        if self._source.begins is not None or since is None or until is None or state.whole:
            return why.Missing("unknown")
        if held and number > held[-1]:
            return why.Missing("newer")
        return why.Missing("older", since=since, days=max(_LEAST_DAYS, math.ceil(2 * (until - since) / _DAY)))


def _is_of(last: WindowCommand, repo: str | None, default: str) -> bool:
    """Whether the conversation's digest is of the repository that the line names, if it names one."""
    return repo is None or repo.lower() == (last.options.repo or default).lower()


def _as_of(items: Sequence[Item], until: datetime) -> list[Item]:
    return [then for item in items if (then := item.as_of(until)) is not None]


def _asked_topics(filters: Sequence[Filter], rules: TopicRules) -> list[str]:
    """The topics that the digest is limited to."""
    wanted = (each for each in filters if each.key == "topic" and not each.negated)
    return list(dict.fromkeys(rules.find(value).key for each in wanted for value in each.values))
