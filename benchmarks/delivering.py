"""Delivering: ten thousand channels whose sixty digests are due at once, and how many posts a second one, two and four
workers put up; each part a process of its own, over servers on loopback.

`python -m benchmarks.delivering` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.chat import Context, unwatched
from benchmarks.delivering_channels import CHANNELS, DIGESTS, subscribe, subscriptions
from benchmarks.delivering_process import IN_FLIGHT, TIMINGS, Process, cpu_s, rss_mb, started, told_at
from benchmarks.delivering_slack import LATENCY_S, Posted, posted_to
from benchmarks.generate import REPO, generate_day
from benchmarks.measure import Row, at_least, at_most, calibration, printed
from bot.delivery.batches import delivery_id
from bot.digests import DigestRequest, Pinned
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.wiring import Services, open_services
from summarizer.windows import Window
from tests.servers.github import github_server
from tests.servers.redis.valkey import running
from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from benchmarks.delivering_process import Part

SEED: Final = 5
DAY: Final = date(2026, 3, 23)
BEGIN: Final = datetime(2026, 3, 24, 0, 5, tzinfo=UTC)
"""Where the clocks of all processes begin; the day before is what the digests are about."""

TOKEN: Final = "ghp_testsonly"
SUBSCRIBING_S: Final = 18.0
"""Time for all orders, on a slow machine."""

IDLE_S: Final = 22.0
ROUND_S: Final = 3.0
AT_REST: Final = 0.05
"""Of a core, for so long: more than what processes take that have nothing to do."""

POSTING_S: Final = 10.0
WARM_S: Final = 4.0
"""Until a worker that was started has opened the digests."""

WAITING: Final = 3_000
FEW: Final = 2
"""Channels, and their digests, when posts are counted."""

NAIVE: Final = 30
"""Channels for which a digest is built of their own; the rest is reckoned from them."""

POLL_S: Final = 0.05
SAMPLE_S: Final = 0.25
PATIENCE_S: Final = 120.0


@dataclass
class Scene:
    """What runs. behind_s: how far all clocks are behind the machine's. services: of this process, which asks and tells
    what the others do. store: the server's process. largest_mb: see `memory_watched`."""

    folder: Path
    environment: dict[str, str]
    behind_s: float
    slack: Posted
    services: Services
    store: int
    processes: list[Process] = field(default_factory=list)
    largest_mb: dict[int, float] = field(default_factory=dict)

    def now(self) -> datetime:
        """The told time."""
        return told_at(self.behind_s)

    async def until(self, instant: datetime) -> None:
        """Wait for a told time."""
        await asyncio.sleep((instant - self.now()).total_seconds())

    @asynccontextmanager
    async def process(self, part: Part, name: str) -> AsyncIterator[Process]:
        """One more, until the block ends."""
        async with started(part, name, self.folder, self.environment, behind_s=self.behind_s) as process:
            self.processes.append(process)
            try:
                yield process
            finally:
                self.processes.remove(process)

    def memory(self) -> dict[int, float]:
        """What each process and the store have in memory now, in MB."""
        return {pid: rss_mb(pid) for pid in (self.store, *(each.pid for each in self.processes))}

    def cpu(self) -> float:
        """What they have taken so far, in seconds."""
        return sum(map(cpu_s, (self.store, *(each.pid for each in self.processes))))

    async def is_quiet(self) -> bool:
        """Whether they do no more for a while than they do all the time."""
        before = self.cpu()
        await asyncio.sleep(ROUND_S)
        return self.cpu() - before < AT_REST * ROUND_S

    @asynccontextmanager
    async def memory_watched(self) -> AsyncIterator[None]:
        """Notes what is in memory when it is most."""

        async def sample() -> None:
            while True:
                now = self.memory()
                if sum(now.values()) > sum(self.largest_mb.values()):
                    self.largest_mb = now
                await asyncio.sleep(SAMPLE_S)

        sampling = asyncio.create_task(sample())
        try:
            yield
        finally:
            sampling.cancel()

    def memory_rows(self, alone: dict[int, float]) -> list[Row]:
        """How much more that was than before."""
        grown = {pid: most - alone[pid] for pid, most in self.largest_mb.items()}
        parts = {each.pid: each.part for each in self.processes}
        each = ", ".join(f"{parts.get(pid, 'store')} {mb:.0f}" for pid, mb in grown.items())
        return [
            at_most("  growth of all processes' memory together", sum(grown.values()), 300, " MB"),
            Row("    MB of each", each),
        ]

    def logged(self, event: str) -> int:
        """How often it stands in the logs of those that run."""
        return sum(
            json.loads(line)["event"] == event
            for process in self.processes
            for line in process.log.read_text("utf-8").splitlines()
        )


async def measure_delivering() -> list[Row]:
    """The rows of delivering."""
    return [*await _ten_thousand(), *await _posts_per_second()]


async def _ten_thousand() -> list[Row]:
    """Many channels, a few digests."""
    async with _scene() as scene, AsyncExitStack() as stack:
        apart_s = await _built_apart(scene)
        scheduler = await stack.enter_async_context(scene.process("scheduler", "scheduler"))
        bot = await stack.enter_async_context(scene.process("bot", "bot"))
        for name in ("worker-1", "worker-2"):
            await stack.enter_async_context(scene.process("worker", name))
        await _until(scene.is_quiet)
        alone = scene.memory()
        async with scene.memory_watched():
            rows = await _due_at_once(scene, scheduler, bot, apart_s)
            await asyncio.sleep(POSTING_S)
        return [*rows, *scene.memory_rows(alone)]


async def _posts_per_second() -> list[Row]:
    """Two digests that are built already, and more channels than the workers get through."""
    async with _scene() as scene, AsyncExitStack() as stack:
        registry, ledger = scene.services.delivering.registry, scene.services.delivering.ledger
        await stack.enter_async_context(scene.process("scheduler", "scheduler"))
        at = scene.now()
        due = at.replace(microsecond=0) + TIMINGS.ahead
        await subscribe(registry, list(subscriptions(due, at, channels=WAITING, digests=FEW)))
        rates: dict[int, _Rate] = {}
        for number in range(1, 5):
            await stack.enter_async_context(scene.process("worker", f"worker-{number}"))
            if number == 1:
                await scene.until(due)
                await _until(lambda: _are_built(scene))
            if number != 3:
                await asyncio.sleep(WARM_S)
                rates[number] = await _rate(scene)
        assert await ledger.agenda.all(), "all was posted before it was measured"
        return await _posted(scene, rates)


@asynccontextmanager
async def _scene() -> AsyncIterator[Scene]:
    """A store, a Slack, and a GitHub of which the store has all that is asked for."""
    behind_s = time.time() - BEGIN.timestamp()
    world = generate_day(SEED, DAY)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        node = stack.enter_context(running(folder / "store", appendfsync="always"))
        github = await stack.enter_async_context(
            github_server(world, token=TOKEN, latency_s=LATENCY_S, clock=lambda: told_at(behind_s))
        )
        slack = await stack.enter_async_context(posted_to())
        environment = {
            "REDIS_URL": node.url,
            "DIGEST_TZ": "UTC",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_GRAPHQL_URL": github.url,
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "PUBLIC_URL": "https://digest.example",
        }
        settings = load_settings(
            **environment, DIGEST_STATE_DIR=folder / "own", DIGEST_AT=f"{told_at(behind_s).isoformat()}+"
        )
        services = await stack.enter_async_context(
            open_services(settings, demo=False, one_shot=False, timings=TIMINGS, is_paced=False)
        )
        reply = await services.commands("sync since:8d", Context("shell"))
        assert reply.problem is None, reply.text
        store = int(node.ask("INFO", "server")["process_id"])
        yield Scene(folder, environment, behind_s, slack, services, store)


async def _built_apart(scene: Scene) -> float:
    """What a build takes of a core that no other channel shares, in the mean of different digests."""
    orders = list(subscriptions(BEGIN, BEGIN))[:DIGESTS]
    taken = []
    for number, order in enumerate(orders[:: DIGESTS // NAIVE]):
        # each ends at an instant of its own, so that none is answered by what another one made
        until = BEGIN - timedelta(seconds=number)
        window = Window(until - timedelta(days=1 if order.edition == "daily" else 7), until, order.tz)
        request = DigestRequest(
            REPO, Pinned(window), order.tz, order.lang, order.edition, order.filters, order.reader
        )
        before = time.process_time()
        await scene.services.digests.digest(request, unwatched)
        taken.append(time.process_time() - before)
    return sum(taken[1:]) / (len(taken) - 1)  # the first has read all threads for the rest


async def _until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await happened():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(POLL_S)


async def _due_at_once(scene: Scene, scheduler: Process, bot: Process, apart_s: float) -> list[Row]:
    """All channels subscribe, nothing happens for a while, and then all is due. apart_s: see `_built_apart`."""
    ledger = scene.services.delivering.ledger
    at = scene.now()
    due = at.replace(microsecond=0) + timedelta(seconds=SUBSCRIBING_S + IDLE_S) + TIMINGS.ahead
    orders = await subscribe(scene.services.delivering.registry, list(subscriptions(due, at)))
    subscribed_s = (scene.now() - at).total_seconds()
    await bot.told()
    idle = await _idle(scene, scheduler, due - TIMINGS.ahead - timedelta(seconds=1))
    await _until(lambda: _are_planned(scene))
    planned_s = (scene.now() - (due - TIMINGS.ahead)).total_seconds()
    keys = await ledger.batches.all()
    found = [await ledger.batch(key) for key in keys]
    lasts = [each.ids[-1] for each in found if each is not None]
    await scene.until(due)
    before = scene.cpu()
    await _until(lambda: _are_claimed(scene, lasts))
    claimed_s = (scene.now() - due).total_seconds()
    assert await _are_claimed(scene, [delivery_id(one.id, due) for one in orders])
    await _until(lambda: _are_built(scene))
    built_s = (scene.now() - due).total_seconds()
    taken_s = scene.cpu() - before
    return [
        at_most(
            f"{CHANNELS} channels subscribe {DIGESTS} digests, all due at once: builds",
            scene.logged("built"),
            DIGESTS,
        ),
        at_most("  all of the channels' rows claimed after", claimed_s, 5, " s", 1),
        Row("  all built after", f"{built_s:.1f} s, {taken_s:.1f} s CPU"),
        Row(
            f"  a build for each channel ({NAIVE} built so, the rest reckoned): in times of that CPU",
            f"{CHANNELS * apart_s / taken_s:.0f}",
        ),
        Row("  ordered, written into the ledger within", f"{subscribed_s:.1f} s, {planned_s:.1f} s"),
        at_most(f"  the scheduler with {CHANNELS} and none due, of a core", 100 * idle, 5, " %", 2),
    ]


async def _idle(scene: Scene, scheduler: Process, until: datetime) -> float:
    """Which share of a core the scheduler takes while none is due."""
    await _until(scene.is_quiet)
    began, before = time.monotonic(), cpu_s(scheduler.pid)
    await scene.until(until)
    taken = (cpu_s(scheduler.pid) - before) / (time.monotonic() - began)
    assert scene.logged("planned") == 0
    return taken


async def _are_planned(scene: Scene) -> bool:
    return len(await scene.services.delivering.registry.planned()) == CHANNELS


async def _are_claimed(scene: Scene, ids: Sequence[str]) -> bool:
    rows = await scene.services.delivering.ledger.load(ids)
    return all(row is not None and row.state != "due" for row in rows)


async def _are_built(scene: Scene) -> bool:
    return not await scene.services.delivering.ledger.batches.all()


@dataclass(frozen=True, slots=True)
class _Rate:
    """A second's: deliveries begun, and messages."""

    deliveries: float
    messages: float


async def _rate(scene: Scene) -> _Rate:
    """How fast the workers post."""
    began, before = time.monotonic(), await scene.slack.taken()
    await asyncio.sleep(POSTING_S)
    after, seconds = await scene.slack.taken(), time.monotonic() - began
    return _Rate((after.digests - before.digests) / seconds, (after.messages - before.messages) / seconds)


async def _posted(scene: Scene, rates: dict[int, _Rate]) -> list[Row]:
    """rates: by the number of workers."""
    taken = await scene.slack.taken()
    most = IN_FLIGHT / LATENCY_S
    told = f"{IN_FLIGHT} posts in flight each, {1000 * LATENCY_S:.0f} ms"
    return [
        Row(
            f"deliveries a second with one, two and four workers, {told}",
            ", ".join(f"{rate.deliveries:.1f}" for rate in rates.values()),
        ),
        at_least("  two workers in times of one", rates[2].deliveries / rates[1].deliveries, 1.7, digits=2),
        Row("  four in times of two", f"{rates[4].deliveries / rates[2].deliveries:.2f}"),
        Row(
            "  messages a second, and of the most that can be in flight",
            ", ".join(
                f"{rate.messages:.0f} ({rate.messages / most / workers:.0%})"
                for workers, rate in rates.items()
            ),
        ),
        at_most("  channels that got a digest twice", taken.twice, 0),
    ]


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    return printed([calibration(), *asyncio.run(measure_delivering())])


if __name__ == "__main__":
    sys.exit(main())
