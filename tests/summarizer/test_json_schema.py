"""The digest as JSON keeps the form that is published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from summarizer.assessments import Assessment
from summarizer.counting import build_facts
from summarizer.digests import Dropped, Generation, Section, Table, Verification
from summarizer.filters import Filter
from summarizer.items import Release
from summarizer.jsonform import as_json, schema
from summarizer.languages import load
from summarizer.render import render
from summarizer.topics import load_topics
from summarizer.windows import previous
from tests import generated
from tests.builders import HOUR, REPO, coverage, event, item
from tests.references import ITEMS, WINDOWS, digest_of, facts_of, local

VALIDATOR = Draft202012Validator(schema())
ADDED = {"tally", "alerts", "tables", "assessed", "reused", "unassessed", "fallen", "shown"}
"""Fields that older digests of this version lack."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "digest-json.md"


def objects(part: object) -> list[dict[str, object]]:
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
        if "properties" in described:
            assert described["additionalProperties"] is False
            optional = set(described["properties"]) - set(described["required"])  # type: ignore[call-overload]
            assert optional <= ADDED


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_digest_of_a_reference_window_validates(name: str, lang: str) -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS[name]), lang)

    VALIDATOR.validate(json.loads(render(digest, "json", load(lang))))


@pytest.mark.parametrize("seed", range(30))
def test_any_digest_validates(seed: int) -> None:
    facts = generated.facts(seed, items=1 + seed % 12)

    VALIDATOR.validate(as_json(digest_of(facts, ("en", "zh")[seed % 2])))


def test_filters_releases_a_model_and_gaps_validate() -> None:
    release = Release(
        "v0.12.1", "v0.12.1", "https://github.com/vllm-project/vllm/releases/v0.12.1", local("18:00")
    )
    filters = (Filter("topic", ("amd",)), Filter("author", ("dependabot",), negated=True))
    facts = replace(
        facts_of(ITEMS, WINDOWS["19:59:30-20:59"], missing=2, filters=filters), releases=(release,)
    )
    dropped = (Dropped("number", "hot", "0123456789abcdef"),)
    digest = digest_of(
        facts,
        "en",
        verification=Verification(9, 1, dropped),
        generation=Generation(
            "openai:m", "fast", 1000, None, None, 2.5, extracted=(("hot", "model.timeout"),)
        ),
    )

    form = as_json(digest)

    VALIDATOR.validate(form)
    assert form["complete"] is False
    assert form["filters"]["author"] == [{"values": ["dependabot"], "negated": True}]
    assert [warning["key"] for warning in form["warnings"]][-1] == "model.timeout"
    assert form["generation"]["tokens_out"] is None


def test_times_have_the_offset_of_the_zone_and_unknown_ones_are_null() -> None:
    form = as_json(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en"))

    merged = {shown["number"]: shown for shown in form["lists"]["prs_merged"]}
    assert form["window"]["since"] == "2025-12-10T19:59:30+08:00"
    assert merged[30384]["merged_at"] == "2025-12-10T20:58:00+08:00"
    assert merged[30062]["created_at"] is None


def test_an_item_has_its_category_topics_and_comments_and_no_made_up_judgement() -> None:
    form = as_json(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en"))

    shown = next(shown for shown in form["lists"]["prs_merged"] if shown["number"] == 30062)
    assert shown["category"] == "feature"
    assert shown["comments_in_window"] == 4
    assert "cpu-xpu" in shown["topics"]
    assert (shown["importance"], shown["insight"], shown["risks"]) == (None, None, [])


def test_an_assessed_item_has_its_points_and_risks_and_codes_category_where_it_has_none() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en")
    judged = {
        30062: Assessment(30062, "model", 6, 3, ("core_path", "numerics"), by_model=True),
        30384: Assessment(30384, None, 4, 1),
    }

    form = as_json(replace(digest, assessments=judged))

    VALIDATOR.validate(form)
    merged = {shown["number"]: shown for shown in form["lists"]["prs_merged"]}
    assert (merged[30062]["category"], merged[30062]["importance"]) == ("model", 6)
    assert (merged[30062]["insight"], merged[30062]["risks"]) == (3, ["core_path", "numerics"])
    assert (merged[30384]["category"], merged[30384]["importance"]) == ("bugfix", 4)


def test_tallies_alerts_and_tables_are_told() -> None:
    revert = item(40, title='Revert "[Core] Move" (#12)', events=(event("opened", 1), event("merged", 2)))
    failing = item(41, kind="issue", title="[CI Failure]: kernels", events=(event("opened", 3),))
    facts = build_facts(
        repo=REPO,
        window=HOUR,
        items=[revert, failing],
        coverage=coverage(),
        baseline=(previous(HOUR), ()),
        topics=load_topics().topics,
    )
    table = Table("Kinds", ("Kind", "This week"), (("Fixes", "3"), ("Other", "1")))
    digest = digest_of(facts, "en")
    digest = replace(digest, sections=(*digest.sections, Section("trends", "Trends", tables=(table,))))

    form = as_json(digest)

    VALIDATOR.validate(form)
    assert form["tally"] == {
        "window": {"categories": {"other": 1}, "topics": {}},
        "baseline": {"categories": {}, "topics": {}},
    }
    assert form["alerts"] == [
        {"kind": "revert", "number": 40, "undoes": [12], "settled": "merged", "settled_by": None},
        {"kind": "ci_failure", "number": 41, "undoes": [], "settled": None, "settled_by": None},
    ]
    assert form["sections"][-2]["tables"] == [
        {"caption": "Kinds", "head": ["Kind", "This week"], "rows": [["Fixes", "3"], ["Other", "1"]]}
    ]


def test_a_digest_without_what_was_added_later_still_validates() -> None:
    form = as_json(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en"))
    for part in (form, form["generation"], *form["sections"]):
        for name in ADDED:
            part.pop(name, None)

    VALIDATOR.validate(form)


def test_a_sections_markdown_is_that_of_the_markdown_format() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "zh")
    page = render(digest, "md", load("zh"))

    sections = as_json(digest)["sections"]

    assert [section["id"] for section in sections] == [
        "summary", "topic-amd", "hot", "trends", "changes", "activity", "watch", "appendix",
    ]  # fmt: skip
    for section in sections:
        assert f"{section['title']}\n" in page
        assert section["markdown"] in page


def test_every_field_is_documented() -> None:
    words = DOCUMENT.read_text("utf-8")

    names = {name for described in objects(dict(schema())) for name in described.get("properties", {})}  # type: ignore[attr-defined]
    assert [name for name in sorted(names) if f"`{name}`" not in words and name != "sections"] == []
