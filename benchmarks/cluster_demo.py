"""Two workers, two schedulers and a cluster of three on loopback, one of each killed, and no post lost or doubled.

`python -m benchmarks.cluster_demo` starts them as processes of their own beside a GitHub and a Slack of the tests, has
nine channels subscribe three digests that are due soon, kills a worker while it builds and the scheduler that leads,
and tells what happens; it ends by itself. Exit codes: 0 each channel has its post, once; 1 not so.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from adapters.chat.delivering import Destination
from adapters.store import open_store
from adapters.store.connection import connect
from benchmarks.generate import REPO, generate_day
from bot.grammar.commands import Schedule
from bot.grammar.expressions import Time
from bot.logs import set_up_logs
from bot.subscriptions.model import Subscription
from bot.subscriptions.registry import Registry
from summarizer.errors import StoreError
from summarizer.filters import Filter
from tests.servers.github import github_server
from tests.servers.redis.valkey import cluster_url, running_cluster
from tests.servers.slack import ANN, APP_TOKEN, BOT_TOKEN, TEAM, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.store.connection import Connection
    from tests.servers.github import World
    from tests.servers.slack import SlackServer

SEED: Final = 7
TOKEN: Final = "ghp_testsonly"
LATENCY_S: Final = 0.2
"""Of each answer of GitHub's: a build takes long enough to be killed in its midst."""

CHANNELS: Final = 9
DUE_IN_S: Final = 35
"""From the order on. A batch that a dead worker had is offered again within 20 s."""

PATIENCE_S: Final = 120.0
"""From the start on, on the slowest machine."""

AFTERWARDS_S: Final = 3.0
"""For what might be posted once more."""

POLL_S: Final = 0.05
BUILDS: Final = "vllm-digest:queue:{builds}"


@dataclass
class Process:
    """One of the four. builds: how many digests it has in hand. lines: its log."""

    name: str
    running: asyncio.subprocess.Process
    is_up: bool = False
    is_killed: bool = False
    builds: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        return self.running.returncode is None and not self.is_killed

    @property
    def leads(self) -> bool:
        events = [line["event"] for line in self.lines]
        return self.is_alive and events.count("leads") > events.count("leads no more")


class Demo:
    """The four processes, and what is told of them on stdout."""

    def __init__(self, slack: SlackServer, variables: dict[str, str], folder: Path) -> None:
        self.slack = slack
        self._variables = variables
        self._folder = folder
        self._began = time.monotonic()
        self.processes: list[Process] = []

    def tell(self, text: str) -> None:
        sys.stdout.write(f"{now():%H:%M:%S}  {text}\n")
        sys.stdout.flush()

    @asynccontextmanager
    async def process(self, command: str, name: str) -> AsyncIterator[Process]:
        """`vllm-digest COMMAND`, told to stop when the block is left."""
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", command),
            cwd=self._folder,
            env={
                **{each: os.environ[each] for each in ("PATH", "HOME") if each in os.environ},
                **self._variables,
                "PYTHONPATH": str(Path(__file__).parents[1]),
                "DIGEST_STATE_DIR": str(self._folder / name),
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        process = Process(name, running)
        self.processes.append(process)
        reading = asyncio.create_task(self._read(process))
        self.tell(f"{name} starts, process {running.pid}")
        try:
            yield process
        finally:
            if process.is_alive:
                running.terminate()
            try:
                async with asyncio.timeout(30):
                    await running.wait()
                    await reading
            finally:
                if process.is_alive:
                    running.kill()

    async def _read(self, process: Process) -> None:
        assert process.running.stderr is not None
        async for line in process.running.stderr:
            try:
                told = json.loads(line)
            except ValueError:
                process.is_up = True  # what it says to who starts it by hand
                continue
            process.lines.append(told)
            if sentence := _sentence(told):
                self.tell(f"{process.name} {sentence}")

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for what the processes bring about. Raises TimeoutError."""
        while not happened():
            if time.monotonic() - self._began > PATIENCE_S:
                raise TimeoutError
            await asyncio.sleep(POLL_S)

    @property
    def leading(self) -> list[Process]:
        return [each for each in self.processes if each.leads]

    @property
    def building(self) -> list[Process]:
        return [each for each in self.processes if each.is_alive and each.builds]

    @property
    def delivered(self) -> Counter[str]:
        """How many digests each process has posted, with all that belongs to them."""
        return Counter(
            each.name for each in self.processes for line in each.lines if line["event"] == "delivered"
        )

    def posts(self) -> Counter[str]:
        """How many digests stand in each channel, those below a message not counted."""
        return Counter(
            message.channel
            for message in self.slack.all_messages
            if message.bot_id and not message.thread_ts and not message.only_for
        )


def now() -> datetime:
    return datetime.now(UTC)


def main() -> int:
    """Show it and return the exit code."""
    set_up_logs("error")
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder) / "nodes") as nodes:
        return asyncio.run(_shown(cluster_url(nodes), Path(folder)))


async def _shown(url: str, folder: Path) -> int:
    async with AsyncExitStack() as stack:
        github = await stack.enter_async_context(
            github_server(_world(), token=TOKEN, latency_s=LATENCY_S, clock=now)
        )
        slack = await stack.enter_async_context(slack_server())
        variables = {
            "REDIS_URL": url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_GRAPHQL_URL": github.url,
            "DIGEST_REPOS": REPO,
            "DIGEST_TZ": "UTC",
            "DIGEST_LOG": "info",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.url,
        }
        demo = Demo(slack, variables, folder)
        demo.tell("a cluster of three, a GitHub and a Slack are up")
        store = await stack.enter_async_context(open_store(url, folder))
        connection = await stack.enter_async_context(connect(url))
        for name in ("scheduler-1", "scheduler-2", "worker-1", "worker-2"):
            await stack.enter_async_context(demo.process(name.partition("-")[0], name))
        watching = asyncio.create_task(_watch_builds(demo, connection))
        stack.callback(watching.cancel)
        try:
            await demo.until(lambda: all(each.is_up for each in demo.processes))
            await _subscribe(demo, Registry(store, now))
            await _kill(demo)
        except TimeoutError:
            demo.tell("that took too long")
        return _judged(demo)


def _world() -> World:
    """Yesterday, as it is read in a second or two."""
    return generate_day(
        SEED,
        now().date() - timedelta(days=1),
        new_or_closed_issues=20,
        prs=40,
        comments=150,
        woken=5,
        background=40,
    )


async def _subscribe(demo: Demo, registry: Registry) -> None:
    """Each channel one of three digests, all due at the same second."""
    at = now()
    due = at.replace(microsecond=0) + timedelta(seconds=DUE_IN_S)
    for number in range(CHANNELS):
        channel = f"C0TEAM{number:02}"
        demo.slack.add_channel(channel, f"team-{number:02}")
        await registry.add(_subscription(number, channel, at, due), f"slack-user:{ANN}")
    demo.tell(f"{CHANNELS} channels have subscribed 3 digests, due daily at {due:%H:%M:%S} UTC")


def _subscription(number: int, channel: str, at: datetime, due: datetime) -> Subscription:
    return Subscription(
        id="",
        destination=Destination("slack", TEAM, channel, name=f"#team-{number:02}"),
        repo=REPO,
        lang="zh" if number % 3 == 1 else "en",
        tz="UTC",
        edition="daily",
        owner=f"slack-user:{ANN}",
        created_at=at,
        starts=at,
        schedule=Schedule("daily", at=Time(due.hour, due.minute, due.second)),
        cut="day",
        sections=("summary",),
        filters=(Filter("topic", ("amd",)),) if number % 3 == 2 else (),
    )


async def _kill(demo: Demo) -> None:
    """Kill whoever builds and whoever leads, and wait until all is posted nevertheless. Raises TimeoutError."""
    await demo.until(lambda: bool(demo.building and demo.leading))
    for victim, what in ((demo.building[0], "builds"), (demo.leading[0], "leads")):
        victim.running.kill()
        victim.is_killed = True
        demo.tell(f"{victim.name} {what}, and is killed")
    await demo.until(lambda: sum(demo.delivered.values()) == CHANNELS)
    await asyncio.sleep(AFTERWARDS_S)


async def _watch_builds(demo: Demo, connection: Connection) -> None:
    """Tell who has taken digests to build and is not done, as the queue knows it."""
    before: dict[int, int] = {}
    while True:
        with suppress(StoreError):  # no worker has come yet
            found = await connection.call("XINFO", "CONSUMERS", BUILDS, "workers")
            consumers = [dict(zip(each[::2], each[1::2], strict=True)) for each in found]
            taken = {int(each[b"name"].partition(b"-")[0]): each[b"pending"] for each in consumers}
            for process in demo.processes:
                process.builds = taken.get(process.running.pid, 0) if process.is_alive else 0
                if process.builds > before.get(process.running.pid, 0):
                    demo.tell(f"{process.name} builds {process.builds} of the digests")
            before = taken
        await asyncio.sleep(POLL_S)


def _judged(demo: Demo) -> int:
    posts = demo.posts()
    doubled = sum(count > 1 for count in posts.values())
    said = ", ".join(f"{name} {count}" for name, count in sorted(demo.delivered.items()))
    demo.tell(f"{len(posts)} of {CHANNELS} channels have their digest, {doubled} more than once ({said})")
    return int(len(posts) != CHANNELS or doubled > 0)


def _sentence(told: dict[str, Any]) -> str:
    """A line of a process's log for people; "" for one that tells nothing here."""
    event = told["event"]
    if event == "leads":
        return "leads"
    if event == "planned":
        return f"plans {told['deliveries']} deliveries"
    if event == "delivered":
        return f"posted {told['delivery']} in {told['to']}, {told['late_s']} s after it was due"
    if told.get("level") in ("warning", "error"):
        return f"says: {event} ({told.get('error', '')})"
    return ""


if __name__ == "__main__":
    sys.exit(main())
