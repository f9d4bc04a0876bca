"""Pressing: the answers that stand in each kind of place, what a press shows to whom, and ids that no client sends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from adapters.discord import actions
from tests.adapters.discord.whole import is_progress
from tests.bot.talk import NOW, REPO
from tests.servers.discord import GENERAL, Version, walked
from tests.servers.discord.checks.components import BUTTON
from tests.servers.github import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.chat.pressed import Pressed
    from tests.servers.discord import DiscordServer, Interaction, Message, Modal, Person

READERS = ("en", "zh")
"""Ann reads English, Ben Chinese."""

Where = Literal["mention", "slash", "direct"]
WHERE: tuple[Where, ...] = ("mention", "slash", "direct")


def reader(server: DiscordServer, lang: str) -> Person:
    return {"en": server.ann, "zh": server.ben}[lang]


def is_note(message: Message) -> bool:
    """Whether it only says which zone was taken for somebody."""
    return any(str(each.get("custom_id", "")).startswith(actions.ZONE) for each in walked(message.components))


def said_in(server: DiscordServer, channel: int) -> list[Message]:
    """The answers that the bot has given there so far for all to see."""
    return [
        each for each in server.by_bot(channel) if not (each.is_loading or is_progress(each) or is_note(each))
    ]


async def until_said(server: DiscordServer, channel: int, count: int, contains: str = "") -> Message:
    """The newest of them, once there are so many and it holds that."""
    await server.until(lambda: len(said := said_in(server, channel)) >= count and contains in said[-1].text)
    return said_in(server, channel)[-1]


async def only_me(
    person: Person, line: str = "today", channel: int = GENERAL, options: dict[str, Any] | None = None
) -> Message:
    """What a command is answered with."""
    return await answer_of(person.slash(channel, line, options))


async def answer_of(asked: Interaction) -> Message:
    """The first message of an answer, once it is no word of progress."""

    def there() -> Message | None:
        first = asked.original
        return None if first is None or first.is_loading or is_progress(first) else first

    message: Message = await asked.until(there)
    return message


async def post(person: Person, line: str = "today", channel: int = GENERAL) -> Message:
    """What a mention is answered with. The line names the language, since Discord tells nobody's with a message."""
    server = person.server
    before = len(said_in(server, channel))
    person.says(channel, f"<@{server.application}> {line} lang:{lang_of(person)}")
    return await until_said(server, channel, before + 1)


async def direct(person: Person, line: str = "today") -> Message:
    """What a direct message is answered with."""
    server = person.server
    before = len(said_in(server, person.dm))
    person.says(person.dm, f"{line} lang:{lang_of(person)}")
    return await until_said(server, person.dm, before + 1)


def lang_of(person: Person) -> str:
    return "zh" if person.user.locale.startswith("zh") else "en"


async def digest_in(where: Where, person: Person, line: str = "today") -> Message:
    say: dict[Where, Callable[[Person, str], Any]] = {"mention": post, "slash": only_me, "direct": direct}
    message: Message = await say[where](person, line)
    return message


async def told(pressed: Interaction, contains: str = "") -> Message:
    """What a press shows beside the message to who pressed."""

    def there() -> list[Message]:
        return [
            each
            for each in pressed.messages
            if each is not pressed.message and not is_progress(each) and contains in each.text
        ]

    return (await pressed.until(there))[-1]  # type: ignore[no-any-return]


async def changed(server: DiscordServer, message: Message, edits: int = 0) -> Message:
    """The message, once it was changed and shows more than progress. edits: how often it had been before."""
    await server.until(lambda: message.edits > edits and not is_progress(message))
    return message


async def form_of(pressed: Interaction) -> Modal:
    """What the press opens."""
    modal: Modal = await pressed.until(lambda: pressed.modal)
    return modal


def buttons(message: Message) -> list[str]:
    """The custom ids of what can be pressed, without what follows the action and its `#`."""
    return [
        each["custom_id"].partition("|")[0]
        for each in walked(message.components)
        if each["type"] == BUTTON and "custom_id" in each and not each.get("disabled")
    ]


def urls(message: Message) -> list[str]:
    """Of the buttons that are links."""
    return [each["url"] for each in walked(message.components) if each["type"] == BUTTON and each.get("url")]


def handle_of(message: Message, action: str) -> str:
    """Of the digest that a button opens."""
    return pressed_of(message, action).handle


def pressed_of(message: Message, action: str) -> Pressed:
    """What a button carries that says all itself."""
    return actions.read(id_of(message, action))


def id_of(message: Message, action: str) -> str:
    """The first custom id of the action."""
    return next(
        str(each["custom_id"])
        for each in walked(message.components)
        if str(each.get("custom_id", "")).split("|")[0].split("#")[0] == action
    )


def forged(message: Message, custom_id: str) -> str:
    """The id, once the message has a button of it below all that it had."""
    button = {"type": 2, "style": 2, "label": "forged", "custom_id": custom_id}
    added = {"type": 1, "components": [button]}
    now = message.versions[-1]
    kept = tuple(each for each in now.components if not _is_forged(each))
    message.versions[-1] = Version(
        now.at, now.content, now.embeds, (*kept, added), now.flags, now.files, now.allowed_mentions, now.pings
    )
    return custom_id


def _is_forged(component: dict[str, Any]) -> bool:
    return any(each.get("label") == "forged" for each in component.get("components", ()))


def in_language(text: str) -> str:
    """Which language a text is written in."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def crowded(count: int = 75) -> World:
    """A day on which more happened than a message holds."""
    world = World()
    repository = world.repository(REPO)
    words = "[ROCm] Rework how the scheduler and the attention backends share blocks of the cache, part"
    for place in range(count):
        at = NOW - timedelta(hours=9) + timedelta(minutes=6 * place)
        if place % 3:
            pull = repository.open_pr(f"{words} {place}", by=f"dev{place % 9}", at=at, number=1000 + place)
            if place % 3 == 1:
                pull.merge(by="max", at=at + timedelta(minutes=2))
        else:
            issue = repository.open_issue(
                f"[Bug]: It crashes on MI300, case {place}", by="cyd", at=at, number=1000 + place
            )
            issue.comment(by="max", at=at + timedelta(minutes=1), body=f"I see it as well, on {place}.")
    return world


def private() -> World:
    """A repository that not everybody may read."""
    world = World()
    repository = world.repository(REPO, private=True)
    repository.open_pr("[ROCm] Secret kernel", by="amy", at=NOW - timedelta(hours=1), number=7)
    return world


langs = pytest.mark.parametrize("lang", READERS)
places = pytest.mark.parametrize("where", WHERE)
