"""Which items a query means, found by looking at every item: slow, and right by reading it.

It shares the meaning of lists, filters and topics with digests (`build_facts`, `select`, `match_topics`), and nothing
with how the bot finds: no index, no store, no search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.grammar.expressions import Release as ReleaseExpr
from bot.questions.expressions import Before, BeforeRelease, SinceRelease
from bot.releases import pair_of
from summarizer.counting import build_facts
from summarizer.filters import Filter, select
from summarizer.items import Coverage, Item, Release, Seen
from summarizer.questions.query import ME, STALE_DAYS
from summarizer.topics import TopicRules, match_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from summarizer.facts import Facts
    from summarizer.questions.query import Part, Query, QueryEvent, QueryState
    from summarizer.windows import Resolvable

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_COMPLETE = Coverage(Seen(0, 0), Seen(0, 0))
_DECISIONS = ("APPROVED", "CHANGES_REQUESTED")
_OPINIONS = (*_DECISIONS, "DISMISSED")
_ENDINGS = ("ings", "ing", "ers", "er", "ed", "es", "s", "e")


@dataclass(frozen=True, slots=True)
class Known:
    """All there is to look at. now: also how far it reaches. me: the login of who asks."""

    items: tuple[Item, ...]
    releases: tuple[Release, ...]
    rules: TopicRules
    now: datetime
    tz: str
    me: str


def matching(query: Query, known: Known) -> frozenset[int]:
    """The numbers of the items that the query means. Raises BadInput for a window that cannot be."""
    window = window_of(query.window, known)
    within = window or Window(_EVER, known.now, known.tz)
    facts = _facts(known, within)
    # numbers that are named are looked at whatever happened when; the events asked for lie in the window even so
    limited = query.events or (window and not query.numbers)
    touched = facts.items if limited else _standing(known.items, within.until)
    return frozenset(
        number for number, item in touched.items() if _holds(query, item, facts, within, known)
    ) & _passing(query, touched, known)


def both(query: Query, known: Known) -> tuple[frozenset[int], frozenset[int]]:
    """The same, and that of the other side of a comparison, empty where there is none."""
    other = matching(query.against, known) if query.against else frozenset()
    return matching(query, known), other


def window_of(expr: Resolvable | None, known: Known) -> Window | None:
    """The window named. Raises BadInput."""
    if isinstance(expr, SinceRelease):
        start = _release(expr.tag, known)
        return Window(start, known.now, known.tz, so_far=True)
    if isinstance(expr, BeforeRelease):
        return Window(_EVER, _release(expr.tag, known), known.tz)
    if isinstance(expr, ReleaseExpr):
        expr = pair_of(expr, known.releases)
    if isinstance(expr, Before):
        return Window(_EVER, expr.end(now=known.now, synced_until=known.now, tz=known.tz), known.tz)
    return expr.resolve(now=known.now, synced_until=known.now, tz=known.tz) if expr else None


def _release(tag: str, known: Known) -> datetime:
    expr = ReleaseExpr("latest") if tag == "latest" else ReleaseExpr(tag, tag)
    return pair_of(expr, known.releases).since.published_at


def _facts(known: Known, window: Window) -> Facts:
    return build_facts(
        repo=known.items[0].repo,
        window=window,
        items=known.items,
        coverage=_COMPLETE,
    )


def _standing(items: Iterable[Item], until: datetime) -> dict[int, Item]:
    """Every item as it stood then."""
    return {item.number: cut for item in items if (cut := item.as_of(until)) is not None}


def _holds(query: Query, item: Item, facts: Facts, window: Window, known: Known) -> bool:
    """All that a query says but its filters, topics, labels and paths."""
    return (
        query.kind in (None, item.kind)
        and (not query.numbers or item.number in query.numbers)
        and (not query.events or any(_happened(event, item, facts, window) for event in query.events))
        and all(_stands(state, item, window.until) for state in query.states)
        and _is_theirs(query.people, item, window, known.me)
        and (not query.organisations or any(_is_of(key, item, known) for key in query.organisations))
        and all(_says(item, entry) for entry in query.words)
        and all(_quotes(item, phrase) for phrase in query.phrases)
    )


def _passing(query: Query, items: Mapping[int, Item], known: Known) -> frozenset[int]:
    """What passes the filters, and one of the topics, labels and paths."""
    wanted: list[Filter] = list(query.filters)
    for key, values in (("topic", query.topics), ("label", query.labels), ("path", query.paths)):
        if values:
            wanted.append(Filter(key, values))  # type: ignore[arg-type]
    of_topics = any(each.key == "topic" for each in wanted)
    ledgers = match_topics(items.values(), known.rules.topics) if of_topics else {}
    return select(items, wanted, ledgers)


def _happened(event: QueryEvent, item: Item, facts: Facts, window: Window) -> bool:
    lists = facts.lists
    match event:
        case "opened":
            rows = (*lists["issues_opened"], *lists["prs_opened"])
        case "closed":
            rows = (*lists["issues_closed"], *lists["prs_closed_unmerged"])
        case "merged":
            rows = lists["prs_merged"]
        case "reopened":
            rows = lists["reopened"]
        case "discussed":
            return any(comment.created_at in window for comment in item.comments if not comment.author.is_bot)
        case "reviewed":
            return any(review.submitted_at in window for review in item.reviews if not review.author.is_bot)
    return any(row.number == item.number for row in rows)


def _stands(state: QueryState, item: Item, until: datetime) -> bool:
    match state:
        case "open" | "closed" | "merged":
            return item.state == state
        case "draft":
            return item.is_draft is True
        case "stale":
            return item.state == "open" and _last(item) < until - timedelta(days=STALE_DAYS)
        case "waiting":
            return (
                item.is_pull_request and item.state == "open" and not item.is_draft and not _is_decided(item)
            )


def _is_decided(item: Item) -> bool:
    """Whether somebody approved it or sent it back, and was not asked to look again."""
    opinions = {
        review.author.login: review.state
        for review in item.reviews
        if review.state in _OPINIONS and not review.author.is_bot
    }
    return item.review_decision in _DECISIONS and any(
        state in _DECISIONS and login not in (item.review_requests or ()) for login, state in opinions.items()
    )


def _last(item: Item) -> datetime:
    """When the last thing happened to it."""
    times = [event.at for event in item.events]
    times += [comment.created_at for comment in item.comments]
    times += [review.submitted_at for review in item.reviews]
    return max(times, default=_EVER)


def _is_theirs(people: Sequence[Part], item: Item, window: Window, me: str) -> bool:
    """Whether somebody named for each role has it."""
    roles = dict.fromkeys(part.role for part in people)
    return all(
        any(
            (me if part.login == ME else part.login).casefold() in _logins(part.role, item, window)
            for part in people
            if part.role == role
        )
        for role in roles
    )


def _logins(role: str, item: Item, window: Window) -> set[str]:
    """Who has that role, in lower case, a bot with its mark and without."""
    by_role: dict[str, Callable[[], Iterable[str]]] = {
        "author": lambda: [item.author.login] if item.author else [],
        "merger": lambda: [item.merged_by.login] if item.merged_by else [],
        "closer": lambda: [
            each.actor.login
            for each in item.events
            if each.name in ("closed", "closed_unmerged", "reopened") and each.actor
        ],
        "reviewer": lambda: [each.author.login for each in item.reviews if each.submitted_at in window],
        "commenter": lambda: [each.author.login for each in item.comments if each.created_at in window],
        "requested": lambda: item.review_requests or (),
        "assignee": lambda: item.assignees or (),
    }
    told = by_role.values() if role == "involved" else [by_role[role]]
    logins = {login.casefold() for each in told for login in each()}
    return logins | {login.removesuffix("[bot]") for login in logins}


def _is_of(key: str, item: Item, known: Known) -> bool:
    expressions = known.rules.organisations[key].expressions
    login = item.author.login if item.author else ""
    return any(re.fullmatch(expression, login, re.IGNORECASE) for expression in expressions)


def _says(item: Item, entry: str) -> bool:
    """Whether one of the terms of an entry stands in the item, in any form."""
    said = {_stem(word) for word in _words(_text(item))}
    return any(all(_stem(word) in said for word in _words(term)) for term in entry.split("|"))


def _quotes(item: Item, phrase: str) -> bool:
    return f" {' '.join(_words(phrase))} " in f" {' '.join(_words(_text(item)))} "


def _text(item: Item) -> str:
    said = [comment.body for comment in item.comments] + [review.body for review in item.reviews]
    return "\n".join((item.title, item.body or "", *item.labels, *said, *(item.files or ())))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
