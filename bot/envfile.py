"""`.env`: single settings are put into it, and everything else in it stays as it is."""

from __future__ import annotations

import io
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.errors import BadInput, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

MODE = 0o600

_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
"""Values that mean the same with and without quotes, to python-dotenv and to a shell."""

_BINDING = re.compile(
    r"""(?P<export>export\s+)?(?:'[^']+'|[^=\#\s]+)[^\S\r\n]*
    (?:=[^\S\r\n]*(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\r\n]*?(?=\s|\Z)))?
    (?P<comment>[^\S\r\n]*\#[^\r\n]*)?\s*""",
    re.VERBOSE | re.DOTALL,
)
"""A setting as python-dotenv reads it, with the comment behind it."""


def read(path: Path) -> dict[str, str]:
    """The settings of the file, without those that are empty; no file, no settings.

    Raises NotConfigured `settings.env_file` where it is no text.
    """
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path).items() if value}
    except UnicodeDecodeError as error:
        raise NotConfigured("settings.env_file", path=str(path)) from error


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set values in the file, which only its owner can read afterwards. It is replaced whole or not at all.

    A setting that stands there keeps its place, comments and the order stay, a new one comes at the end; where one
    stands there twice, the last one counts and is the one that is set.
    Raises BadInput `output.unwritable`, NotConfigured `settings.env_file`, and ValueError for a value that the file
    cannot hold.
    """
    target = path.resolve()  # a link stays a link; what it names is written
    try:
        text = target.read_bytes().decode() if target.exists() else ""
    except UnicodeDecodeError as error:
        raise NotConfigured("settings.env_file", path=str(path)) from error
    except OSError as error:
        raise BadInput("output.unwritable", path=str(path)) from error
    _replace(target, _set(text, values), shown=path)


def _set(text: str, values: Mapping[str, str]) -> str:
    from dotenv.parser import parse_stream

    bindings = list(parse_stream(io.StringIO(text, newline="")))
    mark = "\ufeff" if text.startswith("\ufeff") else ""  # the parser passes over it
    last = {binding.key: index for index, binding in enumerate(bindings) if binding.key and not binding.error}
    written = [binding.original.string for binding in bindings]
    newline = "\r\n" if "\r\n" in text else "\n"
    for name, value in values.items():
        line = f"{name}={_quoted(value)}"
        if name in last:
            written[last[name]] = _in_place(written[last[name]], line, newline)
        else:
            if written and not written[-1].endswith(("\n", "\r")):
                written[-1] += newline
            written.append(line + newline)
    return mark + "".join(written)


def _in_place(old: str, line: str, newline: str) -> str:
    """A binding's text with another value; blank lines before it, `export` and the comment behind it stay."""
    before = old[: len(old) - len(old.lstrip())]
    parts = _BINDING.fullmatch(old[len(before) :])
    export, comment = (
        ("", "") if parts is None else ("export " if parts["export"] else "", parts["comment"] or "")
    )
    return f"{before}{export}{line}{comment}{newline if old.endswith((chr(10), chr(13))) else ''}"


def _quoted(value: str) -> str:
    # python-dotenv fills in variables even inside quotes, and reads the file with universal line ends
    if "${" in value or "\x00" in value or "\r" in value:
        raise ValueError("a value that holds ${, a zero byte or a carriage return cannot stand in the file")
    if _BARE.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _replace(target: Path, text: str, *, shown: Path) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "wb", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as draft:
            try:
                Path(draft.name).chmod(MODE)
                draft.write(text.encode())
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).replace(target)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise BadInput("output.unwritable", path=str(shown)) from error
