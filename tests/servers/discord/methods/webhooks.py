"""The webhook of an interaction: its original answer and what follows
(docs.discord.com/developers/interactions/receiving-and-responding, "followup messages")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord import limits
from tests.servers.discord.methods.interactions import answered, change
from tests.servers.discord.records import APPLICATION, BOT
from tests.servers.discord.refused import Refused, unknown, unknown_message
from tests.servers.discord.shapes import message_json
from tests.servers.discord.writing import written

if TYPE_CHECKING:
    from tests.servers.discord.interactions import Interaction
    from tests.servers.discord.records import JSON, Call, Message
    from tests.servers.discord.server import DiscordServer


def _interaction(server: DiscordServer, call: Call) -> Interaction:
    """Raises Refused: 10015 for another webhook or while nothing answers, 50027 after the token's time."""
    interaction = server.interactions.get(call.args["token"])
    if call.id("application") != APPLICATION:
        raise unknown("Webhook", 10015)
    if interaction is None or interaction.has_expired:
        raise Refused(401, 50027, "Invalid Webhook Token")
    if not interaction.is_acknowledged:
        raise unknown("Webhook", 10015)
    return interaction


def _message(server: DiscordServer, call: Call, interaction: Interaction) -> Message:
    """@original, a follow-up, or the message whose button was pressed. Raises Refused 10008."""
    name = call.args["message"]
    for each in (interaction.original, *interaction.follow_ups, interaction.message):
        if each is None or each.is_deleted or each.author != BOT:
            continue
        if name == str(each.id) or (name == "@original" and each is interaction.original):
            return each
    raise unknown_message()


def follow_up(server: DiscordServer, call: Call) -> JSON:
    interaction = _interaction(server, call)
    try:
        message = _followed(server, call, interaction)
    except Refused as refused:
        interaction.refused.append(refused)
        raise
    server.changed()
    return message_json(server, message)


def _followed(server: DiscordServer, call: Call, interaction: Interaction) -> Message:
    original = interaction.original
    if original is not None and original.is_loading:
        body = {key: value for key, value in call.body.items() if key != "flags"}
        body |= {"flags": call.body["flags"] & ~64} if call.body.get("flags") else {}
        change(server, original, body, call)
        return original
    if interaction.is_outside and len(interaction.follow_ups) >= limits.FOLLOW_UPS_OUTSIDE:
        raise Refused(400, 40094, "Maximum number of follow-up messages reached")
    message = answered(server, interaction, written(server, call.body, call.files, is_interaction=True))
    interaction.follow_ups.append(message)
    return message


def show(server: DiscordServer, call: Call) -> JSON:
    return message_json(server, _message(server, call, _interaction(server, call)))


def edit(server: DiscordServer, call: Call) -> JSON:
    interaction = _interaction(server, call)
    message = _message(server, call, interaction)
    try:
        change(server, message, call.body, call)
    except Refused as refused:
        interaction.refused.append(refused)
        raise
    return message_json(server, message)


def delete(server: DiscordServer, call: Call) -> None:
    server.delete(_message(server, call, _interaction(server, call)))


METHODS = {
    "POST /webhooks/{application}/{token}": follow_up,
    "GET /webhooks/{application}/{token}/messages/{message}": show,
    "PATCH /webhooks/{application}/{token}/messages/{message}": edit,
    "DELETE /webhooks/{application}/{token}/messages/{message}": delete,
}
