"""A question in, an answer with its proof out. So far: the topic and window it recognises, and the matching items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.chat import Reply
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
    from bot.grammar.commands import Question
    from summarizer.facts import Facts
    from summarizer.items import Item, Kind
    from summarizer.languages import Language
    from summarizer.topics import Topic, TopicRules

MOST_SHOWN = 30

_NUMBER = re.compile(r"#(\d{1,9})\b")


class Ask:
    """Answers questions from the mirror."""

    def __init__(self, *, digests: Digests, topics: TopicRules, defaults: Defaults) -> None:
        self._digests = digests
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
        )
        facts = await self._digests.facts(request, context.progress)
        topic = _topic(question.text, self._topics.topics)
        kind = _kind(question.text)
        numbers = tuple(int(found) for found in _NUMBER.findall(question.text))
        passing = select(facts.items, facts.filters, facts.ledgers)
        matching = [
            item
            for item in _candidates(facts, topic, numbers)
            if kind in (None, item.kind) and item.number in passing
        ]
        return Reply("\n".join(_answer(words, facts, topic, kind, numbers, matching)), lang)


def _topic(text: str, topics: Sequence[Topic]) -> Topic | None:
    """The first topic that a question names by its key or an alias, as whole words."""
    for topic in topics:
        for name in (topic.key, *topic.aliases):
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


def _candidates(facts: Facts, topic: Topic | None, numbers: Sequence[int]) -> list[Item]:
    if numbers:
        return [facts.items[number] for number in numbers if number in facts.items]
    if topic is None:
        return list(facts.items.values())
    ledger = facts.ledgers[topic.key]
    return [facts.items[number] for number in (*ledger.about, *ledger.tagged)]


def _answer(
    words: Language,
    facts: Facts,
    topic: Topic | None,
    kind: Kind | None,
    numbers: Sequence[int],
    matching: Sequence[Item],
) -> list[str]:
    """What was understood, how many match, then the items."""
    window = facts.window
    understood = " · ".join(
        (
            words.text(f"ask.kind_names.{kind or 'both'}"),
            " ".join(f"#{number}" for number in numbers)
            or (topic.title.get(words.code, topic.title["en"]) if topic else words.text("ask.any_topic")),
            *(
                f"{'-' if each.negated else ''}{each.key}:{markup.markdown(','.join(each.values))}"
                for each in facts.filters
            ),
            f"{moment_label(window.since, window.tz)} ~ {moment_label(window.until, window.tz)}",
        )
    )
    lines = [f"> {understood}", ""]
    for notice in facts.warnings:
        lines += [f"> {words.text(f'warnings.{notice.key}', **notice.values)}", ""]
    if not matching:
        lines.append(words.text("ask.none" if facts.complete else "ask.none_seen", n=len(facts.items)))
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
