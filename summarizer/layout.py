"""Layout: the Jinja2 templates, filled. They hold order and white space; escapes are `markup`'s."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from summarizer import markup, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment


def fill(template: str, **values: object) -> str:
    """The template of that file name with its values, ending in one newline. A value it lacks is an error."""
    return _environment().get_template(template).render(**values).rstrip("\n") + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import (  # slow to import, and only rendering needs it
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    environment = Environment(
        loader=PackageLoader("summarizer"),
        autoescape=False,  # noqa: S701 - autoescape is for HTML, which no template of ours is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        md=markup.markdown,
        strong=_strong,
        prose=markup.markdown_prose,
        ref=_reference,
        named=markup.markdown_link,
        rows=tables.markdown_rows,
        lines=tables.text_rows,
        txt=markup.plain,
        yaml=markup.yaml_scalar,
        liquid=markup.liquid,
    )
    return environment


def _strong(text: str) -> str:
    return markup.markdown(text, strong=True)


def _reference(number: int, urls: Mapping[int, str]) -> str:
    return markup.markdown_link(f"#{number}", urls.get(number, ""))
