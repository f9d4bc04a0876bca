"""The reference, made from the code whenever the site is built, so that it cannot tell anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, SecretStr

from adapters.metrics.table import TABLE
from bot.access import Access
from bot.flags import FLAGS
from bot.grammar.help import GROUPS
from bot.managers import Managers
from bot.rules import Rate, Users
from bot.settings import TOGETHER, Settings
from summarizer import languages

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_KINDS: Final = {
    bool: "`yes` or `no`",
    SecretStr: "a secret",
    Path: "a path",
    int: "a whole number",
    float: "a number",
    timedelta: "days, such as `30d`",
    Rate: "a rate, such as `20/m`",
}


def pages() -> dict[str, str]:
    """The pages, by their place in the site."""
    return {
        "reference-settings.md": _settings(),
        "reference-commands.md": _commands(),
        "reference-digest.md": _schema("digest", "The schema of a digest", "digest-json.md"),
        "reference-answer.md": _schema("answer", "The schema of an answer", "answers-json.md"),
        "reference-metrics.md": _metrics(),
    }


def default_of(field: FieldInfo) -> str:
    """The default as one would write it into the environment, "" for none."""
    return _written(field.default)


def names_of(field: FieldInfo) -> tuple[str, ...]:
    """The variables that a setting is read from, the first first."""
    alias = field.validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (str(alias),)


def _settings() -> str:
    flags = {variable: flag for flag, variable in FLAGS.items()}
    rows = []
    for field in Settings.model_fields.values():
        names = names_of(field)
        flag = next((flags[name] for name in names if name in flags), "")
        default = default_of(field)
        rows.append(
            (
                " or ".join(map(_code, names)),
                _code(f"--{flag}") if flag else "",
                _code(default) if default else "none",
                _accepted(field),
            )
        )
    groups = "\n".join(f"- {', '.join(map(_code, group))}" for group in TOGETHER)
    return (
        "# Settings by the code\n\n"
        "Read from `bot/settings.py`. What each means, and how they belong together, is told in "
        "[Settings](settings.md). What is a secret has no flag, since other processes can read a command line.\n\n"
        f"{_table(('name', 'flag', 'default', 'accepted'), rows)}\n"
        f"Set together or not at all:\n\n{groups}\n"
    )


def _commands() -> str:
    told = languages.load("en").get("help")
    about = (
        "The same in Slack, Discord, the terminal chat and the shell; `help` and `help WORD` tell it there, in "
        "Chinese too. In the shell `vllm-digest` stands before them. What they are for is told in "
        "[Start in five minutes](index.md) and [Subscriptions](subscriptions.md)."
    )
    parts = [f"# Commands\n\n{about}\n"]
    for group, words in GROUPS.items():
        parts.append(f"## {told['groups'][group]}\n")
        parts += [_command(word, told["about"][word]) for word in words]
    parts.append("## Options\n")
    parts.append(_pairs("option", (_split(text) for text in told["options"].values())))
    parts.append(f"## {told['groups']['shell']}\n")
    parts.append(_pairs("command", told["shell"].items()))
    parts.append(_pairs("flag", told["flags"].items()))
    return "\n".join(parts)


def _command(word: str, about: Mapping[str, Any]) -> str:
    examples = "\n".join(about["examples"])
    return f"### {word}\n\n{_code(about['usage'])}\n\n{_plain(about['about'])}\n\n```\n{examples}\n```\n"


def _pairs(kind: str, rows: Iterable[tuple[str, str]]) -> str:
    return _table((kind, "what it does"), [(_code(name), _plain(what)) for name, what in rows])


def _split(text: str) -> tuple[str, str]:
    name, _, what = text.partition("  ")
    return name, what


def _metrics() -> str:
    rows = [
        (
            _code(each.name),
            each.kind,
            ", ".join(map(_code, each.labels if each.of_store else ("process", *each.labels))),
            _plain(each.help),
            ", ".join(f"{bound:g}" for bound in each.buckets),
        )
        for each in TABLE
    ]
    about = (
        "Read from `adapters/metrics/table.py`. Who may read them, and what to watch: [Metrics](metrics.md). "
        "Those without the label `process` are read from the store, once for all processes."
    )
    return f"# Metrics\n\n{about}\n\n{_table(('name', 'kind', 'labels', 'what it tells', 'buckets'), rows)}"


def _schema(name: str, title: str, explained: str) -> str:
    """A JSON schema of ours as tables, one for the whole and one for each of its definitions."""
    text = files("summarizer").joinpath(f"{name}.schema.json").read_text("utf-8")
    schema = json.loads(text)
    heads = ("field", "type", "always there")
    parts = [
        f"# {title}\n\n{_plain(schema['description'])}\n\nWhat the fields mean: [{explained}]({explained}).\n",
        _table(heads, [*_fields(schema, "")]),
    ]
    for key, definition in schema.get("$defs", {}).items():
        rows = [*_fields(definition, "")]
        parts.append(f"## {key}\n\n{_table(heads, rows) if rows else _type(definition) + chr(10)}")
    parts.append(f"## The schema itself\n\n```json\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def _fields(schema: Mapping[str, Any], at: str) -> Iterator[Sequence[str]]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        path = f"{at}{name}"
        yield _code(path), _type(each), "yes" if name in required else "no"
        inner, suffix = _inside(each)
        yield from _fields(inner, f"{path}{suffix}.")
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping) and at:
        inner, suffix = _inside(more)
        yield _code(f"{at}*"), _type(more), "no"
        yield from _fields(inner, f"{at}*{suffix}.")


def _inside(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The object that a field is, or is a list of; with what its path gets."""
    for each in schema.get("oneOf", ()):
        if each.get("type") in ("object", "array"):
            return _inside(each)
    if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        inner, suffix = _inside(schema["items"])
        return inner, f"[]{suffix}"
    return schema, ""


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "oneOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["oneOf"]))
    if "const" in schema:
        return _code(json.dumps(schema["const"]))
    if "enum" in schema:
        return ", ".join(_code(json.dumps(value)) for value in schema["enum"])
    kinds = schema.get("type", "anything")
    told = " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if isinstance(schema.get("items"), Mapping):
        told = f"{told} of {_type(schema['items'])}"
    limits = [
        f"{words} {schema[key]}"
        for key, words in (
            ("minimum", "from"), ("maximum", "to"), ("minItems", "at least"), ("maxItems", "at most"),
        )
        if key in schema
    ]  # fmt: skip
    if "pattern" in schema:
        limits.append(_code(schema["pattern"]))
    return ", ".join([told, *limits])


def _accepted(field: FieldInfo) -> str:
    kinds = [kind for kind in _alternatives(field.annotation) if kind is not type(None)]
    if len(kinds) == 1 and get_origin(kinds[0]) is Literal:
        return ", ".join(map(_code, get_args(kinds[0])))
    limits = []
    for each in field.metadata:
        for name, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
            if getattr(each, name, None) is not None:
                limits.append(f"{words} {getattr(each, name):g}")
    told = _KINDS.get(kinds[0], "a comma list" if get_origin(kinds[0]) in (tuple, frozenset) else "text")
    if kinds[0] in (Access, Managers, Users) or get_origin(kinds[0]) is Mapping:
        told = "a comma list"
    return ", ".join([told, *limits])


def _alternatives(annotation: object) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _written(value: object) -> str:
    if value is None or value in ("", ()) or value == {} or value == Access():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return f"{value.days}d"
    if isinstance(value, Rate):
        return (
            f"{value.burst}/m"
            if value.burst == value.per_minute
            else f"{value.per_minute:g}/m, {value.burst} at once"
        )
    if isinstance(value, Users):
        return ",".join(sorted(value.names))
    if isinstance(value, Managers):
        return "admins"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        + "\n"
    )


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _plain(text: str) -> str:
    """Words that are no Markdown but for what stands in backticks."""
    return text.replace("<", "\\<").replace("*", "\\*").replace("_", "\\_") if "`" not in text else text
