"""Escaping: the Jinja2 templates of HTML and SVG, filled; every value is escaped but what is `Markup` already."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(template: str, **values: object) -> str:
    """The template of that file name with its values, ending in one newline. A value it lacks is an error."""
    return _environment().get_template(template).render(**values).strip("\n") + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # slow to import

    return Environment(
        loader=PackageLoader("summarizer"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
