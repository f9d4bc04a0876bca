"""Checks of the API: what it tells against what its own description says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator

from tests.adapters.web.visiting import ID

if TYPE_CHECKING:
    import httpx


async def described(client: httpx.AsyncClient) -> Any:  # noqa: ANN401 - JSON
    """The OpenAPI document."""
    answer = await client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def addresses(document: Any, **given: object) -> list[tuple[str, str]]:  # noqa: ANN401 - JSON
    """(name of the schema of what it tells, an address) of each operation, with all that is needed. given: parts of
    paths and parameters, where they are not those of `visiting.Shelf`."""
    values = {
        "owner": "vllm-project",
        "name": "vllm",
        "id": ID,
        "number": 30062,
        "key": "amd",
        "schema": "digest",
        "q": "amd",
        **given,
    }
    found = []
    for path, methods in document["paths"].items():
        operation = methods["get"]
        needed = [
            each["name"] for each in operation["parameters"] if each["in"] == "query" and each["required"]
        ]
        query = urlencode({name: values[name] for name in needed})
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        found.append((answer.rpartition("/")[2], path.format(**values) + (f"?{query}" if query else "")))
    return found


def check(told: Any, name: str, document: Any) -> None:  # noqa: ANN401 - JSON
    """Fails unless it is what the document's schema of that name says, and has no field that it does not name."""
    schemas = {key: _closed(schema) for key, schema in document["components"]["schemas"].items()}
    Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    ).validate(told)


def _closed(node: Any) -> Any:  # noqa: ANN401 - a schema, or anything in one
    """The schema, to which fields may be added, as one that names all there are."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _closed(value) for key, value in node.items()}
    is_named = isinstance(made.get("required"), list) and "properties" in made
    return {"additionalProperties": False, **made} if is_named else made
