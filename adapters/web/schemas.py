"""Schemas of what the API tells (JSON Schema 2020-12): those of digests and answers as they are published, and ours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from summarizer import jsonform
from summarizer.questions import answerform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PUBLISHED: Final[Mapping[str, Callable[[], Mapping[str, Any]]]] = {
    "digest": jsonform.schema,
    "answer": answerform.schema,
}
"""Name of a published schema -> what loads it."""

_OURS: Final = "#/components/schemas/"
_THEIRS: Final = "#/$defs/"

Schema = dict[str, Any]


def _ref(name: str) -> Schema:
    return {"$ref": f"{_OURS}{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(about: str, /, **properties: Schema) -> Schema:
    """Whose fields are always there. Further ones may come."""
    return {"type": "object", "description": about, "required": list(properties), "properties": properties}


def _named(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about}


_TEXT: Final[Schema] = {"type": "string"}
_KNOWN_TEXT: Final[Schema] = {"type": ["string", "null"]}
_FLAG: Final[Schema] = {"type": "boolean"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_KNOWN_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
_NUMBER: Final[Schema] = {"type": "integer", "minimum": 1}
_TIME: Final = _ref("digest.time")
_KNOWN_TIME: Final = _ref("digest.known_time")
_TIER: Final[Schema] = {"enum": ["about", "tagged"]}
_TITLES: Final[Schema] = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "By the code of the language.",
}
_URL: Final[Schema] = {
    "type": "string",
    "format": "uri-reference",
    "description": "Absolute where the site knows its own address, else a path.",
}
_COUNTS: Final[Schema] = {
    "type": "object",
    "additionalProperties": {"type": "integer", "minimum": 0},
    "description": "As `counts` of a digest; empty where it is not known.",
}
_REPO: Final = _named(_TEXT, "As GitHub spells it: owner/name.")
_NEXT: Final = _or_null(_named(_URL, "Where the next page is, null for none."))


def _item_and(about: str, /, **more: Schema) -> Schema:
    """An item as digests list it, with further fields."""
    item = _moved(jsonform.schema()["$defs"]["item"], "digest")
    return _object(about, **item["properties"], **more)


def _ours() -> dict[str, Schema]:
    return {
        "problem": {
            "type": "object",
            "description": "Why there is no answer: problem details, RFC 9457.",
            "required": ["type", "status", "detail"],
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "detail": _named(_TEXT, "A sentence for a person, in the language that was asked for."),
                "parameter": _named(_TEXT, "The one that is wrong, where one is."),
            },
        },
        "repo": _object(
            "A repository.",
            repo=_REPO,
            html_url=_URL,
            synced_until=_named(_KNOWN_TIME, "Up to when its mirror tells; null: it was never read."),
            mirror_from=_named(_KNOWN_TIME, "Since when the mirror holds everything; null: always."),
            issues=_named(_KNOWN_COUNT, "How many GitHub has."),
            pull_requests=_named(_KNOWN_COUNT, "How many GitHub has."),
            is_public=_FLAG,
        ),
        "repos": _object("Those that you may read, the default one first.", repos=_list(_ref("repo"))),
        "listed": _object(
            "A kept digest in a list.",
            id=_TEXT,
            repo=_REPO,
            edition={"enum": ["daily", "weekly", "monthly", "release"]},
            titles=_TITLES,
            since=_named(_KNOWN_TIME, "Its window is `[since, until)`."),
            until=_TIME,
            kept_at=_named(_KNOWN_TIME, "When this revision was kept."),
            revision=_NUMBER,
            outcome={"enum": ["normal", "quiet", "partial", "unavailable"]},
            counts=_COUNTS,
            topics=_named(_list(_TEXT), "Keys of the topics that have something in it."),
            filters=_named(_list(_TEXT), "What it is limited to, as it is written on a line."),
            url=_URL,
            html_url=_URL,
        ),
        "digests": _object(
            "Kept digests, those whose windows ended last first.",
            repo=_REPO,
            digests=_list(_ref("listed")),
            before=_named(_KNOWN_TEXT, "What asks for those behind these; null: there are none."),
            next=_NEXT,
        ),
        "item": _item_and(
            "An issue or a pull request as it stands now.",
            repo=_REPO,
            html_url=_URL,
            updated_at=_KNOWN_TIME,
            events=_list(
                _object(
                    "Something that happened to it.",
                    event={"enum": ["opened", "closed", "reopened", "merged", "closed_unmerged"]},
                    at=_TIME,
                    actor=_KNOWN_TEXT,
                )
            ),
            comments=_list(_object("A comment, without its text.", author=_TEXT, is_bot=_FLAG, at=_TIME)),
            comments_total=_named(_KNOWN_COUNT, "How many GitHub has."),
            reviews=_list(
                _object(
                    "A review, without its text.",
                    author=_TEXT,
                    is_bot=_FLAG,
                    at=_TIME,
                    state=_named(_TEXT, "GitHub's, such as APPROVED."),
                )
            ),
            assessment=_or_null(
                _object(
                    "What it is worth knowing for: sentences of a model or of code, in English.",
                    by_model=_FLAG,
                    what=_KNOWN_TEXT,
                    why=_KNOWN_TEXT,
                    impact=_KNOWN_TEXT,
                    contention=_KNOWN_TEXT,
                    standing=_KNOWN_TEXT,
                    questions=_list(_TEXT),
                )
            ),
            member_of=_list(
                _object(
                    "A topic that it belongs to, and why.",
                    key=_TEXT,
                    titles=_TITLES,
                    tier=_TIER,
                    reasons=_list(
                        _object(
                            "A rule, and what it found.",
                            rule=_TEXT,
                            value=_TEXT,
                            tier=_TIER,
                            organisation=_KNOWN_TEXT,
                        )
                    ),
                )
            ),
            mentions=_named(_list(_ref("listed")), "Kept digests that tell of it, the newest first."),
            incomplete=_named(
                _list(_object("What the mirror lacks of it.", key=_TEXT, text=_TEXT)),
                "Empty where it is whole.",
            ),
        ),
        "trends": _object(
            "Counts of the last weeks, the oldest first.",
            repo=_REPO,
            tz=_named(_TEXT, "The time zone of the weeks."),
            weeks=_list(
                _object(
                    "A week `[since, until)`.",
                    since=_TIME,
                    until=_TIME,
                    counts=_COUNTS,
                    complete=_named(_FLAG, "Whether it is over and the mirror holds all of it."),
                )
            ),
        ),
        "topics": _object(
            "The topics that are watched.",
            repo=_REPO,
            topics=_list(
                _object(
                    "A topic, and how many items of the last seven days are about it or concern it indirectly.",
                    key=_TEXT,
                    titles=_TITLES,
                    about=_COUNT,
                    tagged=_COUNT,
                    url=_URL,
                    html_url=_URL,
                )
            ),
        ),
        "topic": _object(
            "A topic by weeks, the newest first.",
            repo=_REPO,
            key=_TEXT,
            titles=_TITLES,
            tz=_named(_TEXT, "The time zone of the weeks."),
            weeks=_list(
                _object(
                    "A week `[since, until)`, and the items of the topic that something happened to.",
                    since=_TIME,
                    until=_TIME,
                    complete=_named(_FLAG, "Whether the mirror holds all of it."),
                    items=_list(
                        _item_and(
                            "An item of the week.",
                            tier=_TIER,
                            at=_named(_KNOWN_TIME, "When something happened to it last."),
                            event=_named(_KNOWN_TEXT, "What that was; null for a comment or a review."),
                        )
                    ),
                )
            ),
            counts=_list(
                _object("Items of a week, the oldest first.", since=_TIME, about=_COUNT, tagged=_COUNT)
            ),
            before=_named(_KNOWN_TEXT, "What asks for the weeks before these; null: there are none."),
            next=_NEXT,
        ),
        "search": _object(
            "What a search found.",
            repo=_REPO,
            words=_named(_TEXT, "As they were understood."),
            total=_named(_COUNT, "How many items have all the words."),
            page=_NUMBER,
            pages=_COUNT,
            items=_list(_ref("digest.item")),
            near=_named(
                _list(_ref("digest.item")), "Where none has all the words: those that have most of them."
            ),
            digests=_named(_list(_ref("listed")), "Kept ones whose title has the words."),
            complete=_named(
                _FLAG, "Whether everything was there to be looked at; else `total` is the least number."
            ),
            next=_NEXT,
        ),
        "schema": {"type": "object", "description": "A JSON Schema.", "required": ["$schema", "$id"]},
        "openapi": {
            "type": "object",
            "description": "This document.",
            "required": ["openapi", "info", "paths"],
        },
    }


@cache
def components() -> Mapping[str, Schema]:
    """All of them, by name, as OpenAPI has them: what the published ones define stands beside them."""
    found = _ours()
    for name, load in PUBLISHED.items():
        published = load()
        kept = {key: value for key, value in published.items() if not key.startswith("$")}
        found[name] = _moved(kept, name)
        found |= {f"{name}.{key}": _moved(value, name) for key, value in published["$defs"].items()}
    return found


def _moved(node: Any, name: str) -> Any:  # noqa: ANN401 - a schema, or any part of one
    if isinstance(node, dict):
        return {
            key: _at(value, name) if key == "$ref" else _moved(value, name) for key, value in node.items()
        }
    return [_moved(each, name) for each in node] if isinstance(node, list) else node


def _at(reference: str, name: str) -> str:
    return f"{_OURS}{name}.{reference.removeprefix(_THEIRS)}"
