"""The docs' tables hold what the code holds."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from adapters.discord.commands import COMMANDS
from adapters.discord.permissions import NEEDED, invite_url, names
from adapters.slack.manifest import EVENTS, FEATURES, METHODS, SCOPES
from bot.commands import Defaults
from bot.grammar import parse
from bot.grammar.commands import ScheduleCommand
from bot.grammar.options import SUBOPTION_KEYS
from bot.schedule.catching_up import check
from bot.schedule.timing import Timing, cut_of
from bot.settings import Settings
from bot.subscriptions.choices import Choices, complete
from bot.subscriptions.fileform import KEYS
from bot.subscriptions.reading import read
from summarizer import languages
from summarizer.digests import SECTIONS
from summarizer.topics import load_topics
from tests.adapters.opened import running

if TYPE_CHECKING:
    from asyncio import StreamReader

ROOT = Path(__file__).parent.parent
SLACK = ROOT / "docs" / "slack.md"
DISCORD = ROOT / "docs" / "discord.md"
ADAPTER = ROOT / "docs" / "write-an-adapter.md"
SUBSCRIPTIONS = ROOT / "docs" / "subscriptions.md"
OPERATING = ROOT / "docs" / "operating.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, without their heads."""
    _, _, below = page.read_text("utf-8").partition(f"\n{heading}\n")
    section = re.split(r"\n#+ ", below, maxsplit=1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if not row[0].startswith(" ---")]


def test_the_page_of_settings_names_every_setting() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = {
        alias
        for field in Settings.model_fields.values()
        for alias in getattr(field.validation_alias, "choices", [field.validation_alias])
    }

    assert {name for name in names if f"`{name}`" not in text} == set()


def test_slacks_page_tells_which_scope_is_needed_for_what() -> None:
    told = {
        row[0].strip("`"): set(re.findall(r"`([^`]+)`", row[1]))
        for row in _rows(SLACK, "## What the app may do")[1:]
    }

    assert told == {
        scope: {
            name for table in (METHODS, EVENTS, FEATURES) for name, scopes in table.items() if scope in scopes
        }
        for scope in SCOPES
    }


@pytest.mark.parametrize(("page", "name"), [(SLACK, "slack"), (DISCORD, "discord")], ids=["slack", "discord"])
def test_a_platforms_page_tells_what_to_do_about_every_error(page: Path, name: str) -> None:
    errors = languages.load("en").get(f"errors.{name}")
    told = [row[0] for row in _rows(page, "## When something is wrong")]

    for sentence in errors.values():
        first = re.sub(r"\{[\w:]+\}", "…", re.split(r"(?<=\.)\s", sentence)[0])
        assert first in told or first.rstrip(".") in told


def test_discords_page_names_every_permission_that_the_invite_asks_for() -> None:
    told = [row[0] for row in _rows(DISCORD, "## What the bot may do")[1:]]
    [value] = re.findall(r"permissions=(\d+)", DISCORD.read_text("utf-8"))

    assert told == list(names(NEEDED, languages.load("en")))
    assert f"permissions={value}&" in invite_url(1)


def test_discords_page_names_every_sub_command_with_its_options() -> None:
    of_digests = {row[0].strip("`") for row in _rows(DISCORD, "#### Options of digests")[1:]}
    of_subscriptions = {row[0].strip("`") for row in _rows(DISCORD, "#### Options of subscriptions")[1:]}
    of_subscriptions |= of_digests - {"in", "edition", "format"}
    told = {
        name.strip("`"): set(re.findall(r"`([^`]+)`", options))
        | (of_digests if "those of digests" in options else set())
        | (of_subscriptions if "those of subscriptions" in options else set())
        for name, options, _ in _rows(DISCORD, "### The command")[1:]
    }

    assert told == {name: {option.name for option in each.options} for name, each in COMMANDS.items()}


def test_the_page_of_subscriptions_shows_orders_that_can_be() -> None:
    rows = _rows(SUBSCRIPTIONS, "## Schedules")[1:]
    orders = [order for row in rows for order in re.findall(r"`([^`]+)`", row[0])]

    assert len(orders) > 10
    for order in orders:
        command = parse(f"subscribe {order}", surface="chat", conversation=False)
        assert isinstance(command, ScheduleCommand), order
        assert command.schedule is not None, order
        schedule = complete(command.schedule)
        check(Timing(schedule, "Asia/Shanghai", cut_of(schedule)), datetime(2025, 12, 10, tzinfo=UTC))


def test_the_page_of_subscriptions_names_every_option_and_section() -> None:
    text = SUBSCRIPTIONS.read_text("utf-8")
    sections = {id_ for edition in ("daily", "weekly", "monthly") for id_ in SECTIONS[edition]}

    assert {key for key in SUBOPTION_KEYS if f"`{key}" not in text} == set()
    assert {id_ for id_ in sections if f"`{id_}`" not in text} == set()


def test_the_file_of_subscriptions_in_the_docs_can_be_applied() -> None:
    page = SUBSCRIPTIONS.read_text("utf-8")
    [written] = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    choices = Choices(load_topics(None), ("amd",))
    defaults = Defaults("vllm-project/vllm", "UTC", None)

    scheduled, watching = read(written, choices, defaults, datetime(2025, 12, 10, tzinfo=UTC))

    assert str(scheduled.one.destination) == "slack:T0123/C0123"
    assert watching.one.is_watch
    keys = {key for table in KEYS.values() for key in table}
    assert {key for key in keys if f"`{key}`" not in page and f"\n{key} = " not in written} == set()


def test_the_page_about_operating_tells_of_every_process_that_is_started() -> None:
    text = OPERATING.read_text("utf-8")
    started = re.findall(r"^\w+: vllm-digest (\w+)", (ROOT / "Procfile").read_text("utf-8"), re.MULTILINE)

    assert started
    assert [name for name in started if f"`vllm-digest {name}`" not in text] == []


def test_the_page_about_adapters_names_every_module_of_the_port() -> None:
    told = {row[0].strip("`/").partition(".")[0] for row in _rows(ADAPTER, "## The port")[1:]}
    modules = {path.stem for path in (ROOT / "adapters" / "chat").iterdir()} - {"__init__", "__pycache__"}

    assert told == modules


def test_the_page_about_adapters_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:adapters|bot|tests)/[\w/.]+?\.py)`", ADAPTER.read_text("utf-8"))

    assert [path for path in named if "NAME" not in path and not (ROOT / path).is_file()] == []
    assert len(named) > 8


async def test_the_adapter_of_the_docs_answers_and_goes_on_from_what_was_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    [code] = re.findall(r"^```python\n(.*?)^```$", ADAPTER.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    written = ModuleType("chat")
    exec(compile(code, "chat.py", "exec"), written.__dict__)  # noqa: S102 - our own page
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGEST_STATE_DIR", str(tmp_path / "state"))

    async with running(written.main):
        async with asyncio.timeout(30):
            while not Path("chat.sock").exists():  # noqa: ASYNC110, ASYNC240 - nothing tells of a file
                await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_unix_connection("chat.sock")
        try:
            writer.write("any AMD PRs today?\n只看合并的\ntoday repo:acme/none\n".encode())
            first = await _until(reader, "retold, not quoted")
            second = await _until(reader, "并非原文引用")
            third = await _until(reader, "acme/none")
        finally:
            writer.close()
            await writer.wait_closed()

    assert "**Yes: 1 AMD/ROCm PR had activity today" in first
    assert "今天没有合并任何 AMD/ROCm 生态 PR" in second
    assert "\n! " in f"\n{third}"  # a busy machine hears "Looking…" first


async def _until(reader: StreamReader, end: str) -> str:
    """What comes up to the line that says so."""
    heard = ""
    async with asyncio.timeout(30):
        while end not in heard:
            line = await reader.readline()
            assert line, heard
            heard += line.decode()
    return heard


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for target in re.findall(r"(?:\]\(|src=\")([^)\"\s]+)[)\"]", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = page.parent / path if path else page
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in _anchors(found), target


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
