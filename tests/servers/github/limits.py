"""GitHub's limits on a query, told from its text alone, before it runs.

Paging bounds, node limit and points:
docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api. What GitHub does not
document is settled strictly here: `nodes(ids:)` counts as that many nodes, and a connection that is asked for
in two type conditions counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_named_type,
    value_from_ast_untyped,
)

from tests.servers.github.errors import GitHubError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, SelectionNode, SelectionSetNode

MAX_PAGE = 100
MAX_NODES = 500_000
POINT = 100  # requests that one point pays for


@dataclass(slots=True)
class Measure:
    """What a query asks for, if every page is full. leaves: scalar values, the width of the answer."""

    nodes: int = 0
    requests: int = 0
    leaves: int = 0
    errors: list[GitHubError] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """Points, as documented: requests / 100, rounded, at least one."""
        return max(1, round(self.requests / POINT))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the walk stands. times: how often this place is answered; page: the rows of the connection
    that we are in; keys: the path in the answer; spot: the same with type names, unique for what is
    fetched once."""

    parent: str
    times: int = 1
    page: int = 1
    keys: tuple[str, ...] = ()
    spot: tuple[str, ...] = ()


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> Measure:
    """Count what the operation, valid by `schema`, asks for, and find what GitHub would refuse."""
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    walk = _Walk(schema, fragments, dict(variables))
    walk.selections(operation.selection_set, _Spot("Query"))
    if walk.measure.nodes > MAX_NODES:
        message = (
            f"This query requests up to {walk.measure.nodes:,} possible nodes"
            f" which exceeds the maximum limit of {MAX_NODES:,}."
        )
        walk.measure.errors.append(GitHubError("MAX_NODE_LIMIT_EXCEEDED", message))
    return walk.measure


class _Walk:
    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables
        self.measure = Measure()
        self._seen: set[tuple[str, ...]] = set()

    def selections(self, selections: SelectionSetNode, here: _Spot) -> None:
        for selection in selections.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                self._field(selection, here)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inside = replace(here, parent=condition.name.value) if condition else here
                self.selections(selection.selection_set, inside)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                self.selections(
                    fragment.selection_set, replace(here, parent=fragment.type_condition.name.value)
                )

    def _field(self, node: FieldNode, here: _Spot) -> None:
        name, key = node.name.value, (node.alias or node.name).value
        if name.startswith("__"):
            return
        definition = self.schema.type_map[here.parent].fields[name]  # type: ignore[attr-defined]
        kind = get_named_type(definition.type)
        times = here.times * (here.page if name in ("nodes", "edges") and here.keys else 1)
        inside = _Spot(kind.name, times, 1, (*here.keys, key), (*here.spot, here.parent, key))
        new = inside.spot not in self._seen  # a field selected twice is fetched once
        self._seen.add(inside.spot)
        if node.selection_set is None:
            self.measure.leaves += times if new else 0
            return
        if kind.name.endswith("Connection"):
            inside = replace(inside, page=self._page(node, inside, new=new))
        elif "ids" in definition.args:
            inside = replace(inside, times=times * self._ids(node, inside, new=new))
        self.selections(node.selection_set, inside)

    def _ids(self, node: FieldNode, here: _Spot, *, new: bool) -> int:
        ids = self._argument(node, "ids")
        count = len(ids) if isinstance(ids, (list, tuple)) else 1
        if count > MAX_PAGE:
            message = f"You may not provide more than {MAX_PAGE} node ids; you provided {count}."
            self._refuse("ARGUMENT_LIMIT", message, node, here)
        self.measure.nodes += here.times * count if new else 0
        return count

    def _page(self, node: FieldNode, here: _Spot, *, new: bool) -> int:
        """The size of a connection's page; 0 where only totals are asked for, which needs no bounds."""
        name = node.name.value
        sizes = {word: self._argument(node, word) for word in ("first", "last")}
        # what is no number is refused when it is executed
        given = {word: size for word, size in sizes.items() if isinstance(size, int)}
        self.measure.requests += here.times if new else 0
        if not given:
            if self._names(node.selection_set) & {"nodes", "edges", "pageInfo"}:
                words = "You must provide a `first` or `last` value to properly paginate"
                message = f"{words} the `{name}` connection."
                self._refuse("MISSING_PAGINATION_BOUNDARIES", message, node, here)
            return 0
        if len(given) == 2:
            message = f"Passing both `first` and `last` to paginate the `{name}` connection is not supported."
            self._refuse("INVALID_PAGINATION_BOUNDARIES", message, node, here)
        word, size = next(iter(given.items()))
        if size > MAX_PAGE:
            message = (
                f"Requesting {size} records on the `{name}` connection"
                f" exceeds the `{word}` limit of {MAX_PAGE} records."
            )
            self._refuse("EXCESSIVE_PAGINATION", message, node, here)
        elif size < 1:
            message = f"`{word}` on the `{name}` connection cannot be less than one."
            self._refuse("INVALID_PAGINATION_BOUNDARIES", message, node, here)
        self.measure.nodes += here.times * size if new else 0
        return size

    def _names(self, selections: SelectionSetNode | None) -> set[str]:
        """The fields selected right here, through fragments too."""
        names: set[str] = set()
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                names |= self._names(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                names |= self._names(self.fragments[selection.name.value].selection_set)
        return names

    def _refuse(self, kind: str, message: str, node: FieldNode, here: _Spot) -> None:
        self.measure.errors.append(GitHubError(kind, message, [node], list(here.keys)))

    def _argument(self, node: FieldNode, name: str) -> object:
        for argument in node.arguments or ():
            if argument.name.value == name:
                return value_from_ast_untyped(argument.value, self.variables)
        return None

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            if directive.name.value in ("include", "skip"):
                value = value_from_ast_untyped((directive.arguments or ())[0].value, self.variables)
                if bool(value) != (directive.name.value == "include"):
                    return False
        return True
