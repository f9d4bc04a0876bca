"""A question in, an answer with its proof out. So far: the topic and window it recognises, and the matching items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.chat import Reply
from bot.access import principal_of
from bot.digests import DigestRequest
from bot.grammar.expressions import Week
from summarizer import languages, markup
from summarizer.filters import select
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Context
    from bot.commands import Defaults
    from bot.digests import Digests
    from bot.find import Find
    from bot.grammar.commands import Question
    from summarizer.facts import Facts, ListName
    from summarizer.items import Item, Kind
    from summarizer.languages import Language
    from summarizer.topics import Topic, TopicRules

MOST_SHOWN = 30

EVENT_LISTS: dict[str, tuple[ListName, ...]] = {
    "merged": ("prs_merged",),
    "closed": ("issues_closed", "prs_closed_unmerged"),
    "opened": ("issues_opened", "prs_opened"),
}
"""Event of a question -> the lists of a window that show it."""

_PHRASE = re.compile(r'"([^"]+)"|「([^」]+)」')
_NUMBER = re.compile(r"#(\d{1,9})\b")


class Ask:
    """Answers questions from the mirror."""

    def __init__(self, *, digests: Digests, find: Find, topics: TopicRules, defaults: Defaults) -> None:
        self._digests = digests
        self._find = find
        self._topics = topics
        self._defaults = defaults

    async def __call__(self, question: Question, context: Context) -> Reply:
        """Answer one question; without a window in it, over this week. Raises DigestError."""
        lang = self._defaults.language(question.options, context)
        words = languages.load(lang)
        request = DigestRequest(
            repo=question.options.repo or self._defaults.repo,
            expr=question.window or Week(),
            tz=self._defaults.zone(question.options, context),
            lang=lang,
            filters=question.options.filters,
            reader=principal_of(context),
        )
        facts = await self._digests.facts(request, context.progress)
        phrases = _phrases(question.text)
        asked = _PHRASE.sub(" ", question.text)  # what is quoted is looked for, and means nothing else
        topic = _topic(asked, self._topics.topics)
        kind = _kind(asked)
        numbers = tuple(int(found) for found in _NUMBER.findall(asked))
        event, person = _event(asked), _person(asked, facts)
        passing = select(facts.items, facts.filters, facts.ledgers) & _happened(facts, event)
        held = await self._holding(facts, phrases)
        matching = [
            item
            for item in _candidates(facts, topic, numbers)
            if kind in (None, item.kind)
            and item.number in passing
            and (held is None or item.number in held)
            and person in (None, item.author and item.author.login)
        ]
        understood = _understood(words, facts, topic, kind, numbers, event, person, phrases)
        return Reply("\n".join(_answer(words, facts, understood, matching)), lang)

    async def _holding(self, facts: Facts, phrases: Sequence[str]) -> set[int] | None:
        """The items of the window that hold every phrase; None where none was asked for."""
        if not phrases:
            return None
        text = " ".join(f'"{phrase}"' for phrase in phrases)
        hits = await self._find(facts.repo, text, within=facts.items, limit=len(facts.items))
        return {hit.number for hit in hits if hit.all_words}


def _phrases(text: str) -> tuple[str, ...]:
    """What a question quotes, each once; signs alone are nothing that could be looked for."""
    quoted = (found.strip() for pair in _PHRASE.findall(text) for found in pair)
    return tuple(dict.fromkeys(found for found in quoted if any(map(str.isalnum, found))))


def _topic(text: str, topics: Sequence[Topic]) -> Topic | None:
    """The first topic that a question names by its key, title or an alias, as whole words."""
    for topic in topics:
        for name in (topic.key, *topic.title.values(), *topic.aliases):
            pattern = re.escape(name)
            if name.isascii():  # "AMD的" names AMD, "lambda" does not name "amd"
                pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
            if re.search(pattern, text, re.IGNORECASE):
                return topic
    return None


def _kind(text: str) -> Kind | None:
    """The kind of item a question speaks of, by the words of every language; None for both or neither."""
    found: set[Kind] = set()
    for code in languages.codes():
        words = languages.load(code)
        for kind in ("issue", "pull_request"):
            if re.search(str(words.get(f"ask.kinds.{kind}")), text, re.IGNORECASE):
                found.add(kind)
    return found.pop() if len(found) == 1 else None


def _event(text: str) -> str | None:
    """What a question wants to have happened: "merged", "closed" or "opened"; None when it does not say."""
    found = [
        event
        for event in EVENT_LISTS
        for code in languages.codes()
        if re.search(str(languages.load(code).get(f"ask.events.{event}")), text, re.IGNORECASE)
    ]
    return found[0] if len(set(found)) == 1 else None


def _person(text: str, facts: Facts) -> str | None:
    """The author a question names by a whole login of two characters or more."""
    words = {word.lower() for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9-]+", text)}
    for item in facts.items.values():
        if item.author and item.author.login.lower() in words:
            return item.author.login
    return None


def _happened(facts: Facts, event: str | None) -> frozenset[int]:
    """The numbers of the items that the event happened to in the window; all of them for None."""
    if event is None:
        return frozenset(facts.items)
    return frozenset(row.number for name in EVENT_LISTS[event] for row in facts.lists[name])


def _candidates(facts: Facts, topic: Topic | None, numbers: Sequence[int]) -> list[Item]:
    if numbers:
        return [facts.items[number] for number in numbers if number in facts.items]
    if topic is None:
        return list(facts.items.values())
    ledger = facts.ledgers[topic.key]
    return [facts.items[number] for number in (*ledger.about, *ledger.tagged)]


def _understood(
    words: Language,
    facts: Facts,
    topic: Topic | None,
    kind: Kind | None,
    numbers: Sequence[int],
    event: str | None,
    person: str | None,
    phrases: Sequence[str],
) -> str:
    """The reading of the question in one line, so that a misreading is seen."""
    window = facts.window
    subject = " ".join(f"#{number}" for number in numbers)
    if not subject:
        subject = topic.title.get(words.code, topic.title["en"]) if topic else words.text("ask.any_topic")
    filters = (f"{'-' if each.negated else ''}{each.key}:{','.join(each.values)}" for each in facts.filters)
    parts = [
        words.text(f"ask.kind_names.{kind or 'both'}"),
        subject,
        *([words.text(f"ask.event_names.{event}")] if event else []),
        *([words.text("digest.row.by", login=person)] if person else []),
        *(words.text("ask.quoted", text=phrase) for phrase in phrases),
        *filters,
        f"{moment_label(window.since, window.tz)} ~ {moment_label(window.until, window.tz)}",
    ]
    return " · ".join(markup.markdown(part) for part in parts)


def _answer(words: Language, facts: Facts, understood: str, matching: Sequence[Item]) -> list[str]:
    """What was understood, what is missing, how many match, then the items."""
    lines = [f"> {understood}", ""]
    for notice in facts.warnings:
        lines += [f"> {words.text(f'warnings.{notice.key}', **notice.values)}", ""]
    for reason in facts.coverage.reasons:
        lines += [f"> {words.text(f'coverage.{reason}')}", ""]
    if not matching:
        none = "none" if facts.items else "nothing"
        lines.append(words.text(f"ask.{none if facts.complete else 'none_seen'}", n=len(facts.items)))
        return lines
    lines += [words.text("ask.found", n=len(matching)), ""]
    lines += [f"- {_line(item, words)}" for item in matching[:MOST_SHOWN]]
    if len(matching) > MOST_SHOWN:
        lines.append(words.text("ask.more", n=len(matching) - MOST_SHOWN))
    return lines


def _line(item: Item, words: Language) -> str:
    """Link, title, state and author of an item, as Markdown."""
    state = "closed_unmerged" if item.is_pull_request and item.state == "closed" else item.state
    parts = [
        f"{markup.markdown_link(f'#{item.number}', item.url)} {markup.markdown(item.title)}",
        words.text(f"extract.state.{state}"),
    ]
    if item.author:
        parts.append(words.text("digest.row.by", login=markup.markdown(item.author.login)))
    return " — ".join(parts)
