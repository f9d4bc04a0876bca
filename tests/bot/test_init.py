"""Setting up: only what is missing is asked for, each answer is tried, and what is accepted is saved at once."""

from __future__ import annotations

import os
import pty
import select
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from adapters.slack.manifest import SCOPES
from bot import envfile
from bot.init import init, missing
from summarizer import languages
from summarizer.errors import NotConfigured
from tests.servers.discord import TOKEN as DISCORD_TOKEN
from tests.servers.discord import DiscordServer, discord_server
from tests.servers.github import World, github_server
from tests.servers.model.behaviours import Behaviour
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, TEAM, SlackServer, Token, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.github import GitHub
    from tests.servers.model.server import ModelServer

REPO = "vllm-project/vllm"
TOKEN = "ghp_testsonly"
SECRET = "0123456789abcdef" * 2
URL = "https://digest.example.org"
NOWHERE = "http://127.0.0.1:1/graphql"
SKIP = ""


class Script:
    """A person who answers in turn, and then goes. hidden: which of the questions were asked unseen."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.told: list[str] = []
        self.asked: list[str] = []
        self.hidden: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    async def ask(self, question: str) -> str:
        self.asked.append(question)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)

    async def secret(self, question: str) -> str:
        self.hidden.append(question)
        return await self.ask(question)

    @property
    def text(self) -> str:
        return "\n".join(self.told)

    @property
    def is_done(self) -> bool:
        """Whether every answer was asked for."""
        return not self._answers


class Home:
    """Where init is run; Discord is set up already."""

    def __init__(self, folder: Path, github: GitHub, slack: SlackServer) -> None:
        self.github, self.slack = github, slack
        self.env_file = folder / ".env"
        self.environ = {
            "GITHUB_GRAPHQL_URL": github.url,
            "SLACK_API_URL": slack.url,
            "DISCORD_TOKEN": "MTIz.abc.def",
        }

    async def init(self, *answers: str, lang: str = "en", **environ: str) -> Script:
        script = Script(*answers)
        code = await init(script, env_file=self.env_file, environ=self.environ | environ, lang=lang)
        assert code == 0
        assert script.is_done
        return script

    @property
    def saved(self) -> dict[str, str]:
        return envfile.read(self.env_file)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of whoever runs the tests."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    world = World()
    world.repository(REPO)
    async with github_server(world) as github, slack_server() as slack:
        slack.tokens[BOT_TOKEN] = Token(BOT_TOKEN, TEAM, frozenset(SCOPES))
        yield Home(tmp_path, github, slack)


async def test_socket_mode_is_set_up_from_nothing(home: Home) -> None:
    script = await home.init(TOKEN, "1", BOT_TOKEN, APP_TOKEN, SKIP)

    assert home.saved == {"GITHUB_TOKEN": TOKEN, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
    assert stat.S_IMODE(home.env_file.stat().st_mode) == 0o600
    assert f"{REPO} can be read" in script.text
    assert "the bot is vllm-digest in Tests" in script.text
    assert "Socket Mode can be opened" in script.text
    assert "GITHUB_TOKEN, SLACK_BOT_TOKEN, SLACK_APP_TOKEN" in script.text


async def test_http_is_set_up_with_its_address_in_the_manifest(home: Home) -> None:
    script = await home.init(TOKEN, "2", URL, BOT_TOKEN, SECRET, SKIP)

    assert home.saved["PUBLIC_URL"] == URL
    assert home.saved["SLACK_SIGNING_SECRET"] == SECRET
    assert "SLACK_APP_TOKEN" not in home.saved
    assert _manifest(script)["settings"]["interactivity"]["request_url"] == f"{URL}/slack/events"


async def test_the_manifest_is_printed_with_a_link_that_holds_it(home: Home) -> None:
    script = await home.init(TOKEN, "1", SKIP, SKIP)

    assert _manifest(script)["settings"]["socket_mode_enabled"] is True
    assert "https://api.slack.com/apps?new_app=1&manifest_yaml=" in script.text


async def test_only_what_is_missing_is_asked_for(home: Home) -> None:
    script = await home.init(
        "1", APP_TOKEN, GITHUB_TOKEN=TOKEN, SLACK_BOT_TOKEN=BOT_TOKEN, DIGEST_MODEL="offline"
    )

    assert script.hidden == ["SLACK_APP_TOKEN:"]
    assert home.saved == {"SLACK_APP_TOKEN": APP_TOKEN}


async def test_nothing_is_asked_where_nothing_is_missing(home: Home) -> None:
    home.env_file.write_text(f"GITHUB_TOKEN={TOKEN}\nDIGEST_MODEL=offline\n", "utf-8")

    script = await home.init(SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SECRET, PUBLIC_URL=URL)

    assert script.asked == []
    assert "Nothing new was saved" in script.text


async def test_a_github_app_and_many_workspaces_need_no_token(home: Home) -> None:
    script = await home.init(
        GITHUB_APP_ID="1", SLACK_CLIENT_ID="1.2", SLACK_APP_TOKEN=APP_TOKEN, DIGEST_MODEL="offline"
    )

    assert script.asked == []


async def test_a_wrong_token_is_asked_again_until_it_is_right(home: Home) -> None:
    script = await home.init("ghp_wrong", TOKEN, "1", APP_TOKEN, BOT_TOKEN, BOT_TOKEN, APP_TOKEN, SKIP)

    assert home.saved["GITHUB_TOKEN"] == TOKEN
    assert "GitHub does not accept the token" in script.text
    assert script.text.count("That is a Slack token of another kind") == 1
    assert script.text.count("That token opens no Socket Mode") == 1
    assert home.saved["SLACK_BOT_TOKEN"] == BOT_TOKEN
    assert home.saved["SLACK_APP_TOKEN"] == APP_TOKEN


async def test_a_revoked_token_is_not_saved(home: Home) -> None:
    home.slack.tokens[BOT_TOKEN].error = "token_revoked"

    script = await home.init(SKIP, "1", BOT_TOKEN, SKIP, SKIP)

    assert "it is wrong or was revoked" in script.text
    assert home.saved == {}


async def test_enter_passes_on_every_question(home: Home) -> None:
    script = await home.init(SKIP, SKIP, SKIP)

    assert not home.env_file.exists()
    assert "GITHUB_TOKEN is left out" in script.text
    assert "Nothing new was saved" in script.text


async def test_what_was_accepted_stays_where_the_person_leaves(home: Home) -> None:
    script = await home.init(TOKEN, "1")

    assert home.saved == {"GITHUB_TOKEN": TOKEN}
    assert "Saved in" in script.text


@pytest.mark.parametrize("answer", ["y", "YES "])
async def test_a_token_that_could_not_be_tried_may_be_kept(home: Home, answer: str) -> None:
    script = await home.init(TOKEN, answer, SKIP, SKIP, GITHUB_GRAPHQL_URL=NOWHERE)

    assert home.saved == {"GITHUB_TOKEN": TOKEN}
    assert "GitHub cannot be reached" in script.text


async def test_a_token_that_could_not_be_tried_is_not_kept_unasked(home: Home) -> None:
    await home.init(TOKEN, SKIP, SKIP, SKIP, SKIP, GITHUB_GRAPHQL_URL=NOWHERE)

    assert home.saved == {}


@pytest.mark.parametrize("answer", ["two words", "tëst", "a\x1b[2J", "x${HOME}"])
async def test_what_cannot_be_a_token_is_sent_nowhere(home: Home, answer: str) -> None:
    script = await home.init(answer, SKIP, SKIP, SKIP)

    assert "That cannot be a token" in script.text
    assert home.github.requests == []


async def test_scopes_that_the_app_lacks_are_told_with_how_to_add_them(home: Home) -> None:
    home.slack.tokens[BOT_TOKEN].scopes = frozenset(SCOPES) - {"users:read"}

    script = await home.init(TOKEN, "1", BOT_TOKEN, APP_TOKEN, SKIP)

    assert "the app lacks users:read" in script.text
    assert "App Manifest" in script.text
    assert home.saved["SLACK_BOT_TOKEN"] == BOT_TOKEN


@pytest.mark.parametrize(
    "address", ["http://digest.example.org", "digest.example.org", "https://", f"{URL}/?a#b"]
)
async def test_an_address_that_slack_does_not_take_is_asked_again(home: Home, address: str) -> None:
    script = await home.init(SKIP, "2", address, f"{URL}/", SKIP, SKIP)

    assert "That is no address that Slack takes" in script.text
    assert home.saved == {"PUBLIC_URL": URL}


async def test_a_signing_secret_of_another_form_is_asked_about(home: Home) -> None:
    script = await home.init(SKIP, "2", URL, BOT_TOKEN, "nonsense", "n", SECRET, SKIP)

    assert "That is no signing secret" in script.text
    assert home.saved["SLACK_SIGNING_SECRET"] == SECRET


async def test_what_is_no_choice_is_asked_again(home: Home) -> None:
    script = await home.init(SKIP, "3", "both", "", SKIP)

    assert script.text.count("Type 1 or 2") == 2


async def test_a_model_of_ones_own_is_saved_with_its_address(home: Home, model_server: ModelServer) -> None:
    base_url = model_server.serve(Behaviour())

    script = await home.init(SKIP, SKIP, "openai:tests-model", base_url)

    assert home.saved == {"OPENAI_BASE_URL": base_url, "DIGEST_MODEL": "openai:tests-model"}
    assert "openai:tests-model can be asked" in script.text


async def test_a_model_without_a_provider_is_asked_again(home: Home) -> None:
    script = await home.init(SKIP, SKIP, "gpt-5-mini", "offline")

    assert "names no provider" in script.text
    assert "DIGEST_MODEL" not in home.saved


async def test_a_model_whose_key_is_left_out_is_not_saved(home: Home) -> None:
    script = await home.init(SKIP, SKIP, "anthropic:claude-sonnet-4-5", SKIP, SKIP)

    assert "ANTHROPIC_API_KEY:" in script.hidden
    assert home.saved == {}


@pytest.mark.parametrize("model", ["openai:gpt 5", "openai:${HOME}", "open ai"])
async def test_what_cannot_be_a_model_is_asked_again(home: Home, model: str) -> None:
    script = await home.init(SKIP, SKIP, model, SKIP)

    assert "A model is written as provider:model" in script.text
    assert home.saved == {}


async def test_a_slack_that_is_half_set_up_is_said(home: Home) -> None:
    script = await home.init(SKIP, "1", BOT_TOKEN, SKIP, SKIP)

    assert "Without SLACK_APP_TOKEN Slack is only half set up" in script.text


async def _with_discord(home: Home, discord: DiscordServer, *answers: str, lang: str = "en") -> Script:
    """Where only Discord is missing; Slack is passed on."""
    return await home.init(
        SKIP,
        *answers,
        lang=lang,
        GITHUB_TOKEN=TOKEN,
        DIGEST_MODEL="offline",
        DISCORD_TOKEN="",
        DISCORD_API_URL=f"{discord.api_url}/",
    )


async def test_discord_is_set_up_with_its_invite_links(home: Home) -> None:
    async with discord_server() as discord:
        script = await _with_discord(home, discord, DISCORD_TOKEN, "12,34")

    assert home.saved == {"DISCORD_TOKEN": DISCORD_TOKEN, "DISCORD_GUILD_IDS": "12,34"}
    assert script.hidden == ["DISCORD_TOKEN:"]
    assert DISCORD_TOKEN not in script.text
    assert "the bot is vllm-digest" in script.text
    assert script.text.count("https://discord.com/oauth2/authorize?client_id=") == 2
    assert "is a chat in this terminal" not in script.text


async def test_a_discord_token_is_asked_until_it_is_right_and_servers_are_no_must(home: Home) -> None:
    async with discord_server() as discord:
        script = await _with_discord(
            home, discord, "no-token", "an.other.token", DISCORD_TOKEN, "vLLM", "12 34", SKIP
        )

    assert home.saved == {"DISCORD_TOKEN": DISCORD_TOKEN}
    assert script.text.count("three parts with dots") == 1
    assert script.text.count("it is wrong or was reset") == 1
    assert script.text.count("Ids of servers are numbers") == 2


async def test_ids_of_discord_servers_may_have_spaces_between_them(home: Home) -> None:
    async with discord_server() as discord:
        await _with_discord(home, discord, DISCORD_TOKEN, "12, 34 ,56")

    assert home.saved["DISCORD_GUILD_IDS"] == "12,34,56"


async def test_what_is_wrong_with_the_discord_application_is_told(home: Home) -> None:
    async with discord_server() as discord:
        discord.application_flags = 1 << 19
        script = await _with_discord(home, discord, DISCORD_TOKEN, SKIP, lang="zh")

    assert "Discord 接受此令牌：机器人是 vllm-digest。" in script.text
    assert "不需要的特权 Intent：Message Content Intent" in script.text


async def test_without_any_platform_the_chat_in_the_terminal_is_told(home: Home) -> None:
    async with discord_server() as discord:
        script = await _with_discord(home, discord, SKIP)

    assert "Slack is left out." in script.text
    assert "Without Slack and Discord, `vllm-digest run` is a chat in this terminal." in script.text
    assert home.saved == {}


async def test_a_discord_that_cannot_be_reached_keeps_the_token_where_the_person_says_so(home: Home) -> None:
    async with discord_server() as discord:
        pass
    script = await _with_discord(home, discord, DISCORD_TOKEN, "y", SKIP)

    assert "Discord cannot be reached" in script.text
    assert home.saved == {"DISCORD_TOKEN": DISCORD_TOKEN}


async def test_comments_and_other_settings_of_the_file_stay(home: Home) -> None:
    home.env_file.write_text("# ours\nDIGEST_TZ=UTC # here\n", "utf-8")

    await home.init(TOKEN, SKIP, SKIP)

    assert home.env_file.read_text("utf-8") == f"# ours\nDIGEST_TZ=UTC # here\nGITHUB_TOKEN={TOKEN}\n"


async def test_no_secret_is_said_and_every_one_is_asked_unseen(home: Home) -> None:
    script = await home.init(TOKEN, "1", BOT_TOKEN, APP_TOKEN, SKIP)

    for secret in (TOKEN, BOT_TOKEN, APP_TOKEN):
        assert secret not in script.text
    assert script.hidden == ["GITHUB_TOKEN:", "SLACK_BOT_TOKEN:", "SLACK_APP_TOKEN:"]


async def test_it_speaks_chinese(home: Home) -> None:
    home.slack.tokens[BOT_TOKEN].scopes = frozenset()

    script = await home.init(TOKEN, "1", BOT_TOKEN, APP_TOKEN, SKIP, lang="zh")

    assert "Slack 接受此令牌：机器人是 Tests 里的 vllm-digest。" in script.text
    assert "应用缺少" in script.text


async def test_without_a_terminal_it_says_which_variables_to_set(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured) as caught:
        await init(None, env_file=tmp_path / ".env", environ={"SLACK_SIGNING_SECRET": SECRET}, lang="en")

    assert caught.value.exit_code == 3
    assert caught.value.values == {"names": ("GITHUB_TOKEN", "SLACK_BOT_TOKEN")}
    said = languages.load("en").text("errors.init.no_terminal", **caught.value.values)
    assert "GITHUB_TOKEN, SLACK_BOT_TOKEN" in said


async def test_without_a_terminal_nothing_is_wrong_where_nothing_is_missing(tmp_path: Path) -> None:
    environ = {"GITHUB_TOKEN": TOKEN, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}

    assert await init(None, env_file=tmp_path / ".env", environ=environ, lang="en") == 0
    assert missing(environ) == ()


def test_discord_alone_needs_nothing_of_slack() -> None:
    assert missing({"GITHUB_TOKEN": TOKEN, "DISCORD_TOKEN": "MTIz.abc.def"}) == ()
    assert missing({"DISCORD_TOKEN": "MTIz.abc.def"}) == ("GITHUB_TOKEN",)
    assert missing(
        {"GITHUB_TOKEN": TOKEN, "DISCORD_TOKEN": "MTIz.abc.def", "SLACK_BOT_TOKEN": BOT_TOKEN}
    ) == ("SLACK_APP_TOKEN",)


def test_a_secret_does_not_appear_on_the_terminal() -> None:
    ours, theirs = pty.openpty()
    program = (
        "import asyncio; from adapters.console_asking import TerminalAsking as T; a = T()\n"
        "async def main():\n"
        "    seen = await a.ask('NAME:'); unseen = await a.secret('TOKEN:')\n"
        "    a.tell(f'{seen} {len(unseen)} typed')\n"
        "asyncio.run(main())"
    )
    process = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        _until(ours, "NAME:")
        os.write(ours, b"ann\r")
        _until(ours, "TOKEN:")
        os.write(ours, TOKEN.encode() + b"\r")
        shown = _until(ours, "typed")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)

    assert f"ann {len(TOKEN)} typed" in shown
    assert TOKEN not in shown


def _until(terminal: int, text: str) -> str:
    """What the terminal shows, up to and with the text."""
    shown = ""
    deadline = time.monotonic() + 20
    while text not in shown:
        assert select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0], shown
        shown += os.read(terminal, 65_536).decode(errors="replace")
    return shown


def _manifest(script: Script) -> dict[str, Any]:
    """The manifest that was printed."""
    printed = next(text for text in script.told if "display_information:" in text and "https%3A" not in text)
    loaded: dict[str, Any] = yaml.safe_load(printed)
    return loaded
