"""`vllm-digest mcp` as a process, asked by the protocol's own client over its pipes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from adapters.chat import unwatched
from bot.tools import Tools
from summarizer import jsonform
from summarizer.errors import DigestError
from summarizer.questions import answerform
from tests.bot.shell import DEADLINE_S
from tests.bot.talk import NOW, REPO, talking
from tests.bot.test_private_repositories import PRIVATE, UNKNOWN, secret
from tests.servers.github import github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from mcp_types import CallToolResult

    from tests.bot.running import Host

VALIDATORS = {"digest": Draft202012Validator(jsonform.schema())} | dict.fromkeys(
    ("ask", "find_items", "item"), Draft202012Validator(answerform.schema())
)


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DIGEST_STATE_DIR": str(folder / "state"),
        "LANG": "en_US.UTF-8",
        **more,
    }


@asynccontextmanager
async def mcp_client(folder: Path, *arguments: str, **more: str) -> AsyncIterator[Client]:
    """A client of a process of its own; what that says on stderr goes into the folder."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot", "mcp", *arguments],
        env=environment(folder, **more),
        cwd=folder,
    )
    with (folder / "stderr").open("w") as stderr:
        async with asyncio.timeout(DEADLINE_S), Client(stdio_client(parameters, stderr)) as client:
            yield client


def text(result: CallToolResult) -> str:
    [content] = result.content
    assert content.type == "text"
    return content.text


async def call(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """The result of a tool, which its published schema describes."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error is False, text(result)
    assert result.structured_content is not None
    VALIDATORS[tool].validate(result.structured_content)
    assert json.loads(text(result)) == result.structured_content
    told: dict[str, Any] = result.structured_content
    return told


async def refused(client: Client, tool: str, **arguments: object) -> str:
    """The sentence by which a call is refused."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error is True, result
    return text(result).removeprefix(f"Error executing tool {tool}: ")


def numbers(told: dict[str, Any]) -> list[int]:
    return [item["number"] for item in told["items"]]


async def test_its_tools_tell_what_the_commands_tell_as_their_schemas_say(tmp_path: Path) -> None:
    heard: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        assert (progress > 0, total) == (True, None)
        heard.append(message)

    async with mcp_client(tmp_path, "--demo") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == [
            "digest", "ask", "find_items", "item",
        ]  # fmt: skip
        await client.call_tool("ask", {"question": "any AMD PRs today?"}, progress_callback=hear)
        asked = await call(client, "ask", question="any AMD PRs today?")
        chinese = await call(
            client, "ask", question="今天合并了什么？", language="zh", time_zone="Europe/Berlin"
        )
        nothing = await call(client, "ask", question="flurb gleep")
        found = await call(
            client, "find_items", kind="pull_request", topics=["ROCm"], window="today", order="newest"
        )
        merged = await call(client, "find_items", events=["merged"], window="today", limit=2)
        counted = await call(client, "find_items", events=["merged"], window="today", form="count")
        item = await call(client, "item", number=26701)
        missing = await call(client, "item", number=7)
        digest = await call(client, "digest", window="today", filters="topic:amd", language="zh")

    assert asked["question"] == "any AMD PRs today?"
    assert (numbers(asked), asked["complete"]) == ([26701], True)
    assert asked["first"].startswith("Yes: 1 AMD/ROCm PR had activity today")
    assert (chinese["lang"], chinese["window"]["tz"]) == ("zh", "Europe/Berlin")
    assert set(numbers(chinese)) == {30062, 30331, 30384}
    assert (nothing["query"], nothing["unread"]) == (None, ["flurb", "gleep"])
    assert found["query"]["topics"] == ["amd"]
    assert (numbers(found), found["question"]) == ([26701], None)
    assert (len(merged["items"]), merged["more"], merged["total"]) == (2, 1, 3)
    assert counted["total"] == 3
    assert numbers(item) == [26701]
    assert missing["missing"] == {"7": "unknown"}
    assert (digest["lang"], digest["topics"]["amd"]["about"]) == ("zh", [26701])
    assert [each["number"] for each in digest["lists"]["prs_closed_unmerged"]] == [26701]
    assert None not in heard


async def test_what_cannot_be_is_refused_with_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    async with mcp_client(tmp_path, "--demo") as client:
        refusals = [
            await refused(client, "digest", window="soonish"),
            await refused(client, "digest", window="any AMD PRs?"),
            await refused(client, "digest", window="today", filters="topic:miracles"),
            await refused(client, "find_items", topics=["miracles"]),
            await refused(client, "find_items", window="2025-13-45"),
            await refused(client, "find_items", people=["king:amy"]),
            await refused(client, "find_items", words=["crash", "--"]),
            await refused(client, "ask", question="any PRs?", repo="no repository"),
            await refused(client, "ask", question="any PRs?", language="tlh"),
            await refused(client, "item", number=1, time_zone="Mars/Base"),
        ]
        chinese = await refused(client, "digest", window="soonish", language="zh")
        further = await call(client, "ask", question="any AMD PRs today?")

    assert refusals[0] == (
        "`soonish` is no window of time. Write one such as `today`, `week last`, `last 48h` or "
        "`2025-12-08..2025-12-10`."
    )
    assert refusals[1].startswith("`any AMD PRs?` is no window of time.")
    named = ("miracles", "miracles", "2025-13-45", "king:amy", "--", "no repository", "tlh", "Mars/Base")
    for refusal, name in zip(refusals[2:], named, strict=True):
        assert name in refusal
        assert "Traceback" not in refusal
    assert "soonish" in chinese
    assert "no window" not in chinese
    assert numbers(further) == [26701]


async def test_its_stdout_carries_the_protocol_alone_and_it_ends_when_the_client_goes(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "mcp",
        "--demo",
        cwd=tmp_path,
        env=environment(tmp_path, DIGEST_LOG="debug"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    client = {"name": "test", "version": "0"}
    opening = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    asks = {"name": "ask", "arguments": {"question": "any AMD PRs today?"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asks},
    ]
    async with asyncio.timeout(DEADLINE_S):
        process.stdin.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
        answers = [json.loads(await process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest, stderr = await process.stdout.read(), await process.stderr.read() if process.stderr else b""
        code = await process.wait()

    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["total"] == 1
    assert rest == b""
    assert code == 0, stderr.decode()
    assert b"answered" in stderr
    assert b"Traceback" not in stderr


# The same tools in this process, over a mirror of a repository


@pytest.fixture
async def tools(host: Host) -> AsyncIterator[Tools]:
    async with talking(host) as bot:
        yield Tools(bot.commands, bot.topics, lang="en")


async def find(tools: Tools, **query: object) -> dict[str, Any]:
    told = await tools.find_items(query, repo="", lang="", tz="UTC", progress=unwatched)
    VALIDATORS["find_items"].validate(told)
    return told


async def test_items_are_found_by_every_field(tools: Tools) -> None:
    found = {
        "kind": (await find(tools, kind="issue", window="week"), [105, 106]),
        "events": (await find(tools, events=["merged"], window="week last"), [92, 91]),
        "states": (await find(tools, kind="pull_request", states=["open"]), [103, 102, 93]),
        "topics": (await find(tools, topics=["cuda"], window="week"), [103]),
        "labels": (await find(tools, labels=["bug"], states=["open"]), [105]),
        "people": (await find(tools, people=["requested:zoe"]), [103, 102]),
        "words": (await find(tools, words=["blackwell"]), [103]),
        "order": (await find(tools, kind="issue", order="oldest"), [94, 106, 105]),
    }

    assert {name: numbers(told) for name, (told, _) in found.items()} == {
        name: expected for name, (_, expected) in found.items()
    }


async def test_a_question_of_a_program_is_remembered_by_no_conversation(tools: Tools) -> None:
    asked = await tools.ask("any AMD PRs this week?", repo=REPO, lang="", tz="", progress=unwatched)
    further = await tools.ask("only merged ones", repo=REPO, lang="", tz="", progress=unwatched)

    assert numbers(asked) == [102, 101]
    assert further["query"] is None or "topics" not in further["query"]


async def test_a_private_repository_is_refused_until_the_gate_names_the_shell(host: Host) -> None:
    async with github_server(secret(), clock=lambda: NOW) as github:
        async with host.bot(github, NOW, DIGEST_REPOS=PRIVATE, DIGEST_ACCESS=f"{PRIVATE}=shell") as bot:
            opened = [
                json.dumps(await work) for work in each_of(Tools(bot.commands, bot.topics, lang="en"), "")
            ]
        async with host.bot(github, NOW, DIGEST_REPOS=PRIVATE) as bot:
            tools = Tools(bot.commands, bot.topics, lang="en")
            closed = [await refusal(tools, work) for work in each_of(tools, "")]
            unknown = [await refusal(tools, work) for work in each_of(tools, UNKNOWN)]

    for sentence in closed:
        assert f"{PRIVATE}=shell" in sentence
        assert "Secret" not in sentence
    for sentence in unknown:
        assert UNKNOWN in sentence
    assert all("Secret" in told for told in opened)


def each_of(tools: Tools, repo: str) -> list[Awaitable[dict[str, Any]]]:
    """A call of each tool for a repository."""
    return [
        tools.digest("today", repo=repo, lang="", tz="", filters="", progress=unwatched),
        tools.ask("any issues today?", repo=repo, lang="", tz="", progress=unwatched),
        tools.find_items({"kind": "issue"}, repo=repo, lang="", tz="", progress=unwatched),
        tools.item(1, repo=repo, lang="", tz="", progress=unwatched),
    ]


async def refusal(tools: Tools, work: Awaitable[dict[str, Any]]) -> str:
    """What the other side is told of a call that is refused."""
    with pytest.raises(DigestError) as refused:
        await work
    return tools.sentence(refused.value, "")
