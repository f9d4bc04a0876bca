"""The digest as JSON keeps the form that is published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from summarizer.digests import Dropped, Generation, Verification
from summarizer.filters import Filter
from summarizer.items import Release
from summarizer.jsonform import as_json, schema
from summarizer.languages import load
from summarizer.render import render
from tests import generated
from tests.references import ITEMS, WINDOWS, digest_of, facts_of, local

VALIDATOR = Draft202012Validator(schema())
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
            assert set(described["required"]) == set(described["properties"])  # type: ignore[call-overload]


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

    merged = {item["number"]: item for item in form["lists"]["prs_merged"]}
    assert form["window"]["since"] == "2025-12-10T19:59:30+08:00"
    assert merged[30384]["merged_at"] == "2025-12-10T20:58:00+08:00"
    assert merged[30062]["created_at"] is None


def test_an_item_has_its_category_topics_and_comments_and_no_made_up_judgement() -> None:
    form = as_json(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en"))

    item = next(item for item in form["lists"]["prs_merged"] if item["number"] == 30062)
    assert item["category"] == "feature"
    assert item["comments_in_window"] == 4
    assert "cpu-xpu" in item["topics"]
    assert (item["importance"], item["insight"], item["risks"]) == (None, None, [])


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
