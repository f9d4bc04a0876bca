"""Queries changed: by a line of only a window or options, made of a digest, made somebody's own. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.grammar.commands import Options
from summarizer.questions.query import ME, Query

if TYPE_CHECKING:
    from bot.grammar.commands import Refinement, WindowCommand
    from summarizer.topics import TopicRules


def of_digest(command: WindowCommand, rules: TopicRules) -> Query:
    """What a digest is about, as a query that a further line may change; topics that are gone are left out."""
    known = {word.lower() for word in rules.words}
    filters = [each for each in command.options.filters if each.key != "importance"]
    topic = next((each for each in filters if each.key == "topic" and not each.negated), None)
    return Query(
        repo=command.options.repo,
        window=command.window,
        topics=tuple(dict.fromkeys(rules.find(name).key for name in topic.values if name.lower() in known))
        if topic
        else (),
        filters=tuple(each for each in filters if each is not topic),
    )


def changed(last: Query, refinement: Refinement) -> Query:
    """The last query over the line's window, with the line's options in the place of those of the same key."""
    filters = Options(filters=last.filters).refined_by(Options(filters=refinement.options.filters)).filters
    return replace(
        last,
        repo=refinement.options.repo or last.repo,
        window=refinement.window or last.window,
        filters=filters,
    )


def is_about_who_asks(query: Query) -> bool:
    """Whether one must know who asks."""
    sides = (query, query.against) if query.against else (query,)
    return any(part.login == ME for side in sides for part in side.people)


def of_person(query: Query, login: str) -> Query:
    """The query with the login of who asks in the place of ME."""
    people = tuple(replace(part, login=login) if part.login == ME else part for part in query.people)
    return replace(query, people=people)
