"""Prompts for questions: what a sentence asks for, and an explanation of what was found.

What stays the same comes first: the rules and topics of all questions, then the items of one, then its words. A
question is a stranger's text like any on GitHub and stands behind the same fence.
"""

from __future__ import annotations

import json
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Final

from summarizer.fence import fenced, inline, tokens
from summarizer.prompting import items, templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.questions.found import Found
    from summarizer.questions.query import Form
    from summarizer.topics import TopicRules
    from summarizer.windows import Window

ITEMS_TOKENS_MAX: Final = 10_000
"""Of the items of one explanation: some forty threads in short or three in full. First words come the sooner the less
there is to read."""
TASK_TOKENS: Final = 1_400
"""The longest task of an explanation, with its question, numbers of the sides and glossary."""
ANSWER_TOKENS: Final = 1_000
"""Of an explanation."""

_QUESTION_CHARS: Final = 1_000
_QUERY_CHARS: Final = 800
_IN_FULL: Final = 3
"""So few items are shown with all that was said on them."""
_ITEMS_MOST: Final = 60
_ALIASES: Final = 12
_NUMBERS: Final = 60
_NAMES: Final = {"en": "English", "zh": "中文"}


# --- understanding ----------------------------------------------------------------------------------------------------


def understand_system() -> str:
    """The part that is the same for every question: how the form is filled."""
    return templates.render("ask/understand-system.jinja")


def understand_topics(rules: TopicRules) -> str:
    """The part that is the same for every question about the same topics."""
    topics = [
        {
            "key": topic.key,
            "titles": inline(" / ".join(dict.fromkeys(topic.title.values())), 80),
            "aliases": inline(", ".join(topic.aliases[:_ALIASES]), 200),
        }
        for topic in rules.topics
    ]
    organisations = ", ".join(rules.organisations) or "none"
    return templates.render("ask/topics.jinja", topics=topics, organisations=organisations)


def understand_task(question: str, *, today: str, last: Mapping[str, Any] | None, lang: str) -> str:
    """today: the day and time with their zone. last: the conversation's last query, as `Query.as_dict` tells it."""
    return templates.render(
        "ask/understand.jinja",
        today=today,
        last=_told(last) if last else "none",
        question=fenced(question, _QUESTION_CHARS),
        lang=_NAMES.get(lang, lang),
    )


# --- explaining -------------------------------------------------------------------------------------------------------


def explain_system(project: str) -> str:
    """The part that is the same for every explanation of a project."""
    return templates.render("ask/explain-system.jinja", project=project)


def explain_items(facts: Facts, found: Found, context: int, system: str) -> str:
    """The items found, in their order, those of a comparison's sides by turns: each in as much detail as fits beside
    the system text, the task and the answer; the last ones have a line each, or are left out."""
    room = context - tokens(system) - TASK_TOKENS - min(ANSWER_TOKENS * 2, context // 4)
    left = min(room, ITEMS_TOKENS_MAX)
    order = [facts.items[number] for number in shown_order(found) if number in facts.items]
    lines: dict[int, str] = {}
    for item in order:
        text = items.line(item, None)
        if (cost := tokens(text)) > left // 2 and lines:
            break
        lines[item.number] = text
        left -= cost
    blocks: dict[int, str] = {}
    for place, item in enumerate(order[: len(lines)]):
        share = left // max(1, min(len(lines) - place, _IN_FULL))
        for text in _detailed(item, facts, in_full=len(order) <= _IN_FULL):
            if (cost := tokens(text) - tokens(lines[item.number])) <= share:
                blocks[item.number] = text
                left -= cost
                break
    rest = [text for number, text in lines.items() if number not in blocks]
    listed = ["\n".join(["<items>", *rest, "</items>"])] if rest else []
    return "\n\n".join([*blocks.values(), *listed])


def _detailed(item: Item, facts: Facts, *, in_full: bool) -> Iterator[str]:
    if in_full:
        yield items.whole_thread(item, facts.window.zone)
    for level in (2, 1, 0):
        yield items.block(item, facts, None, level)


def shown_order(found: Found) -> list[int]:
    """The numbers whose items are at hand, best first, the sides of a comparison by turns, each once."""
    sides = [_at_hand(side) for side in sides_of(found)]
    return list(dict.fromkeys(number for number in chain(*zip_longest(*sides)) if number))[:_ITEMS_MOST]


def sides_of(found: Found) -> list[Found]:
    """What was found, and what was found on the other side of a comparison."""
    return [found, found.against] if found.against is not None else [found]


def _at_hand(side: Found) -> list[int]:
    matched = [match.number for match in side.matches if match.number in side.items]
    return list(dict.fromkeys([*matched, *side.items]))


def explain_task(question: str, form: Form, language: Language, found: Found) -> str:
    """The instruction, with what was found and what was asked."""
    sides = sides_of(found)
    names = ["found"] if len(sides) == 1 else ["first side", "other side"]
    return templates.render(
        "ask/explain.jinja",
        form=form,
        read_as=_told(found.query.as_dict()),
        sides=[f"{name}: {_counted(side)}" for name, side in zip(names, sides, strict=True)],
        question=fenced(question, _QUESTION_CHARS),
        language=language.get("language.name"),
        glossary=templates.render("glossary.jinja") if language.code != "en" else "",
    )


def _counted(side: Found) -> str:
    numbers = [match.number for match in side.matches]
    told = [f"{len(numbers)} items"]
    if side.about is not None and side.tagged is not None:
        told.append(f"{side.about} about the topic and {side.tagged} only tagged")
    told.append(_window(side.window) if side.window else "whenever it happened")
    more = f" and {len(numbers) - _NUMBERS} more" if len(numbers) > _NUMBERS else ""
    return f"{', '.join(told)}: {items.numbers(numbers[:_NUMBERS])}{more}"


def _window(window: Window) -> str:
    zone = window.zone
    return f"{items.moment(window.since, zone)} to {items.moment(window.until, zone)} ({window.tz})"


def _told(query: Mapping[str, Any]) -> str:
    """A query as one line; its words are the person's own."""
    return inline(json.dumps(query, ensure_ascii=False, default=str), _QUERY_CHARS)
