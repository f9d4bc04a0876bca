"""Commands as a client offers them: which there are, and whether what was typed can be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.servers.discord.checks.commands import BOOLEAN, GROUP, INTEGER, NUMBER, STRING, SUB
from tests.servers.discord.shapes import channel_json, member_json, role_json, user_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.servers.discord.records import JSON, Channel
    from tests.servers.discord.state import State

USER, CHANNEL, ROLE = 6, 7, 8
UNREGISTERED: Final = "vllm-digest"
"""The command that is meant where nothing is registered."""


class NotOffered(ValueError):
    """A client would not let a person do that."""


def typed(
    state: State,
    command: JSON | None,
    words: Sequence[str],
    values: Mapping[str, Any],
    channel: Channel,
    *,
    focused: str,
) -> JSON:
    """The `data` of a slash command. command: as registered, None where nothing is. words: its name and those of its
    sub-commands. focused: the option that is completed, "" for none. Raises NotOffered."""
    data: JSON = {"id": command["id"] if command else "1", "name": words[0], "type": 1}
    if command and command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    resolved: JSON = {}
    options = _values(state, _options_of(command, words), values, channel, resolved, focused=focused)
    for place, word in reversed(list(enumerate(words[1:]))):
        kind = SUB if place == len(words) - 2 else GROUP
        options = [{"name": word, "type": kind, "options": options}]
    if options:
        data["options"] = options
    if resolved:
        data["resolved"] = resolved
    return data


def _options_of(command: JSON | None, words: Sequence[str]) -> list[JSON] | None:
    """The options that the last word takes, None where nothing is registered."""
    if command is None:
        return None
    options: list[JSON] = command.get("options") or []
    for word in words[1:]:
        found = next(
            (each for each in options if each["name"] == word and each["type"] in (SUB, GROUP)), None
        )
        if found is None:
            raise NotOffered(f"/{command['name']} has no {word!r}, only {[each['name'] for each in options]}")
        options = found.get("options") or []
    if any(each["type"] in (SUB, GROUP) for each in options):
        raise NotOffered(f"/{' '.join(words)} needs one of {[each['name'] for each in options]}")
    return options


def _values(
    state: State,
    options: list[JSON] | None,
    values: Mapping[str, Any],
    channel: Channel,
    resolved: JSON,
    *,
    focused: str,
) -> list[JSON]:
    known = {each["name"]: each for each in options or ()}
    sent = []
    for name, value in values.items():
        kind = _guessed(value)
        if options is not None:
            if name not in known:
                raise NotOffered(f"no option {name!r}, only {sorted(known)}")
            kind = known[name]["type"]
            if name != focused:
                _check(known[name], value)
                _check_channel(state, known[name], value)
        one: JSON = {
            "name": name,
            "type": kind,
            "value": str(value) if kind in (USER, CHANNEL, ROLE) else value,
        }
        if name == focused:
            one |= {"focused": True, "value": str(value)}
        _resolve(state, kind, value, channel, resolved)
        sent.append(one)
    if not focused:
        missing = [
            each["name"] for each in known.values() if each.get("required") and each["name"] not in values
        ]
        if missing:
            raise NotOffered(f"required: {missing}")
    return sent


def _guessed(value: object) -> int:
    kinds = {bool: BOOLEAN, int: INTEGER, float: NUMBER}
    return kinds.get(type(value), STRING)


def _check(option: JSON, value: Any) -> None:  # noqa: ANN401 - any JSON
    kinds: dict[int, tuple[type, ...]] = {
        STRING: (str,),
        INTEGER: (int,),
        BOOLEAN: (bool,),
        NUMBER: (int, float),
    }
    wanted = kinds.get(option["type"], (int,))
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise NotOffered(f"{option['name']} takes no {value!r}")
    choices = option.get("choices")
    if choices and value not in [each["value"] for each in choices]:
        raise NotOffered(f"{option['name']} is one of {[each['value'] for each in choices]}")
    if isinstance(value, str) and not option.get("min_length", 0) <= len(value) <= option.get(
        "max_length", 6_000
    ):
        raise NotOffered(f"{option['name']} is too long or too short")
    if option["type"] in (INTEGER, NUMBER) and not (
        option.get("min_value", value) <= value <= option.get("max_value", value)
    ):
        raise NotOffered(f"{option['name']} is out of its range")


def _check_channel(state: State, option: JSON, value: Any) -> None:  # noqa: ANN401 - any JSON
    kinds = option.get("channel_types")
    if kinds and state.channels[value].kind not in kinds:
        raise NotOffered(f"{option['name']} takes no channel of that kind")


def _resolve(state: State, kind: int, value: Any, channel: Channel, resolved: JSON) -> None:  # noqa: ANN401
    if kind == CHANNEL:
        shown = channel_json(state, state.channels[value]) | {"permissions": str(state.permissions(channel))}
        resolved.setdefault("channels", {})[str(value)] = shown
    elif kind == USER:
        resolved.setdefault("users", {})[str(value)] = user_json(state.users[value])
        if channel.guild:
            resolved.setdefault("members", {})[str(value)] = member_json(
                state.guilds[channel.guild], value
            ) | {"permissions": "0"}
    elif kind == ROLE:
        resolved.setdefault("roles", {})[str(value)] = role_json(state.guilds[channel.guild].roles[value])
