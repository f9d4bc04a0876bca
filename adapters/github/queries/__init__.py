"""The project's GraphQL documents, one operation a file, named after its file.

A line `#import "fragments/x.graphql"` is replaced by that file, once, so that each document can be checked
and sent whole. A line that begins with `#each` is repeated as often as the asker says, `{n}` in it being the number of
the repetition, from 0 on.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_EACH = re.compile(r"^#each(.*\n)", re.MULTILINE)
_IMPORT = re.compile(r'^#import "([\w/]+\.graphql)"\n', re.MULTILINE)


@cache
def names() -> tuple[str, ...]:
    """The operations there are, in alphabetical order."""
    entries = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".graphql") for name in entries if name.endswith(".graphql")))


@cache
def text(name: str, times: int = 0) -> str:
    """The whole document of the operation with that name, e.g. "edge"; fragments included, `#each` repeated."""
    parts: dict[str, str] = {}
    _collect(f"{name}.graphql", parts)
    whole = "\n".join(parts.values())
    return _EACH.sub(lambda line: "".join(line[1].replace("{n}", str(n)) for n in range(times)), whole)


def _collect(path: str, parts: dict[str, str]) -> None:
    if path in parts:
        return
    source = files(__name__).joinpath(path).read_text("utf-8")
    parts[path] = _IMPORT.sub("", source)
    for imported in _IMPORT.findall(source):
        _collect(imported, parts)
