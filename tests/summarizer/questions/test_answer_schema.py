"""The answer as JSON keeps the form that is published."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from jsonschema import Draft202012Validator

from summarizer import jsonform
from summarizer.digests import Claim, Dropped, Verification
from summarizer.filters import Filter
from summarizer.itemform import item_object
from summarizer.items import Coverage, Seen
from summarizer.languages import load
from summarizer.questions import Part, Query
from summarizer.questions.answerform import as_json, as_object, schema
from summarizer.questions.composing import ask_back, compose, unanswered
from summarizer.questions.query import Form
from tests.references import ITEMS as REFERENCES
from tests.references import WINDOWS, digest_of, facts_of
from tests.summarizer.questions.scenes import ITEMS, LAST_WEEK, NOW, RULES, TZ, WEEK, before, find
from tests.summarizer.questions.test_understood import OTHERS, WHOLE

if TYPE_CHECKING:
    from summarizer.questions import Answer

VALIDATOR = Draft202012Validator(schema())
DOCUMENT = Path(__file__).parents[3] / "docs" / "answers-json.md"
MERGED_AMD = Query(kind="pull_request", topics=("amd",), events=("merged",), window=WEEK)
QUERIES: tuple[Query, ...] = (
    Query(),
    MERGED_AMD,
    Query(words=("kv", "cache"), phrases=("KV cache",)),
    Query(numbers=(26701,), states=("merged",)),
    Query(numbers=(26701, 99)),
    Query(numbers=(99,)),
    Query(kind="pull_request", states=("open", "waiting"), people=(Part("requested", "mgoin"),), limit=1),
    Query(window=WEEK, order="discussed", filters=(Filter("is", ("bot",), negated=True),), organisations=("amd",)),
    Query(window=LAST_WEEK, paths=("docs",), labels=("rocm",)),
)  # fmt: skip


def answer(query: Query, lang: str = "en", **changes: Any) -> Answer:  # noqa: ANN401 - fields of what is found
    return compose(find(query, **changes), load(lang), rules=RULES, tz=TZ, unread=("blorp",))


def objects(part: object) -> list[dict[str, Any]]:
    """Every schema within a schema that describes an object's properties."""
    if isinstance(part, list):
        return [each for one in part for each in objects(one)]
    if not isinstance(part, dict):
        return []
    here = [part] if part.get("type") == "object" else []
    return here + [each for one in part.values() for each in objects(one)]


def test_the_schema_is_valid_and_lets_no_other_field_in() -> None:
    Draft202012Validator.check_schema(schema())

    for described in objects(dict(schema())):
        assert "additionalProperties" in described
        if "properties" in described and set(described["properties"]) != set(Query().__dataclass_fields__):
            assert described["additionalProperties"] is False
            assert set(described["properties"]) == set(described["required"])


def test_an_item_is_a_digests_item_with_why_it_is_there() -> None:
    ours, theirs = schema()["$defs"]["item"], jsonform.schema()["$defs"]["item"]

    assert set(ours["required"]) == {*theirs["required"], "why"}
    assert {name: kept for name, kept in ours["properties"].items() if name != "why"} == theirs["properties"]


def test_an_item_looks_as_it_does_in_a_digest() -> None:
    digest = digest_of(facts_of(REFERENCES, WINDOWS["19:59:30-20:59"]), "en")
    shown = jsonform.as_json(digest)["lists"]["prs_merged"][0]
    mine = item_object(
        digest.facts.items[shown["number"]],
        digest.facts.window.zone,
        comments_in_window=shown["comments_in_window"],
        topics=shown["topics"],
        assessment=digest.assessments.get(shown["number"]),
    )

    assert mine == shown


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("query", QUERIES)
def test_every_answer_validates(query: Query, form: Form, lang: str) -> None:
    asked = replace(query, form=form, against=replace(query, window=LAST_WEEK) if form == "compare" else None)

    VALIDATOR.validate(json.loads(as_json(answer(asked, lang), "what?")))


def test_an_answer_over_nothing_validates() -> None:
    for form in get_args(Form):
        against = replace(MERGED_AMD, kind="issue") if form == "compare" else None
        VALIDATOR.validate(as_object(answer(replace(MERGED_AMD, form=form, against=against), items={})))


def test_every_field_of_a_query_validates() -> None:
    for name, values in OTHERS.items():
        for value in values:
            query = replace(WHOLE, **{name: value})
            found = replace(find(Query()), query=replace(query, against=WHOLE))
            VALIDATOR.validate(as_object(compose(found, load("en"), rules=RULES)))


def test_gaps_choices_a_model_and_what_is_not_answered_validate() -> None:
    coverage = Coverage(Seen(None, 178), Seen(9, 8), ("items", "stale"))
    found = find(MERGED_AMD, coverage=coverage, untold=2, mirror_from=before(1), outside=4)
    partly = compose(found, load("en"), rules=RULES)
    by_model = replace(
        partly,
        claims=(Claim("Both are about #30331.", (30331,), "model"),),
        model="openai:x",
        failed="model.timeout",
        verification=Verification(2, 1, (Dropped("number", "answer", "0123456789abcdef"),)),
    )
    readings = (find(MERGED_AMD), find(replace(MERGED_AMD, kind="issue")))
    near = compose(
        replace(find(Query(words=("zebra",))), near=(30387,), items={30387: ITEMS[30387]}),
        load("zh"),
        rules=RULES,
    )
    nothing = unanswered(
        Query(), load("en"), rules=RULES, now=NOW, unread=("blorp",), problems=("No such day.",)
    )
    asked = ask_back(readings, load("zh"), rules=RULES)

    for each in (partly, by_model, near, nothing, asked):
        VALIDATOR.validate(as_object(each))
    assert as_object(partly)["complete"] is False
    assert [each["key"] for each in as_object(partly)["warnings"]] == [
        "answers.before_mirror",
        "coverage.items",
        "coverage.stale",
        "answers.untold",
    ]
    assert [each["number"] for each in as_object(near)["near"]] == [30387]
    assert as_object(near)["items"] == []
    assert as_object(nothing)["query"] is None
    assert [each["total"] for each in as_object(asked)["choices"]] == [2, 0]


def test_an_answer_tells_its_query_its_items_and_why() -> None:
    told = as_object(answer(MERGED_AMD), "AMD PRs merged this week?")

    assert told["question"] == "AMD PRs merged this week?"
    assert told["query"] == {
        "kind": "pull_request", "events": ["merged"], "window": "week this", "topics": ["amd"],
    }  # fmt: skip
    assert told["window"]["since"] == "2025-12-08T00:00:00+08:00"
    assert (told["total"], told["about"], told["tagged"], told["searched"]) == (2, 1, 1, 178)
    assert [(each["number"], each["topics"]) for each in told["items"]] == [
        (30384, ["amd"]),
        (30331, ["amd"]),
    ]
    assert told["items"][0]["why"] == ["merged 1 minute ago", "label `rocm`"]
    assert told["unread"] == ["blorp"]


def test_every_field_is_described_in_the_document() -> None:
    page = DOCUMENT.read_text("utf-8")
    described = set(re.findall(r"`([a-z_]+)`", page))

    assert set(schema()["properties"]) - described == set()
