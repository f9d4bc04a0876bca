"""GitHub's GraphQL errors, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import Node


class GitHubError(GraphQLError):
    """An error with GitHub's `type`, which stands beside `message`, not below `extensions`."""

    def __init__(
        self,
        kind: str,
        message: str,
        nodes: Sequence[Node] | None = None,
        path: Sequence[str | int] | None = None,
    ) -> None:
        super().__init__(message, nodes=nodes, path=path)
        self.kind = kind


def as_json(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub's response shows it."""
    cause = error.original_error if isinstance(error.original_error, GitHubError) else error
    shown: dict[str, Any] = {"type": cause.kind} if isinstance(cause, GitHubError) else {}
    if error.path:
        shown["path"] = list(error.path)
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return shown | {"message": error.message}
