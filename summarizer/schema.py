"""What a model may return. Outside data: every field is checked here, every sentence later in `verify`."""

from __future__ import annotations

from typing import Any, Final, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator

from summarizer.assessments import RISKS
from summarizer.categories import Category

LABELS: Final = ("what", "impact", "issue", "position", "dispute", "status", "next")
"""Leads a claim may have, worded by `[writer.labels]` of the language files: a closed set cannot lie."""


class ClaimDraft(BaseModel):
    """A sentence or two, and the items that prove it."""

    label: str = Field("", json_schema_extra={"enum": ["", *LABELS]})
    text: str = Field(description="one or two plain sentences on one line")
    cites: list[int] = Field(default_factory=list, description="numbers of the items that prove the text")


class EntryDraft(BaseModel):
    """Claims about one item, or under one heading."""

    number: int | None = Field(None, description="the item the claims are about, or null for a theme")
    heading: str = Field("", description="a theme's title; empty when number is given")
    claims: list[ClaimDraft] = Field(default_factory=list)


class SectionDraft(BaseModel):
    """A section: leading claims, then entries."""

    claims: list[ClaimDraft] = Field(default_factory=list)
    entries: list[EntryDraft] = Field(default_factory=list)


class Repair(BaseModel):
    """A faulty claim written anew; an empty text withdraws it."""

    index: int = Field(description="the claim's index in the list of faulty claims")
    text: str = Field("", description="the corrected text, or empty to withdraw the claim")
    cites: list[int] = Field(default_factory=list)


class RepairDraft(BaseModel):
    """The answer of the repair round."""

    claims: list[Repair] = Field(default_factory=list)


CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)


class ChangeDraft(BaseModel):
    """A pull request, judged. Points outside 0 to 10 and names outside the closed sets are mended later."""

    number: int
    category: str = Field("other", json_schema_extra={"enum": [*CATEGORIES]})
    importance: float = Field(description="0 to 10, by the rubric")
    insight: float = Field(0, description="0 to 10, by the rubric")
    risks: list[str] = Field(
        default_factory=list, json_schema_extra={"items": {"type": "string", "enum": [*RISKS]}}
    )
    what: str = ""
    why: str = ""
    impact: str = ""
    questions: list[str] = Field(default_factory=list)


class PositionDraft(BaseModel):
    """What some people hold in a thread."""

    logins: list[str] = Field(default_factory=list)
    view: str = ""


class ThreadDraft(ChangeDraft):
    """A discussion, judged."""

    positions: list[PositionDraft] = Field(default_factory=list)
    contention: str = ""
    standing: str = ""


class ChangesDraft(BaseModel):
    """Judgements of pull requests. One that is none is left out, and does not cost the others."""

    items: list[ChangeDraft] = Field(default_factory=list)

    @field_validator("items", mode="before")
    @classmethod
    def _fit(cls, value: object) -> object:
        return _those_that_fit(value, ChangeDraft)


class ThreadsDraft(BaseModel):
    """Judgements of discussions, likewise."""

    items: list[ThreadDraft] = Field(default_factory=list)

    @field_validator("items", mode="before")
    @classmethod
    def _fit(cls, value: object) -> object:
        return _those_that_fit(value, ThreadDraft)


def _those_that_fit(value: object, kind: type[BaseModel]) -> object:
    if not isinstance(value, list):
        return value
    fit = []
    for each in value:
        try:
            fit.append(kind.model_validate(each))
        except ValidationError:
            continue
    return fit


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """`model` as a JSON Schema in the form strict structured output takes: all properties required, no more.

    Source: platform.openai.com/docs/guides/structured-outputs, "Supported schemas". Parsing stays lenient,
    for servers that read the schema as advice.
    """
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
        for name, field in part["properties"].items():
            part["properties"][name] = {key: field[key] for key in field if key not in ("default", "title")}
    return schema
