"""Searching: items of the mirror by what somebody types."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.search.query import entry_of, phrase_of
from adapters.web.archive import SearchShown
from bot.archive.archive import listed
from bot.archive.reaching import begins, coverage_of
from bot.archive.remembering import Remembered
from bot.archive.speaking import counted_as
from bot.grammar.commands import Options
from bot.grammar.forms import parse_item
from bot.grammar.normalize import normalize
from bot.grammar.options import admit, checked, lift
from bot.grammar.tokens import quote, tokenize
from bot.grammar.words import load_words
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS
from summarizer.questions.query import Query
from summarizer.topics import mark_bots, match_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import Listed, Standing, Visitor
    from bot.access import Principal
    from bot.find import Find
    from bot.mends import MendTopics
    from bot.rules import Rules
    from summarizer.questions import Found

log = structlog.get_logger()

ON_A_PAGE: Final = 20
MOST_PAGES: Final = 500
"""Whoever reads on should say more words."""

MOST_LATELY: Final = 1_000
"""Searches whose pages may be turned."""

MOST_CHARACTERS: Final = 400
MOST_WORDS: Final = 24

MOST_DIGESTS: Final = 5
LOOKED_AT: Final = 1_000
"""Kept digests whose titles are looked through."""

_NUMBER = re.compile(r"(?:(?:pr|pull|issue|pull request)\s*)?#?\s?([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class _Sought:
    """What was typed. number: of the item that it is alone, 0 for none. is_bare: whether it may be a word all the
    same."""

    options: Options = field(default_factory=Options)
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    number: int = 0
    is_bare: bool = False

    def __str__(self) -> str:
        if self.number:
            return f"#{self.number}"
        quoted = (f'"{phrase}"' for phrase in self.phrases)
        return " ".join([*self.words, *quoted, *self.options.words()])

    @property
    def query(self) -> Query:
        return Query(words=self.words, phrases=self.phrases, filters=self.options.filters)


class Searches:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        find: Find,
        mends: MendTopics,
        store: Store,
        rules: Rules,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._find = find
        self._mends = mends
        self._store = store
        self._rules = rules
        self._now = now
        self._kept: Remembered[Sequence[Listed]] = Remembered(8)
        self._lately: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def search(
        self, standing: Standing, words: str, reader: Principal, visitor: Visitor, *, page: int
    ) -> SearchShown:
        """Raises BadInput and StoreError. To turn the pages of a search is no new one."""
        is_turned = page > 1 and (standing.repo, words) in self._lately
        await self._rules.admit(counted_as(reader, visitor), is_counted=not is_turned)
        rules = await self._mends.rules(standing.repo)
        sought = _sought(words, standing.repo, rules.words)
        self._lately[standing.repo, words] = None
        if len(self._lately) > MOST_LATELY:
            self._lately.popitem(last=False)
        found = None
        if sought.number:
            found = await self._found(standing, Query(numbers=(sought.number,)))
            if not found.matches and sought.is_bare:
                found, sought = None, replace(sought, number=0)
        if found is None:
            found = await self._found(standing, sought.query)
        pages = min(MOST_PAGES, max(1, -(-len(found.matches) // ON_A_PAGE)))
        page = max(1, min(page, pages))
        if page > 1:
            found = await self._turned(found, page, rules.bots)
        ledgers = await asyncio.to_thread(match_topics, [*found.items.values()], rules.topics)
        log.info("searched", matches=len(found.matches), page=page)
        return SearchShown(
            words=str(sought),
            found=replace(found, ledgers=ledgers),
            page=page,
            pages=pages,
            digests=await self._digests(standing, sought) if page == 1 else (),
        )

    async def _found(self, standing: Standing, query: Query) -> Found:
        repo = standing.repo
        state = await self._store.states.load(repo)
        return await self._find.found(
            repo,
            query,
            window=None,
            rules=await self._mends.rules(repo),
            now=self._now(),
            coverage=coverage_of(state),
            mirror_from=begins(state),
            synced_until=state.synced_until,
            shown=ON_A_PAGE,
        )

    async def _turned(self, found: Found, page: int, bots: Collection[str]) -> Found:
        """With the items of that page instead of the first."""
        of_page = found.matches[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        items = await self._store.mirror.items(found.repo, [match.number for match in of_page])
        return replace(found, items={item.number: item for item in mark_bots(items, bots)})

    async def _digests(self, standing: Standing, sought: _Sought) -> tuple[Listed, ...]:
        """Those of which one title holds all that was typed."""
        wanted = [each.casefold() for each in (*sought.words, *sought.phrases)]
        if not wanted or sought.number:
            return ()
        kept = await self._kept.of(
            (standing.repo.lower(), standing.archive), lambda: self._titles(standing.repo)
        )
        holding = (
            each
            for each in kept
            if any(all(word in title.casefold() for word in wanted) for title in each.titles.values())
        )
        return tuple(each for each, _ in zip(holding, range(MOST_DIGESTS), strict=False))

    async def _titles(self, repo: str) -> Sequence[Listed]:
        return [listed(each, repo) for each in await self._store.editions.newest(repo, LOOKED_AT)]


def _sought(typed: str, repo: str, topics: Collection[str]) -> _Sought:
    """What somebody typed. Raises BadInput for what cannot be looked for."""
    if len(typed) > MOST_CHARACTERS:
        raise BadInput("archive.too_long", most=MOST_CHARACTERS)
    text = normalize(typed).text
    if not text:
        raise BadInput("archive.nothing_sought")
    item = parse_item(text)
    if item is not None and item.repo and item.repo.lower() != repo.lower():
        raise BadInput("archive.other_repo", item=str(item), repo=repo)
    known = load_words()
    lifted = lift(tokenize(text), known, surface="chat")
    admit(lifted.options)
    filters = [each for each in lifted.options if each.key in FILTER_KEYS]
    tokens = [*lifted.rest]
    for option in lifted.options:
        if option.key not in FILTER_KEYS:  # what else means something on a line is a word here
            tokens += option.tokens
    phrases = tuple(each.text for each in tokens if each.quoted and phrase_of(each.text))
    words = tuple(each.raw for each in tokens if not each.quoted and entry_of(each.raw))[:MOST_WORDS]
    options = checked(filters, known, topics)
    number = item.number if item else int(found[1]) if (found := _NUMBER.fullmatch(text)) else 0
    if not (number or phrases or words or options.filters):
        raise BadInput("archive.unsearchable", words=quote(text))
    return _Sought(options, words, phrases, number, is_bare=number > 0 and text.isdecimal())
