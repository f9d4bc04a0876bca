"""One GraphQL request, from its text to GitHub's answer; no sockets here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import graphql
from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    get_operation_ast,
    specified_rules,
    validate,
)

from tests.servers.github.errors import as_json
from tests.servers.github.limits import Measure, measure
from tests.servers.github.resolve import Asking, schema

RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
"""GitHub compares names and arguments of merged fields, not their return types: an Issue's `state` beside a
PullRequest's passes there."""


@dataclass(frozen=True, slots=True)
class Query:
    """A request that can be executed: valid, and within GitHub's limits."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]
    measure: Measure


def prepare(text: object, variables: Mapping[str, Any], name: str | None) -> Query | dict[str, Any]:
    """Parse, validate and measure; the answer instead where GitHub refuses."""
    if not isinstance(text, str):
        return {"errors": [{"message": "A query attribute must be specified and must be a string."}]}
    document, errors = _parse(text)
    if document is None or errors:
        return {"errors": [as_json(error) for error in errors]}
    operation = get_operation_ast(document, name)
    if operation is None:
        return {"errors": [{"message": "An operation name is required"}]}
    measured = measure(schema(), document, operation, _defaults(operation) | dict(variables))
    if measured.errors:
        return {"data": None, "errors": [as_json(error) for error in measured.errors]}
    return Query(document, operation, variables, measured)


def execute(query: Query, asking: Asking) -> dict[str, Any]:
    """The answer to a prepared query, as GitHub shows it."""
    result = graphql.execute_sync(
        schema(),
        query.document,
        context_value=asking,
        variable_values=dict(query.variables),
        operation_name=query.operation.name.value if query.operation.name else None,
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [as_json(error) for error in result.errors]
    return answer


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: graphql.value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }


@lru_cache(maxsize=256)
def _parse(text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        document = graphql.parse(text)
    except GraphQLError as error:
        return None, [error]
    return document, validate(schema(), document, RULES)
