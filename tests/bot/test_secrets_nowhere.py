"""A secret is planted in every setting that takes one, and servers that echo all they are sent refuse it: it is shown
nowhere, in no form."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOT = base64.urlsafe_b64encode(b"1100000000000000001").decode().rstrip("=")

SECRETS = {
    "GITHUB_TOKEN": "plain+github/secret=0123456789",
    "OPENAI_API_KEY": "openai secret of/no+shape 0123",
    "ANTHROPIC_API_KEY": "anthropic-of-no-shape-0123",
    "SLACK_BOT_TOKEN": "xoxb-1-planted-bot",
    "SLACK_APP_TOKEN": "xapp-1-planted-app",
    "SLACK_CLIENT_SECRET": "planted client secret",
    "SLACK_SIGNING_SECRET": "5157ab0123456789abcdef0123456789",
    "DISCORD_TOKEN": f"{BOT}.GtEsTs.planted-planted_planted",
    "WEB_AUTH": "token:planted web sign-in",
    "METRICS_TOKEN": "planted metrics token",
    "DIGEST_SECRET_KEY": "planted-key-0123456789-0123456789",
    "SENTRY_DSN": "http://plantedsentrykey0123@127.0.0.1:1/1",
    "LANGSMITH_API_KEY": "planted-langsmith",
}


def forms(secret: str) -> set[str]:
    """The ways in which a secret may stand somewhere."""
    secret = secret.removeprefix("token:")
    plain = base64.b64encode(secret.encode()).decode().rstrip("=")
    in_header = base64.b64encode(f"user:{secret}".encode()).decode().rstrip("=")[8:-2]
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], plain, in_header, secret.encode().hex()}


def shown(text: str, *, but: str = "") -> list[str]:
    """The settings whose secrets stand in the text. but: one whose secret may."""
    return [
        name
        for name, secret in SECRETS.items()
        if name != but and any(each in text for each in forms(secret))
    ]


@asynccontextmanager
async def echoing() -> AsyncIterator[str]:
    """The URL of a server that refuses all it is sent, and says all of it back: the address, the headers, the body."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")),
                0,
            )
            body = (await reader.readexactly(length)).decode("utf-8", "replace")
            said = json.dumps({"error": {"message": head + body, "code": head}, "message": head, "ok": False})
            writer.write(
                f"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
                f"Content-Length: {len(said.encode())}\r\n\r\n{said}".encode()
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


ONE, MANY = ("SLACK_BOT_TOKEN",), ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "DIGEST_SECRET_KEY")
"""What a Slack of one workspace has, and one of many: not both."""


def environment(folder: Path, ugly: str, *, without: tuple[str, ...] = MANY) -> dict[str, str]:
    known = {
        **{name: os.environ[name] for name in ("PATH", "HOME")},
        **SECRETS,
        "DIGEST_STATE_DIR": str(folder / "state"),
        "DIGEST_TZ": "UTC",
        "DIGEST_LOG": "debug",
        "DIGEST_MODEL": "openai:planted",
        "DIGEST_AT": NOW.isoformat(),
        "GITHUB_GRAPHQL_URL": f"{ugly}/graphql",
        "OPENAI_BASE_URL": f"{ugly}/v1",
        "SLACK_CLIENT_ID": "12.34",
        "PUBLIC_URL": "https://digest.example.org",
        "SLACK_API_URL": f"{ugly}/api/",
        "DISCORD_API_URL": f"{ugly}/api/v10",
        "WEB_PORT": "0",
        "PYTHONWARNINGS": "default",
    }
    return {name: value for name, value in known.items() if name not in without}


async def said(*arguments: str, env: dict[str, str], cwd: Path) -> str:
    """All that a command wrote, whichever way."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=cwd,
        env=env | {"PYTHONPATH": os.getcwd()},  # noqa: PTH109
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    return out.decode()


async def test_what_commands_write_holds_no_secret(tmp_path: Path) -> None:
    world = World()
    world.repository("vllm-project/vllm").open_issue("A fault", by="ann", at=NOW - HOUR)
    async with echoing() as ugly:
        env = environment(tmp_path, ugly)
        doctor = await said("doctor", env=env, cwd=tmp_path)
        refused = await said("today", env=env, cwd=tmp_path)
        async with github_server(world, clock=lambda: NOW) as github:
            env |= {"GITHUB_GRAPHQL_URL": github.url, "GITHUB_TOKEN": github.token or ""}
            told = await said("today", "--format", "json", env=env, cwd=tmp_path)
            answered = await said("ask", "why", "is", "#1", "open?", env=env, cwd=tmp_path)

    for text in (doctor, refused, told, answered):
        assert shown(text) == []
        assert text
    assert "A fault" in told
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert shown(kept.decode("latin-1")) == []


@pytest.mark.parametrize("without", [ONE, MANY], ids=["many workspaces", "one workspace"])
async def test_what_a_running_bot_writes_serves_and_keeps_holds_no_secret(
    tmp_path: Path, without: tuple[str, ...]
) -> None:
    async with echoing() as ugly:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env=environment(tmp_path, ugly, without=without),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        lines: list[str] = []
        try:
            async with asyncio.timeout(60):
                while not any('"web listens"' in line for line in lines[-1:]):
                    lines.append((await process.stderr.readline()).decode())
                    assert lines[-1], "".join(lines)
                port = int(lines[-1].partition('"port": ')[2].partition(",")[0].rstrip("}\n"))
                wanted = {"discord", "upkeep failed"}
                while wanted:  # each of them has been refused
                    lines.append((await process.stderr.readline()).decode())
                    assert lines[-1], "".join(lines)
                    wanted = {each for each in wanted if each not in lines[-1]}
            pages = await pages_of(port)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            lines.append((await process.stderr.read()).decode())
            await process.wait()

    assert shown("".join(lines)) == []
    for address, page in pages.items():
        assert shown(page) == [], address
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert shown(kept.decode("latin-1")) == []


async def pages_of(port: int) -> dict[str, str]:
    """What the web process says, to who knows the tokens as well: by address."""
    told: dict[str, str] = {}
    token = SECRETS["WEB_AUTH"].removeprefix("token:")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web:
        for address in (
            "/",
            "/healthz",
            "/readyz",
            "/metrics",
            "/nobody/none",
            "/api/v1/openapi.json",
            "/sign-in",
        ):
            for headers in (
                {},
                {"Authorization": f"Bearer {SECRETS['METRICS_TOKEN']}"},
                {"Authorization": f"Bearer {token}", "Cookie": f"session={quote(token)}"},
            ):
                answer = await web.get(address, headers=headers)
                told[f"{address} {len(headers)} {headers.get('Authorization', '')}"] = (
                    f"{answer.headers} {answer.text}"
                )
        answer = await web.post("/sign-in", data={"token": f"{token}-wrong"})
        told["sign-in"] = f"{answer.headers}"
    return told


@pytest.mark.parametrize("how", ["raise", "thread", "task", "logging", "warning", "unraisable", "nested"])
async def test_a_secret_in_an_error_that_nobody_caught_is_taken_out(tmp_path: Path, how: str) -> None:
    program = f"""
import asyncio, logging, threading, warnings
from bot.logs import set_up_logs
from bot.settings import load_settings
import structlog
settings = load_settings()
set_up_logs("debug")
secret = settings.github_token.get_secret_value()
class Bad:
    def __del__(self):
        raise ValueError(f"at {{secret}}")
class Holder:
    def __repr__(self):
        return f"<holds {{secret}}>"
def fail():
    raise ValueError(f"refused {{secret}}", {{"header": secret}})
how = {how!r}
if how == "raise":
    fail()
elif how == "thread":
    thread = threading.Thread(target=fail); thread.start(); thread.join()
elif how == "task":
    async def main():
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    asyncio.run(main())
elif how == "logging":
    try:
        fail()
    except ValueError:
        logging.getLogger("uvicorn.error").exception("of %s", {{"a": [secret]}})
elif how == "warning":
    warnings.warn(f"old {{secret}}", UserWarning)
elif how == "unraisable":
    Bad()
else:
    structlog.get_logger().warning("n", a={{secret: [(secret, Holder())]}}, b=secret.encode(), c=ValueError(secret))
"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env=environment(tmp_path, "http://127.0.0.1:1") | {"PYTHONPATH": os.getcwd()},  # noqa: PTH109
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()

    assert b"[redacted]" in out
    assert shown(out.decode()) == []
    assert all(json.loads(line) for line in out.decode().splitlines())
