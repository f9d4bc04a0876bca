"""A reader that knows a few people and labels, and questions put to it as they come from the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.grammar import parse
from bot.grammar.commands import Question
from bot.questions.reader import Reader
from summarizer.topics import load_topics

if TYPE_CHECKING:
    from bot.questions.reading import Reading

RULES = load_topics()
LOGINS = frozenset({"mgoin", "octocat", "mei-lin", "bigpyj1151", "amd", "some-body", "darklight1337"})
LABELS = frozenset({"bug", "rocm", "good first issue", "ci/build"})

READER = Reader(RULES, lambda word: word.lower() in LOGINS - {"amd"}, lambda word: word.lower() in LABELS)


def question(text: str) -> Question:
    """The line as the grammar has it; it has to be a question."""
    found = parse(text, surface="chat", conversation=False, topics=RULES.words)
    assert isinstance(found, Question), text
    return found


def read(text: str, *, after: str | None = None) -> Reading:
    """What a line is read as; after: the question before it. Lines of a conversation need not be questions by
    themselves."""
    last = None if after is None else read(after).query
    asked = Question(text) if after is not None else question(text)
    return READER.read(asked, last=last)


def query(text: str, *, after: str | None = None) -> dict[str, Any]:
    return read(text, after=after).query.as_dict()


def window(text: str) -> str | None:
    return query(text).get("window")


def named(text: str) -> dict[str, Any]:
    """The query without a window that a default filled in."""
    reading = read(text)
    told = reading.query.as_dict()
    return {name: value for name, value in told.items() if name not in reading.assumed}
