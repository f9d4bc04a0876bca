"""The meters of a process, which prometheus_client keeps, and the snapshot that other processes can tell of it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from adapters.metrics.table import TABLE

if TYPE_CHECKING:
    from adapters.metrics.table import Metric

Sample: TypeAlias = tuple[str, dict[str, str], float]
"""How it ends after the metric's name ("_bucket", "" for the name itself), its labels, its value."""

Snapshot: TypeAlias = dict[str, Sequence[Sample]]
"""By the names of metrics."""

_SUFFIXES: Final[dict[str, frozenset[str]]] = {
    "counter": frozenset({""}),
    "gauge": frozenset({""}),
    "histogram": frozenset({"_bucket", "_count", "_sum"}),
}
"""When a series began ("_created") is left out: Prometheus does not need it of a text exposition."""


class Registry:
    """See `adapters.metrics.Meters`. process: what this process is called, such as "web@host:123"."""

    def __init__(self, process: str) -> None:
        self.process = process
        self._registry = CollectorRegistry()
        self._kept: dict[str, Counter | Gauge | Histogram] = {
            each.name: _kept(each, self._registry) for each in TABLE if not each.of_store
        }
        self._set: set[str] = set()
        self._labelled: dict[tuple[str, ...], Counter | Gauge | Histogram] = {}

    def count(self, metric: Metric, amount: float, labels: dict[str, str]) -> None:
        """See `Meters`."""
        kept = self._of(metric, labels)
        assert isinstance(kept, Counter)  # noqa: S101 - the table says so
        kept.inc(amount)

    def observe(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        """See `Meters`."""
        kept = self._of(metric, labels)
        assert isinstance(kept, Histogram)  # noqa: S101
        kept.observe(value)

    def gauge(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        """See `Meters`."""
        kept = self._of(metric, labels)
        assert isinstance(kept, Gauge)  # noqa: S101
        kept.set(value)
        self._set.add(metric.name)

    def snapshot(self) -> Snapshot:
        """All that was counted. A gauge that nobody has set says nothing: 0 would be a figure."""
        found: Snapshot = {}
        for family in self._registry.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            if family.type == "gauge" and name not in self._set:
                continue
            samples = [
                (each.name.removeprefix(name), dict(each.labels), each.value) for each in family.samples
            ]
            found[name] = [each for each in samples if each[0] in _SUFFIXES[family.type]]
        return found

    def _of(self, metric: Metric, labels: dict[str, str]) -> Counter | Gauge | Histogram:
        if not metric.labels:
            return self._kept[metric.name]
        key = (metric.name, *(labels[name] for name in metric.labels))
        found = self._labelled.get(key)  # which takes a fifth of what looking it up there does
        if found is None:
            found = self._labelled[key] = self._kept[metric.name].labels(**labels)
        return found


def dumped(snapshot: Snapshot) -> bytes:
    """As other processes get it."""
    return json.dumps(snapshot, separators=(",", ":"), ensure_ascii=False).encode()


def loaded(data: bytes) -> Snapshot:
    """What another process told, as far as the table knows it: that may be of another version. Raises ValueError."""
    told = json.loads(data)
    if not isinstance(told, dict):
        raise ValueError("no snapshot")
    found: Snapshot = {}
    for metric in TABLE:
        try:
            found[metric.name] = [
                (str(suffix), {str(name): str(value) for name, value in labels.items()}, float(value))
                for suffix, labels, value in told.get(metric.name, ())
                if suffix in _SUFFIXES[metric.kind]
                and {*labels} - {"le"} == {*metric.labels}
                and not math.isnan(float(value))
            ]
        except (TypeError, AttributeError) as error:
            raise ValueError(metric.name) from error
    return found


def _kept(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    match metric.kind:
        case "counter":
            return Counter(metric.name, metric.help, metric.labels, registry=registry)
        case "gauge":
            return Gauge(metric.name, metric.help, metric.labels, registry=registry)
        case "histogram":
            return Histogram(
                metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=registry
            )
