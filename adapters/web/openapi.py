"""OpenAPI 3.1: the operations of the API, from which its routes and its description are both made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.web import schemas
from adapters.web.parameters import Cursor, Instant, Number, OneOf, Parameter, Text, Zone
from adapters.web.refusing import PROBLEM
from summarizer import languages
from summarizer.windows import EDITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.web.site import Site

ROOT: Final = "/api/v1"
REPO: Final = f"{ROOT}/repos/{{owner}}/{{name}}"

MOST_LISTED: Final = 100
LISTED: Final = 30
LONGEST_WORDS: Final = 200
LONGEST_QUESTION: Final = 1_000
LONGEST_CURSOR: Final = 64
MOST_PAGES: Final = 10_000

LANG: Final = Parameter(
    "lang",
    OneOf(languages.codes()),
    "The language, of sentences of problems too; else what Accept-Language tells.",
)

_PATH: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "owner": ("Whose the repository is.", {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{0,38}$"}),
    "name": ("The repository's name.", {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}),
    "id": ("The digest's id.", {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$"}),
    "number": ("GitHub's number.", {"type": "integer", "minimum": 1, "maximum": 999_999_999}),
    "key": ("The topic's key, or another name of it.", {"type": "string", "maxLength": 100}),
    "schema": ("Which one.", {"type": "string", "enum": list(schemas.PUBLISHED)}),
}
"""Parts of paths: what they are, and what they may be. Anything else is not there."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked for, with GET. id: its name, and that of what answers it. tells: the name of the
    schema of the answer. query: its parameters, besides `LANG`. statuses: that it may have besides those of all."""

    id: str
    path: str
    about: str
    tells: str
    query: tuple[Parameter, ...] = ()
    statuses: tuple[int, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (*self.query, LANG)

    @property
    def is_of_repo(self) -> bool:
        return self.path.startswith(REPO)


OPERATIONS: Final = (
    Operation("repos", f"{ROOT}/repos", "The repositories that you may read", "repos"),
    Operation("repo", REPO, "A repository", "repo"),
    Operation(
        "digests",
        f"{REPO}/digests",
        "Its kept digests, those whose windows ended last first",
        "digests",
        (
            Parameter("edition", OneOf(EDITIONS), "Only those of this shape."),
            Parameter("since", Instant(), "Only those whose windows ended then or later."),
            Parameter("until", Instant(), "Only those whose windows ended earlier."),
            Parameter("limit", Number(MOST_LISTED, LISTED), "At most so many."),
            Parameter("before", Cursor(), "Those behind a page: what that page told as `before`."),
        ),
    ),
    Operation(
        "digest",
        f"{REPO}/digests/{{id}}",
        "A digest, whole. `lang` has to be one that it is kept in",
        "digest",
    ),
    Operation(
        "item",
        f"{REPO}/items/{{number}}",
        "An issue or a pull request, and the digests that tell of it. 410: it is gone from GitHub",
        "item",
        statuses=(410,),
    ),
    Operation("trends", f"{REPO}/trends", "Counts of the last twelve weeks", "trends"),
    Operation("topics", f"{REPO}/topics", "The topics that are watched", "topics"),
    Operation(
        "topic",
        f"{REPO}/topics/{{key}}",
        "A topic by weeks",
        "topic",
        (
            Parameter(
                "before", Text(LONGEST_CURSOR), "The weeks before a page: what that page told as `before`."
            ),
        ),
    ),
    Operation(
        "search",
        f"{REPO}/search",
        "Items and digests that have some words",
        "search",
        (
            Parameter("q", Text(LONGEST_WORDS), "The words.", is_needed=True),
            Parameter("page", Number(MOST_PAGES, 1), "From 1."),
        ),
    ),
    Operation(
        "ask",
        f"{REPO}/ask",
        "The answer to a question. It is made anew each time and may take a model half a minute",
        "answer",
        (
            Parameter(
                "q", Text(LONGEST_QUESTION), "A sentence, such as: any AMD PRs this week?", is_needed=True
            ),
            Parameter("tz", Zone(), "Where “today” is; the zone of the settings without it."),
        ),
        (403,),
    ),
    Operation("openapi", f"{ROOT}/openapi.json", "This document", "openapi"),
    Operation(
        "schema",
        f"{ROOT}/schemas/{{schema}}.json",
        "The published schema of digests, or of answers",
        "schema",
    ),
)

_ANSWERS: Final[Mapping[int, str]] = {
    304: "You have it already: the `ETag` is that of If-None-Match.",
    400: "A parameter is wrong; `parameter` names it.",
    403: "The page of another site may not ask.",
    404: "There is nothing at this address, or nothing that you may read.",
    410: "It was deleted or moved away on GitHub.",
    429: "Too much at once: try again after `Retry-After` seconds.",
    503: "The store or the model cannot be reached.",
}

_ABOUT: Final = """\
The archive of digests, and the mirror that they are made from, as JSON. Times are ISO-8601 with an offset; null is
unknown, never “no”. Within version 1 no field changes its meaning or goes; fields and operations may be added. A
repository that you may not read is answered as one that is not there."""


def document(site: Site) -> dict[str, Any]:
    """The description of the API."""
    return {
        "openapi": "3.1.1",
        "info": {"title": "vllm-digest", "version": "1.0.0", "description": _ABOUT},
        "servers": [{"url": f"{site.origin}{site.base}" or "/"}],
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": {each.path: {"get": _operation(each)} for each in OPERATIONS},
        "components": {
            "schemas": dict(schemas.components()),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The shared token."},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The shared token as the password, with any name.",
                },
            },
            "responses": {
                str(status): {
                    "description": about,
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}},
                }
                for status, about in _ANSWERS.items()
                if status >= 400
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    is_kept = operation.id != "ask"
    statuses = sorted({400, 404, 429, 503, *operation.statuses})
    answer = {
        "description": operation.about + ".",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{operation.tells}"}}},
        **({"headers": {"ETag": {"schema": {"type": "string"}}}} if is_kept else {}),
    }
    return {
        "operationId": operation.id,
        "summary": operation.about + ".",
        "parameters": [*_path(operation.path), *_query(operation.parameters)],
        "responses": {
            "200": answer,
            **({"304": {"description": _ANSWERS[304]}} if is_kept else {}),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses},
        },
    }


def _path(path: str) -> Iterable[dict[str, Any]]:
    for name, (about, schema) in _PATH.items():
        if f"{{{name}}}" in path:
            yield {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _query(parameters: Iterable[Parameter]) -> Iterable[dict[str, Any]]:
    for each in parameters:
        yield {
            "name": each.name,
            "in": "query",
            "required": each.is_needed,
            "description": each.about,
            "schema": dict(each.kind.schema),
        }


def is_path(name: str, value: str) -> bool:
    """Whether a part of a path may be that."""
    schema = _PATH[name][1]
    if schema["type"] == "integer":
        return re.fullmatch("[1-9][0-9]{0,8}", value, re.ASCII) is not None
    if "enum" in schema:
        return value in tuple(schema["enum"])
    if "pattern" in schema:
        return re.fullmatch(schema["pattern"], value) is not None
    return len(value) <= int(schema["maxLength"])
