"""Commands as they are registered (docs.discord.com/developers/interactions/application-commands)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.servers.discord import limits
from tests.servers.discord.checks.faults import Faults
from tests.servers.discord.refused import Refused

if TYPE_CHECKING:
    from tests.servers.discord.checks.components import At
    from tests.servers.discord.records import JSON

CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
_KINDS: Final = tuple(range(1, 12))
_NAME: Final = re.compile(r"[-_'\w]{1,32}")
LOCALES: Final = frozenset(
    {
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
    }
    | {"fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko"}
)


def check(body: object) -> None:
    """The body of a bulk overwrite. Raises Refused: 50035, 30032 for too many."""
    faults = Faults()
    if not isinstance(body, list):
        faults.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        faults.refuse()
        return
    taken: set[tuple[str, int]] = set()
    for place, each in enumerate(body):
        command = faults.mapping(each, (place,))
        _command(command, (place,), faults)
        key = (str(command.get("name")), command.get("type", CHAT))
        if key in taken:
            faults.add(
                (place, "name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        taken.add(key)
    faults.refuse()
    for kind, most in (
        (CHAT, limits.COMMANDS),
        (USER, limits.CONTEXT_MENUS),
        (MESSAGE, limits.CONTEXT_MENUS),
    ):
        if sum(each.get("type", CHAT) == kind for each in body) > most:
            raise Refused(400, 30032, f"Maximum number of application commands reached ({most}).")


def _command(command: JSON, at: At, faults: Faults) -> None:
    kind = command.get("type", CHAT)
    if not faults.one_of(kind, (*at, "type"), (CHAT, USER, MESSAGE)):
        return
    _places(command, at, faults)
    if kind != CHAT:
        faults.text(command.get("name"), (*at, "name"), least=1, most=limits.COMMAND_NAME, is_needed=True)
        for key in ("description", "options"):
            if command.get(key):
                faults.add(
                    (*at, key), "APPLICATION_COMMAND_CONTEXT_MENU_FIELD", f"Context menus have no {key}"
                )
        return
    _named(command, at, faults)
    _options(command.get("options"), (*at, "options"), faults, depth=0)
    if _characters(command) > limits.COMMAND_IN_ALL:
        faults.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _places(command: JSON, at: At, faults: Faults) -> None:
    for key, allowed in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        value = command.get(key)
        if value is None:
            continue
        found = faults.items(value, (*at, key), least=1, most=len(allowed))
        for place, each in enumerate(found):
            faults.one_of(each, (*at, key, place), allowed)
        if len(set(map(str, found))) != len(found):
            faults.add((*at, key), "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")


def _named(value: JSON, at: At, faults: Faults) -> None:
    """The name, the description and their localisations."""
    name = faults.text(value.get("name"), (*at, "name"), least=1, most=limits.COMMAND_NAME, is_needed=True)
    names: dict[At, str] = {("name",): name}
    names |= _localized(value, "name_localizations", at, faults, limits.COMMAND_NAME)
    for key, each in names.items():
        if each and not _is_name(each):
            faults.add((*at, *key), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    faults.text(
        value.get("description"),
        (*at, "description"),
        least=1,
        most=limits.COMMAND_DESCRIPTION,
        is_needed=True,
    )
    _localized(value, "description_localizations", at, faults, limits.COMMAND_DESCRIPTION)


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name == name.lower()


def _localized(value: JSON, key: str, at: At, faults: Faults, most: int) -> dict[At, str]:
    """Localised texts by where they stand."""
    if value.get(key) is None:
        return {}
    texts = faults.mapping(value[key], (*at, key))
    found: dict[At, str] = {}
    for locale, text in texts.items():
        if locale not in LOCALES:
            faults.add((*at, key, locale), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid locale.')
        found[(key, locale)] = faults.text(text, (*at, key, locale), least=1, most=most)
    return found


def _options(value: object, at: At, faults: Faults, *, depth: int) -> None:
    """depth: 0 of a command, 1 of a group or of a sub-command at the top, 2 of a sub-command in a group."""
    options = faults.items(value, at, most=limits.COMMAND_OPTIONS)
    names: set[str] = set()
    was_optional = False
    for place, each in enumerate(options):
        option = faults.mapping(each, (*at, place))
        if not faults.one_of(option.get("type"), (*at, place, "type"), _KINDS):
            continue
        _named(option, (*at, place), faults)
        if str(option.get("name")) in names:
            faults.add(
                (*at, place, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.add(str(option.get("name")))
        if option["type"] in (SUB, GROUP):
            _nested(option, (*at, place), faults, depth)
            continue
        if option.get("required") and was_optional:
            faults.add(
                (*at, place),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        was_optional = was_optional or not option.get("required")
        _choices(option, (*at, place), faults)
    kinds = {each.get("type") in (SUB, GROUP) for each in options if isinstance(each, dict)}
    if len(kinds) > 1:
        faults.add(
            at,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )


def _nested(option: JSON, at: At, faults: Faults, depth: int) -> None:
    is_allowed = depth == 0 or (depth == 1 and option["type"] == SUB)
    if not is_allowed:
        faults.add((*at, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deep")
    elif option["type"] == GROUP:
        _options(option.get("options"), (*at, "options"), faults, depth=1)
    else:
        _options(option.get("options"), (*at, "options"), faults, depth=2)


def _choices(option: JSON, at: At, faults: Faults) -> None:
    choices = faults.items(option.get("choices"), (*at, "choices"), most=limits.COMMAND_CHOICES)
    if choices and option.get("autocomplete"):
        faults.add(
            at, "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "Cannot have both choices and autocomplete"
        )
    if (choices or option.get("autocomplete")) and option["type"] not in (STRING, INTEGER, NUMBER):
        faults.add(
            (*at, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This type has no choices"
        )
    values: set[str] = set()
    for place, each in enumerate(choices):
        where = (*at, "choices", place)
        choice = faults.mapping(each, where)
        faults.text(choice.get("name"), (*where, "name"), least=1, most=limits.COMMAND_CHOICE, is_needed=True)
        _localized(choice, "name_localizations", where, faults, limits.COMMAND_CHOICE)
        value = choice.get("value")
        if option["type"] == STRING:
            faults.text(value, (*where, "value"), most=limits.COMMAND_CHOICE, is_needed=True)
        elif not isinstance(value, int | float):
            faults.required((*where, "value"))
        if str(value) in values:
            faults.add(
                where, "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_DUPLICATED", "Choice value already exists"
            )
        values.add(str(value))


def _characters(value: JSON) -> int:
    """All characters of names, descriptions and values; of a text and its localisations the longest counts."""
    total = _longest(value, "name") + _longest(value, "description")
    total += sum(_characters(each) for each in value.get("options") or () if isinstance(each, dict))
    for each in value.get("choices") or ():
        if isinstance(each, dict):
            total += _longest(each, "name") + len(str(each.get("value", "")))
    return total


def _longest(value: JSON, key: str) -> int:
    texts: list[Any] = [value.get(key) or "", *(value.get(f"{key}_localizations") or {}).values()]
    return max(len(each) if isinstance(each, str) else 0 for each in texts)
