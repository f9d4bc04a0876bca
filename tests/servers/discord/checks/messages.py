"""The body of a message (docs.discord.com/developers/resources/message, "create message" and "edit message")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord import limits
from tests.servers.discord.checks import embeds
from tests.servers.discord.checks.components import Components
from tests.servers.discord.checks.faults import Faults
from tests.servers.discord.records import EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, V2
from tests.servers.discord.refused import empty_message

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tests.servers.discord.records import JSON, File

_LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
_KINDS = ("users", "roles", "everyone")


def check(body: JSON, *, flags: int, files: Sequence[File], kept: Collection[str] = ()) -> None:
    """A whole message as it would stand: content, embeds, components, all that it keeps among it.

    flags: of the result. files: that come with the body. kept: the names of those that stay. Raises Refused: 50035,
    50006 for an empty message.
    """
    faults = Faults()
    names = {*kept, *(file.name for file in files)}
    components = Components(faults, names)
    if flags & V2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key):
                faults.add(
                    (key,),
                    _LEGACY,
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
        components.layout(body.get("components"))
    else:
        faults.text(body.get("content"), ("content",), most=limits.CONTENT)
        embeds.check(body.get("embeds"), faults)
        components.rows(body.get("components"))
    if len(names) > limits.FILES:
        faults.add(("attachments",), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for place, file in enumerate(files):
        faults.text(file.description, ("attachments", place, "description"), most=limits.FILE_DESCRIPTION)
    _mentions(body.get("allowed_mentions"), faults)
    faults.text(body.get("nonce"), ("nonce",), most=limits.NONCE)
    faults.refuse()
    if not (body.get("content") or "").strip() and not body.get("embeds"):
        has_parts = body.get("components") if flags & V2 else names or body.get("sticker_ids")
        if not has_parts:
            raise empty_message()


def check_flags(flags: int, *, before: int | None, is_interaction: bool) -> None:
    """What flags may be sent. before: of the message that is edited, None for a new one. Raises Refused 50035."""
    settable = SUPPRESS_EMBEDS | V2
    if before is None:
        settable |= SUPPRESS_NOTIFICATIONS | (EPHEMERAL if is_interaction else 0)
    faults = Faults()
    foreign = flags & ~settable & ~(before or 0)
    if foreign:
        faults.add(("flags",), "MESSAGE_FLAGS_NOT_ALLOWED", f"Flags {foreign} cannot be set")
    if before is not None and before & V2 and not flags & V2:
        faults.add(
            ("flags",),
            "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
            "MessageFlags.IS_COMPONENTS_V2 cannot be removed",
        )
    faults.refuse()


def _mentions(value: object, faults: Faults) -> None:
    if value is None:
        return
    allowed = faults.mapping(value, ("allowed_mentions",))
    parse = faults.items(allowed.get("parse"), ("allowed_mentions", "parse"), most=3)
    for place, each in enumerate(parse):
        if each not in _KINDS:
            faults.add(
                ("allowed_mentions", "parse", place),
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'roles', 'everyone').",
            )
    for kind in ("users", "roles"):
        ids = faults.items(allowed.get(kind), ("allowed_mentions", kind), most=100)
        if ids and kind in parse:
            faults.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f"parse:['{kind}'] and {kind}: [ids...] are mutually exclusive.",
            )
