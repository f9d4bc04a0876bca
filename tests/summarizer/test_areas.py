"""The area that an item is told in."""

from __future__ import annotations

from summarizer import languages
from summarizer.counting import build_facts
from summarizer.extract import Words
from summarizer.extract.areas import area_of
from summarizer.topics import Mend, load_topics
from tests.builders import HOUR, NOON, REPO, coverage, event, item

RULES = load_topics()


def area(title: str, *mends: Mend) -> str:
    one = item(1, title=title, events=(event("opened", 5),))
    topics = RULES.mended(mends).topics
    facts = build_facts(repo=REPO, window=HOUR, items=(one,), coverage=coverage(), topics=topics)
    return area_of(one, Words(facts, languages.load("en"), "vLLM"))[0]


def test_what_people_put_into_a_topic_is_told_there() -> None:
    put = Mend("amd", "add", 1, None, "Ann", NOON, repo=REPO)

    assert area("Rename a function") == ""
    assert area("Rename a function", put) == "amd"


def test_of_two_topics_that_are_as_plain_the_narrower_comes_first() -> None:
    put = Mend("tpu", "add", 1, None, "Ann", NOON, repo=REPO)

    assert area("[ROCm] Rename a function", put) == "amd"
