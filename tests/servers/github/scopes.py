"""The scopes that a classic token must have, told from a query's text alone, before it runs: what lacks one is refused
whole, with an error for each field (cli/cli issue 812, raycast/extensions issue 3881)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, visit

from tests.servers.github.errors import GitHubError

if TYPE_CHECKING:
    from graphql import DocumentNode

NEEDS = {"Team": ("read:org", "read:discussion")}
"""Types whose every field needs one of the scopes."""


def missing_scopes(schema: GraphQLSchema, document: DocumentNode) -> list[GitHubError]:
    """What GitHub says to `document`, valid by `schema`, that comes with a token of public data alone."""
    types = TypeInfo(schema)
    fields = _Fields(types)
    visit(document, TypeInfoVisitor(types, fields))
    return fields.errors


class _Fields(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.errors: list[GitHubError] = []
        self._types = types

    def enter_field(self, node: FieldNode, *_where: object) -> None:
        parent = self._types.get_parent_type()
        needed = NEEDS.get(get_named_type(parent).name) if parent else None
        if needed and not node.name.value.startswith("__"):
            scopes = ", ".join(f"'{scope}'" for scope in needed)
            message = (
                "Your token has not been granted the required scopes to execute this query."
                f" The '{node.name.value}' field requires one of the following scopes: [{scopes}],"
                " but your token has only been granted the: ['public_repo'] scopes."
                " Please modify your token's scopes at: https://github.com/settings/tokens."
            )
            self.errors.append(GitHubError("INSUFFICIENT_SCOPES", message, [node]))
