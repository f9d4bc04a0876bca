"""The exposition: what all processes counted and what the store tells, as one text in Prometheus's format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import Metric as Family

from adapters.metrics.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.metrics.registry import Sample, Snapshot

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4


def exposition(processes: Mapping[str, Snapshot], of_store: Snapshot) -> bytes:
    """processes: by their names, which become the label `process`. Each metric is told in one place, whoever counted
    it, and one that nobody counted is left out."""
    return generate_latest(_Families(processes, of_store))


class _Families:
    """What prometheus_client takes for a registry."""

    def __init__(self, processes: Mapping[str, Snapshot], of_store: Snapshot) -> None:
        self._processes = processes
        self._of_store = of_store

    def collect(self) -> Iterable[Family]:
        for metric in TABLE:
            name = metric.name.removesuffix("_total") if metric.kind == "counter" else metric.name
            family = Family(name, metric.help, metric.kind)
            for suffix, labels, value in self._samples(metric.name):
                family.add_sample(f"{metric.name}{suffix}", labels, value)
            if family.samples:
                yield family

    def _samples(self, name: str) -> Iterable[Sample]:
        yield from self._of_store.get(name, ())
        for process, snapshot in sorted(self._processes.items()):
            for suffix, labels, value in snapshot.get(name, ()):
                yield suffix, {**labels, "process": process}, value
