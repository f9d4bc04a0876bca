"""The tests' schema, and every query of ours, against the schema that GitHub publishes; needs npm, else is
skipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    is_specified_scalar_type,
    parse,
    validate,
)

from adapters.github import queries
from tests.servers.github.execute import RULES
from tests.servers.github.resolve import schema

PACKAGE = "@octokit/graphql-schema@15.26.1"
TIMES = 2  # what a query repeats has to be valid beside itself
OURS = sorted(name for name in schema().type_map if not name.startswith("__"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    """GitHub's schema, from the package that octokit publishes it in."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on PATH: nothing was compared with GitHub's published schema")
    folder = tmp_path_factory.mktemp("octokit")
    options = ["--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
    options += ["--prefer-offline", "--fetch-retries=0"]  # without a network: known at once
    command = [npm, "install", *options, PACKAGE]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError):
        pytest.skip(f"npm cannot get {PACKAGE}: nothing was compared with GitHub's published schema")
    text = folder / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"
    return build_schema(text.read_text("utf-8"), assume_valid=True)


@pytest.mark.parametrize("name", OURS)
def test_each_type_of_the_tests_schema_is_part_of_githubs(published: GraphQLSchema, name: str) -> None:
    ours, theirs = schema().type_map[name], published.type_map.get(name)
    assert theirs is not None
    assert type(ours) is type(theirs)
    if not is_specified_scalar_type(ours):
        assert _differences(ours, theirs) == []


@pytest.mark.parametrize("name", queries.names())
def test_each_query_is_valid_by_githubs_schema(published: GraphQLSchema, name: str) -> None:
    document = parse(queries.text(name, TIMES))
    assert [error.message for error in validate(published, document, RULES)] == []


@pytest.mark.parametrize("name", queries.names())
def test_each_query_is_valid_by_the_tests_schema(name: str) -> None:
    assert [error.message for error in validate(schema(), parse(queries.text(name, TIMES)), RULES)] == []


@pytest.mark.parametrize("name", queries.names())
def test_each_file_holds_the_one_operation_it_is_named_after(name: str) -> None:
    operations = [
        definition
        for definition in parse(queries.text(name, TIMES)).definitions
        if isinstance(definition, OperationDefinitionNode)
    ]

    assert [operation.name and operation.name.value for operation in operations] == [name]


def test_lines_for_each_are_repeated_and_the_others_stand_once() -> None:
    text = queries.text("counts", 3)

    assert [text.count(f"$q{n}: String!") for n in range(4)] == [1, 1, 1, 0]
    assert [text.count(f"q{n}: search(") for n in range(4)] == [1, 1, 1, 0]
    assert text.count("issueCount") == 3
    assert text.count("fragment Spent") == 1
    assert "#each" not in text
    assert "#import" not in text
    assert queries.text("releases", 3) == queries.text("releases")


def test_every_graphql_file_is_part_of_a_query() -> None:
    folder = Path(queries.__file__).parent
    written = {
        definition.name.value
        for path in folder.rglob("*.graphql")
        for definition in parse(path.read_text("utf-8")).definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    used = {
        definition.name.value
        for name in queries.names()
        for definition in parse(queries.text(name, TIMES)).definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    assert used == written


def _differences(ours: GraphQLNamedType, theirs: GraphQLNamedType) -> list[str]:
    """What `ours` has that `theirs` lacks, or has otherwise."""
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        return sorted(ours.values.keys() - theirs.values.keys())
    if isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
        return sorted({each.name for each in ours.types} - {each.name for each in theirs.types})
    if isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        given = {name: str(field.type) for name, field in theirs.fields.items()}
        return [
            f"{name}: {field.type}"
            for name, field in ours.fields.items()
            if str(field.type) != given.get(name)
        ]
    if isinstance(ours, (GraphQLObjectType, GraphQLInterfaceType)):
        assert isinstance(theirs, (GraphQLObjectType, GraphQLInterfaceType))
        missing = {each.name for each in ours.interfaces} - {each.name for each in theirs.interfaces}
        return sorted(missing) + sorted(_signatures(ours) - _signatures(theirs))
    return []


def _signatures(kind: GraphQLObjectType | GraphQLInterfaceType) -> set[str]:
    """Each field with its type, and each of its arguments with type and default."""
    fields = {f"{name}: {field.type}" for name, field in kind.fields.items()}
    return fields | {
        f"{name}({argument_name}: {argument.type} = {argument.default_value!r})"
        for name, field in kind.fields.items()
        for argument_name, argument in field.args.items()
    }
