"""The lists of verdicts on topics, and the table of how the bundled rules do against them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.topics.__main__ import VERDICTS, main
from benchmarks.topics.judging import Verdicts, judge, read_items, read_verdicts
from summarizer.topics import Rule, Topic, load_topics, match_topics
from tests.builders import REPO, item

if TYPE_CHECKING:
    from pathlib import Path


def test_every_list_is_of_a_topic_that_there_is_and_judges_the_same_items() -> None:
    found = tuple(read_verdicts(VERDICTS))
    keys = {topic.key for topic in load_topics().topics}

    assert len(found) == 5
    assert {each.topic for each in found} <= keys
    assert len({each.judged for each in found}) == 1
    assert all(not each.about & each.tagged for each in found)


@pytest.mark.parametrize(("tagged", "doubtful"), [("[1]", "[]"), ("[2]", "[4]")])
def test_a_number_has_one_verdict(tmp_path: Path, tagged: str, doubtful: str) -> None:
    (tmp_path / "x.toml").write_text(
        f"about = [1]\ntagged = {tagged}\nnot = [3]\ndoubtful = {doubtful}\n", "utf-8"
    )

    with pytest.raises(ValueError, match=r"x\.toml"):
        list(read_verdicts(tmp_path))


def test_even_and_odd_numbers_are_scored_apart_about_and_as_members() -> None:
    topic = Topic("x", {"en": "X"}, (), (Rule("title", ("x",), "about"), Rule("label", ("x",), "tagged")))
    items = [
        item(1, title="x"), item(2, title="x"), item(3), item(4, labels=("x",)), item(5, title="x"), item(6),
        item(99, title="x"),
    ]  # fmt: skip
    verdicts = Verdicts("x", frozenset({1, 3, 4}), frozenset({2}), frozenset(range(1, 7)), frozenset({3}))

    scores = list(judge(match_topics(items, [topic])["x"], verdicts, [each.number for each in items]))

    assert [(each.parity, each.level, each.hits, each.misses, each.false_alarms) for each in scores] == [
        ("even", "about", 0, frozenset({4}), frozenset({2})),
        ("even", "member", 2, frozenset(), frozenset()),
        ("odd", "about", 1, frozenset({3}), frozenset({5})),
        ("odd", "member", 1, frozenset({3}), frozenset({5})),
    ]
    assert (scores[2].precision, scores[2].recall, scores[1].precision) == (0.5, 0.5, 1.0)
    assert scores[2].row.value.endswith("of   2: 1 missed (1 doubtful), 1 false alarms")


def line(number: int, **told: object) -> str:
    return json.dumps({"repo": REPO, "kind": "pull_request", "number": number, "title": "A change", **told})


def test_an_item_of_two_files_is_one_item(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line(2, labels=["rocm"]) + "\n" + line(1), "utf-8")
    (tmp_path / "b.jsonl").write_text(line(2, body="Words.", labels=None), "utf-8")

    first, second = read_items(tmp_path)

    assert (first.number, second.number, second.labels, second.body) == (1, 2, ("rocm",), "Words.")


def test_the_table_tells_the_numbers_of_even_items_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = next(each.about for each in read_verdicts(VERDICTS) if each.topic == "amd")
    even = next(number for number in sorted(about) if number % 2 == 0)
    odd = next(number for number in sorted(about) if number % 2)
    (tmp_path / "a.jsonl").write_text(line(even) + "\n" + line(odd), "utf-8")

    code = main([str(tmp_path), "--show"])

    told = capsys.readouterr().out
    assert code == 1
    assert told.startswith("2 items, 2 of them judged\namd, even numbers, about ")
    assert f"missed: {even}\n" in told
    assert str(odd) not in told
    assert ">= 0.97 UNDER" in told
