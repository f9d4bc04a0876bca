"""The answer to an interaction
(docs.discord.com/developers/interactions/receiving-and-responding, "interaction callback")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.checks import modals
from tests.servers.discord.checks.faults import Faults
from tests.servers.discord.interactions import AUTOCOMPLETE, COMPONENT, SUBMIT, Interaction, Modal
from tests.servers.discord.records import BOT, EPHEMERAL, LOADING, Message, Version
from tests.servers.discord.refused import Refused, unknown
from tests.servers.discord.shapes import message_json
from tests.servers.discord.writing import written

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call
    from tests.servers.discord.server import DiscordServer

MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


def callback(server: DiscordServer, call: Call) -> JSON | None:
    interaction = server.interactions.get(call.args["token"])
    if interaction is None or str(interaction.id) != call.args["interaction"]:
        raise unknown("interaction", 10062)
    try:
        _answer(server, call, interaction)
    except Refused as refused:
        interaction.refused.append(refused)
        if "errors" in refused.more and "data" not in refused.more["errors"]:
            refused.more["errors"] = {"data": refused.more["errors"]}
        raise
    if call.query.get("with_response") in ("1", "true"):
        return _told(server, interaction)
    return None


def _answer(server: DiscordServer, call: Call, interaction: Interaction) -> None:
    if interaction.is_acknowledged:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    after = server.now() - interaction.at
    if after > server.acknowledge_s:
        raise unknown("interaction", 10062)
    kind = call.body.get("type")
    data = call.body.get("data") or {}
    _check_kind(interaction, kind)
    if kind == MESSAGE:
        interaction.original = answered(
            server, interaction, written(server, data, call.files, is_interaction=True)
        )
    elif kind == THINKING:
        _check_deferral(data)
        thinking = Version(server.now(), flags=LOADING | int(data.get("flags") or 0), sent=data)
        interaction.original = answered(server, interaction, thinking)
    elif kind == DEFERRED_UPDATE:
        interaction.original = interaction.message
    elif kind == UPDATE:
        assert interaction.message is not None
        interaction.original = interaction.message
        change(server, interaction.message, data, call)
    elif kind == CHOICES:
        interaction.choices = modals.check_choices(data)
    else:
        modals.check(data)
        interaction.modal = Modal(data, interaction.user, interaction.channel, interaction.message)
    interaction.answered_with = kind
    interaction.acknowledged_after = after


def _check_kind(interaction: Interaction, kind: object) -> None:
    """What may answer what. Raises Refused 50035."""
    faults = Faults()
    if interaction.kind == AUTOCOMPLETE:
        faults.one_of(kind, ("type",), (CHOICES,))
    elif interaction.kind == SUBMIT:
        allowed = (MESSAGE, THINKING, DEFERRED_UPDATE, *((UPDATE,) if interaction.message else ()))
        faults.one_of(kind, ("type",), allowed)
    elif interaction.kind == COMPONENT:
        faults.one_of(kind, ("type",), (MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, MODAL))
    else:
        faults.one_of(kind, ("type",), (MESSAGE, THINKING, MODAL))
    faults.refuse()


def _check_deferral(data: JSON) -> None:
    """A deferral carries nothing but EPHEMERAL."""
    flags = data.get("flags") or 0
    if flags & ~EPHEMERAL:
        faults = Faults()
        faults.add(("flags",), "MESSAGE_FLAGS_NOT_ALLOWED", "Only EPHEMERAL can be set when deferring")
        faults.refuse()


def answered(server: DiscordServer, interaction: Interaction, version: Version) -> Message:
    """A new message that answers an interaction."""
    if interaction.must_be_ephemeral and not version.flags & EPHEMERAL:
        version = version.with_flags(version.flags | EPHEMERAL)
    message = server.add_message(
        interaction.channel,
        BOT,
        version,
        only_for=interaction.user if version.flags & EPHEMERAL else 0,
        interaction=interaction.id,
        kind={2: 20}.get(interaction.kind, 0),
        reference=0,
    )
    if not message.only_for:
        server.tell_message("MESSAGE_CREATE", message)
    return message


def change(server: DiscordServer, message: Message, body: JSON, call: Call) -> None:
    """Edit a message through an interaction."""
    version = written(server, body, call.files, before=message.versions[-1], is_interaction=True)
    message.versions.append(version)
    if not message.only_for:
        server.tell_message("MESSAGE_UPDATE", message)
    server.changed()


def _told(server: DiscordServer, interaction: Interaction) -> JSON:
    kind = interaction.answered_with
    told: JSON = {"interaction": {"id": str(interaction.id), "type": interaction.kind}}
    original = interaction.original
    if original is not None and kind in (MESSAGE, THINKING):
        told["interaction"] |= {
            "response_message_id": str(original.id),
            "response_message_loading": original.is_loading,
            "response_message_ephemeral": original.is_ephemeral,
        }
    told["resource"] = {"type": kind}
    if original is not None and kind in (MESSAGE, UPDATE):
        told["resource"]["message"] = message_json(server, original)
    return told


METHODS = {"POST /interactions/{interaction}/{token}/callback": callback}
