"""The prompt files in `prompts/`, filled. Their comments say why they say what they say, and are not sent."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


QUESTIONS = "ask"
"""The folder of those that ask about questions; no digest depends on them."""


def render(name: str, **values: object) -> str:
    """The prompt of that file name with its values. A value it lacks is an error."""
    return _environment().get_template(name).render(**values).strip()


def source(name: str) -> str:
    """The file as it stands."""
    return (files("summarizer") / "prompts" / name).read_text("utf-8")


@cache
def version() -> str:
    """What changes when any prompt file of digests does: an answer to another prompt is another answer."""
    folder = files("summarizer") / "prompts"
    parts = [part for part in folder.iterdir() if part.is_dir() and part.name != QUESTIONS]
    names = sorted(f"{part.name}/{each.name}" for part in parts for each in part.iterdir())
    names += sorted(each.name for each in folder.iterdir() if each.is_file())
    return sha256("\0".join(source(name) for name in names).encode()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    from jinja2 import BaseLoader, Environment, StrictUndefined  # slow to import, and only a model needs it

    class Loader(BaseLoader):
        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
            return source(template), template, None

    return Environment(loader=Loader(), undefined=StrictUndefined, trim_blocks=True)  # noqa: S701 - no HTML
