"""In Slack and Discord those who may not read a private repository find no trace of it: in commands, forms, the home,
suggestions, old messages; neither before anybody was let in there nor after they were shut out again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat import unwatched
from adapters.discord.api import at
from adapters.discord.commands import COMMANDS, SubCommand
from adapters.discord.typed import line_of
from adapters.slack import actions
from summarizer import languages
from tests.adapters.discord import whole as discord_bots
from tests.adapters.slack.pressing import bot as slack_bot
from tests.adapters.slack.whole import actions_of, is_progress, until_result, words_of
from tests.bot.running import Host
from tests.bot.talk import ANN as ANN_THERE
from tests.bot.talk import NOW
from tests.e2e.hidden import ITEMS, PRIVATE, TITLE, UNKNOWN, alike, granted, kept, traces, with_hidden
from tests.servers.discord import GENERAL as DISCORD_GENERAL
from tests.servers.discord import GUILD, discord_server, walked
from tests.servers.slack import ANN, GENERAL, TEAM, slack_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.store import Store
    from tests.servers.discord import DiscordServer, Interaction
    from tests.servers.slack import SlackServer

PLENTY: dict[str, Any] = {"DIGEST_RATE_PER_USER": "100000/s", "DIGEST_MANAGERS": "admins"}
LINK = f"https://github.com/{PRIVATE}/pull/{ITEMS[0]}"

FILLED = {
    "duration": "3d",
    "when": "2026-03-23",
    "question": f"any {TITLE} PRs this week?",
    "item": str(ITEMS[0]),
    "schedule": "daily 09:00",
    "id": "s1",
    "channel": str(DISCORD_GENERAL),
    "key": "amd",
    "action": "add",
    "post": "https://discord.com/channels/1/2/3",
    "login": "marzipan",
}
"""What each option is filled with that has to be."""

FOR_GOOD = frozenset({"forget", "unsubscribe"})
"""Commands that take away what is to be looked for later."""

NAME = ("zanzibar", "quokka")
"""What somebody wrote themselves: the repository of their own subscription, of their preferences."""


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)


def filled(command: SubCommand, repo: str = "") -> dict[str, str]:
    """Its options. Fails for one that is not known here: a new command has to be walked too."""
    needed = [option.name for option in command.options if option.required]
    lacking = [name for name in needed if name not in FILLED]
    assert not lacking, f"{command.path}: say here what {lacking} may be"
    return {**{name: FILLED[name] for name in needed}, **({"repo": repo} if repo else {})}


def is_about(command: SubCommand) -> bool:
    return any(option.name == "repo" for option in command.options)


def plain(text: str) -> str:
    """Without the name that was typed, and without what grows by itself."""
    return re.sub(r"[\d.,]+ ?([kKMG]i?)?B\b", "SIZE", alike(text))


def given_away(told: object, ids: tuple[str, ...], typed: str = "") -> list[str]:
    return [word for word in traces(told, *ids) if word.lower() not in typed.lower()]


# --- Discord


async def said(server: DiscordServer, command: SubCommand, repo: str = "") -> Interaction:
    """A command, answered."""
    values: dict[str, Any] = filled(command, repo)
    values |= {"channel": DISCORD_GENERAL} if "channel" in values else {}
    asked = server.ann.slash(DISCORD_GENERAL, f"vllm-digest {command.path}", values)
    await discord_bots.result(asked)
    return asked


async def suggested(server: DiscordServer) -> list[dict[str, Any]]:
    """All that is suggested for any option of any command."""
    found: list[dict[str, Any]] = []
    for command in COMMANDS.values():
        for option in (each for each in command.options if each.source):
            for typed in ("", "q", "zanz"):
                typing = server.ann.autocomplete(
                    DISCORD_GENERAL, f"vllm-digest {command.path}", option.name, typed
                )
                await typing.acknowledged()
                found += typing.choices or ()
    return found


async def test_discord_tells_nothing_to_a_server_that_is_not_named(host: Host) -> None:
    async with discord_server() as server:
        with at(server.api_url):
            named = granted("shell", f"discord:{GUILD}")
            async with discord_bots.whole(host, server, world=with_hidden(), **named, **PLENTY) as it:
                ids = (await kept(it.services))[PRIVATE].ids
                shown = {
                    command.path: (await said(server, command, PRIVATE)).text
                    for command in COMMANDS.values()
                    if is_about(command)
                }
                offered = await suggested(server)
                old = [each for each in server.all_messages if each.only_for in (0, server.ann.id)]
            for path in ("today", "last", "date", "ask", "why", "status"):
                assert traces(shown[path], *ids), path
            assert set(NAME) <= set(traces(offered))

            others = granted("shell", "discord:77777")
            async with discord_bots.whole(host, server, world=with_hidden(), **others, **PLENTY):
                begun = len(server.calls)
                left = await suggested(server)
                assert PRIVATE not in [each["value"] for each in left]
                assert not given_away(left, ids, PRIVATE)  # which their own subscription names
                for command in COMMANDS.values():
                    if is_about(command) and command.name != "prefs":
                        private = await said(server, command, PRIVATE)
                        unknown = await said(server, command, UNKNOWN)
                        assert plain(private.text) == plain(unknown.text), command.path
                    await said(server, command)
                for message in old:
                    for button in walked(message.components):
                        if button["type"] == 2 and not button.get("url") and button.get("label"):
                            pressed = server.ann.press(message, button["label"])
                            await pressed.acknowledged()
                await discord_bots.quiet(server)
                linked = server.ann.says(DISCORD_GENERAL, f"See {LINK}")
                await discord_bots.result(server.ann.explain(linked))
                await discord_bots.quiet(server)
                sent = [call.body for call in server.calls[begun:]]
                files = [file.data for call in server.calls[begun:] for file in call.files]

    typed = f"{FILLED.values()} {PRIVATE}"
    assert not given_away([sent, files], ids, typed)
    assert "kernels" not in json.dumps(sent, default=repr)


# --- Slack


def lines(repo: str = "") -> Iterator[tuple[SubCommand, str]]:
    for command in COMMANDS.values():
        if not repo or is_about(command):
            yield command, line_of(command.path, filled(command, repo), topics=["amd"])


async def answered(server: SlackServer, line: str) -> str:
    return words_of(await until_result(server, await server.command("/vllm-digest", line)))


def forms(server: SlackServer) -> int:
    """How many were opened."""
    return len(server.called("views.open")) + len(server.called("views.push"))


async def until_more(server: SlackServer, opened: int) -> None:
    await server.until(lambda: forms(server) > opened)


async def seen_at_home(server: SlackServer) -> list[object]:
    """The home, and each form that its buttons open."""
    begun = len(server.called("views.publish"))
    await server.open_home(ANN)
    await server.until(lambda: len(server.called("views.publish")) > begun)
    home = server.home(ANN)
    assert home is not None
    found: list[object] = [home.payload]
    for action in (actions.SUBSCRIBE, actions.PREFS):
        for name in [each for each in actions_of(home) if each.startswith(action)][:1]:
            opened = forms(server)
            await server.press(home, name)
            await until_more(server, opened)
            found.append([view.payload for view in server.modals(ANN)])
    return found


async def test_slack_tells_nothing_to_a_workspace_that_is_not_named(host: Host) -> None:
    async with slack_server() as server:
        named = granted("shell", f"slack:{TEAM}")
        async with slack_bot(host, server, world=with_hidden(), **named, **PLENTY) as it:
            ids = (await kept(it.services))[PRIVATE].ids
            shown = {command.path: await answered(server, line) for command, line in lines(PRIVATE)}
            home = await seen_at_home(server)
            old = [each for each in server.ephemerals(ANN) if not is_progress(each)]
        for path in ("today", "last", "date", "ask", "why", "status"):
            assert traces(shown[path], *ids), path
        assert set(NAME) <= set(traces(home))

        others = granted("shell", "slack:T0NAMED")
        async with slack_bot(host, server, world=with_hidden(), **others, **PLENTY):
            begun = len(server.calls)
            unknown = dict(lines(UNKNOWN))
            for command, line in lines(PRIVATE):
                if command.name != "prefs":
                    private = await answered(server, line)
                    assert plain(private) == plain(await answered(server, unknown[command])), line
            left = await seen_at_home(server)
            for _, line in lines():
                await answered(server, line)
            for message in old:
                for action in actions_of(message):
                    await (await server.press(message, action, user=ANN)).acked()
            linked = server.say(GENERAL, f"See {LINK}")
            await (await server.shortcut(actions.EXPLAIN, linked)).acked()
            await answered(server, "help")
            sent = [call.args for call in server.calls[begun:]]

    typed = f"{FILLED.values()} {PRIVATE}"
    assert not given_away([sent, left], ids, typed)
    assert "kernels" not in json.dumps(sent, default=repr)


async def test_what_somebody_was_shown_is_listed_for_them_no_more(host: Host, tmp_path: Path) -> None:
    """Also where only a file told of the repository, so that nobody knows whether it is private."""
    file = tmp_path / "items.jsonl"
    fields = {"kind": "issue", "number": ITEMS[0], "title": TITLE, "createdAt": "2026-03-10T09:00:00Z"}
    file.write_text(json.dumps({"repo": PRIVATE, **fields}), "utf-8")
    async with host.bot(None, NOW, **granted(f"slack:{ANN_THERE.team}")) as bot:
        await bot.mirrors.take_in(file, languages.load("en"), unwatched)
        told = await bot.desk(f"2026-03-10 repo:{PRIVATE}", ANN_THERE)
        before = await bot.desk.recent(ANN_THERE)
    async with host.bot(None, NOW, **granted("slack:T0NAMED")) as bot:
        after = await bot.desk.recent(ANN_THERE)

    assert TITLE in told.text
    assert [each.repo for each in before] == [PRIVATE]
    assert after == []
