"""The table of all metrics: what each is called and means. `docs/metrics.md` shows it to those who watch them.

Labels take few values: names of ours, of models and of repositories that the settings list. Nothing that a person wrote
is one, and no id of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "vllm_digest_"

Kind = Literal["counter", "gauge", "histogram"]

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SPOKEN: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
_ASKED: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 90.0)
_BUILT: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_LATE: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 21_600.0, 86_400.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """name: as it is exposed, with its unit. unit: "" for a plain number. buckets: of a histogram, in its unit.
    of_store: whether it is read from the store when it is asked for, once for all processes; all others are each
    process's own and bear the label `process` as well."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    buckets: tuple[float, ...] = ()
    of_store: bool = False


def _counter(name: str, help_: str, *labels: str, unit: str = "") -> Metric:
    return Metric(f"{PREFIX}{name}_total", "counter", help_, labels, unit)


def _seconds(name: str, help_: str, *labels: str, buckets: tuple[float, ...]) -> Metric:
    return Metric(f"{PREFIX}{name}_seconds", "histogram", help_, labels, "seconds", buckets)


def _gauge(name: str, help_: str, *labels: str, unit: str = "") -> Metric:
    return Metric(f"{PREFIX}{name}", "gauge", help_, labels, unit)


def _kept(name: str, help_: str, *labels: str, unit: str = "") -> Metric:
    return Metric(f"{PREFIX}{name}", "gauge", help_, labels, unit, of_store=True)


INFO: Final = _gauge("info", "1; what runs in the process.", "version", "python", "kind")
STARTED: Final = _gauge("start_time_seconds", "When the process began to serve, since 1970.", unit="seconds")
MEMORY: Final = _gauge("memory_bytes", "Memory that the process holds (resident).", unit="bytes")
LOOP_LAG: Final = _seconds(
    "loop_lag", "How much later than asked for the event loop woke a task up.", buckets=_QUICK
)
BUGS: Final = _counter("bugs", "Exceptions that nobody foresaw; each has a traceback in the log.")

ACKNOWLEDGED: Final = _seconds(
    "acknowledge",
    "From the arrival of a command, a button or a form to its acknowledgement; platforms wait 3 s.",
    "surface",
    buckets=_SPOKEN,
)
COMMANDS: Final = _counter(
    "commands",
    "Lines that were answered. outcome: answered, refused (what was asked cannot be), failed, bug.",
    "surface",
    "outcome",
)

BUILD: Final = _seconds("build", "Building a digest: cutting, counting, writing.", "edition", buckets=_BUILT)
BUILT: Final = _counter(
    "digests_built",
    "Digests that were built, by the rung of the ladder that wrote most of it.",
    "edition",
    "rung",
)

MODEL_CALLS: Final = _counter(
    "model_calls", "Requests to a model. outcome: ok or failed.", "model", "outcome"
)
MODEL_SECONDS: Final = _seconds("model_call", "How long a request to a model took.", "model", buckets=_ASKED)
MODEL_TOKENS: Final = _counter(
    "model_tokens", "Tokens as servers told them. direction: in or out.", "model", "direction", unit="tokens"
)
MODEL_COST: Final = _counter(
    "model_cost_usd", "What requests cost, as far as it is known.", "model", unit="USD"
)
MODEL_UNPRICED: Final = _counter(
    "model_unpriced_calls",
    "Requests whose cost nobody knows: no price is set, or no tokens were told.",
    "model",
)

GITHUB_SECONDS: Final = _seconds(
    "github_request",
    "A request to GitHub. operation: the query. outcome: ok, or the key of the error.",
    "operation",
    "outcome",
    buckets=_ASKED,
)
GITHUB_LEFT: Final = _gauge("github_points_left", "Points of this hour that GitHub told were left.")
GITHUB_LIMIT: Final = _gauge("github_points_limit", "Points that an hour has.")

DELIVERIES: Final = _counter(
    "deliveries",
    "What became of deliveries. state: posted, skipped, parked, or failed for one that will be tried again."
    " outcome: of the digest; none for what has none.",
    "platform",
    "state",
    "outcome",
)
DELIVERY_LATE: Final = _seconds(
    "delivery_late", "How long after it was due a digest stood there.", "platform", buckets=_LATE
)
JOBS: Final = _counter(
    "jobs", "Jobs of the queue that were done. outcome: ok, failed or bug.", "job", "outcome"
)

STORE_SECONDS: Final = _seconds(
    "store_call",
    "A call of the store, with its retries; calls that wait for something are left out.",
    buckets=_QUICK,
)
STORE_ERRORS: Final = _counter(
    "store_errors", "Calls of the store that failed for good, by the error's key.", "error"
)

WEB_REQUESTS: Final = _counter(
    "web_requests", "Requests that were answered. route: the kind of page.", "route", "status"
)
WEB_SECONDS: Final = _seconds("web_request", "How long a whole answer took.", "route", buckets=_QUICK)

STORE_UP: Final = _kept("store_up", "1 while the store answers, else 0; then what follows is not told.")
STORE_BYTES: Final = _kept("store_used_bytes", "Memory that the store's server uses.", unit="bytes")
PROCESSES: Final = _kept(
    "processes", "Processes that have told of themselves within the last minute.", "kind"
)
SYNC_AGE: Final = _kept(
    "sync_age_seconds", "How far the mirror of a repository lies behind now.", "repo", unit="seconds"
)
QUEUE: Final = _kept("queue_waiting", "Jobs that nobody has taken yet.", "priority")
DUE: Final = _kept("deliveries_due", "Deliveries that are due and of which nothing stands there.", "platform")
LATE: Final = _kept("deliveries_late", "Those that have been due for more than five minutes.", "platform")
SUBSCRIPTIONS: Final = _kept("subscriptions", "Subscriptions that are not ended.", "platform", "state")
SPENT_TOKENS: Final = _kept(
    "spent_today_tokens", "What counts against today's cap of tokens, with what is set aside.", unit="tokens"
)
SPENT_USD: Final = _kept("spent_today_usd", "What counts against today's cap of costs, likewise.", unit="USD")
CAP_TOKENS: Final = _kept(
    "cap_tokens", "The cap of tokens for a day; not told where there is none.", unit="tokens"
)
CAP_USD: Final = _kept("cap_usd", "The cap of costs for a day; not told where there is none.", unit="USD")

TABLE: Final[tuple[Metric, ...]] = tuple(each for each in globals().values() if isinstance(each, Metric))
"""All of them, in this order."""


def markdown() -> str:
    """The table as the page of metrics has it."""
    lines = ["| metric | type | labels | what it tells |", "| --- | --- | --- | --- |"]
    for each in TABLE:
        labels = ", ".join(f"`{label}`" for label in (*each.labels, *(() if each.of_store else ("process",))))
        lines.append(f"| `{each.name}` | {each.kind} | {labels} | {each.help} |")
    return "\n".join(lines)
