"""What a model may make of a question, and of what was found. Outside data: a query draft is checked when it becomes a
Query, and each claim of an explanation against the items that it cites."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel, Field

from summarizer.items import Kind
from summarizer.questions.query import Form, Order, QueryEvent, QueryState, Role, TrendStep
from summarizer.schema import ClaimDraft


class PartDraft(BaseModel):
    """Somebody's part in an item."""

    role: str = Field("author", json_schema_extra={"enum": [*get_args(Role)]})
    login: str = Field("", description='a GitHub login, or "@me" for who asks')


class SideDraft(BaseModel):
    """The other side of a comparison; empty fields are as on the first side."""

    window: str = ""
    topics: list[str] = Field(default_factory=list)
    kind: str = ""
    people: list[PartDraft] = Field(default_factory=list)


class QueryDraft(BaseModel):
    """A question as a query. Empty means: not asked for."""

    kind: str = Field("", json_schema_extra={"enum": ["", *get_args(Kind)]})
    events: list[str] = Field(
        default_factory=list, json_schema_extra={"items": {"type": "string", "enum": [*get_args(QueryEvent)]}}
    )
    states: list[str] = Field(
        default_factory=list, json_schema_extra={"items": {"type": "string", "enum": [*get_args(QueryState)]}}
    )
    window: str = Field(
        "", description='as the command grammar writes it: "today", "week last", "last 48h", "2026-03"'
    )
    topics: list[str] = Field(default_factory=list, description="keys of the topics given")
    labels: list[str] = Field(default_factory=list)
    people: list[PartDraft] = Field(default_factory=list)
    organisations: list[str] = Field(default_factory=list, description="keys of the organisations given")
    paths: list[str] = Field(default_factory=list)
    numbers: list[int] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list, description="English words that must occur in the items")
    phrases: list[str] = Field(default_factory=list, description="what the question quotes")
    without: list[str] = Field(
        default_factory=list, description='what is left out, as filters: "topic:ci", "author:bot", "is:draft"'
    )
    order: str = Field("", json_schema_extra={"enum": ["", *get_args(Order)]})
    limit: int | None = None
    form: str = Field("list", json_schema_extra={"enum": [*get_args(Form)]})
    step: str = Field("", json_schema_extra={"enum": ["", *get_args(TrendStep)]})
    against: SideDraft | None = None
    unread: list[str] = Field(
        default_factory=list, description="words of the question that the query leaves out"
    )
    is_question: bool = Field(True, description="false for thanks, greetings and the like")


class ExplanationDraft(BaseModel):
    """An explanation: the best claims first."""

    claims: list[ClaimDraft] = Field(default_factory=list)
