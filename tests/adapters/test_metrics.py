"""What processes count becomes one exposition that Prometheus can read."""

from __future__ import annotations

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.exposition import exposition
from adapters.metrics.registry import Registry, dumped, loaded
from adapters.metrics.table import TABLE


def told(*registries: Registry) -> str:
    """As whoever asks is told."""
    return exposition({each.process: loaded(dumped(each.snapshot())) for each in registries}, {}).decode()


def values(text: str, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    """The samples of that name, by their labels."""
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_what_is_counted_stands_in_the_exposition_with_the_process_that_counted_it() -> None:
    mine = Registry("web@host:1")
    with metrics.installed(mine):
        metrics.count(table.COMMANDS, surface="slack", outcome="answered")
        metrics.count(table.COMMANDS, 2, surface="slack", outcome="answered")
        metrics.observe(table.ACKNOWLEDGED, 0.2, surface="slack")
        metrics.gauge(table.GITHUB_LEFT, 4_000)
    text = told(mine)

    labels = (("outcome", "answered"), ("process", "web@host:1"), ("surface", "slack"))
    assert values(text, "vllm_digest_commands_total") == {labels: 3}
    assert values(text, "vllm_digest_acknowledge_seconds_count") == {
        (("process", "web@host:1"), ("surface", "slack")): 1
    }
    assert values(text, "vllm_digest_github_points_left") == {(("process", "web@host:1"),): 4_000}


def test_two_processes_are_told_together_and_each_metric_is_described_once() -> None:
    one, other = Registry("worker@host:1"), Registry("worker@host:2")
    for registry, amount in ((one, 1), (other, 4)):
        registry.count(table.BUGS, amount, {})
    text = told(one, other)

    assert values(text, "vllm_digest_bugs_total") == {
        (("process", "worker@host:1"),): 1,
        (("process", "worker@host:2"),): 4,
    }
    described = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(described) == len(set(described))
    families = [family.name for family in text_string_to_metric_families(text)]
    assert len(families) == len(set(families))


def test_nothing_is_counted_where_nobody_keeps_it() -> None:
    mine = Registry("web@host:1")
    with metrics.installed(mine):
        pass
    metrics.count(table.BUGS)

    assert values(told(mine), "vllm_digest_bugs_total") == {(("process", "web@host:1"),): 0}


def test_a_gauge_that_nobody_has_set_is_no_zero() -> None:
    assert "github_points_left" not in told(Registry("web@host:1"))


def test_what_a_process_of_another_version_tells_is_taken_as_far_as_it_is_known() -> None:
    told_by_another = {
        "vllm_digest_bugs_total": [["", {}, 2.0], ["_created", {}, 1.0], ["", {"new": "label"}, 3.0]],
        "vllm_digest_of_the_future": [["", {}, 1.0]],
    }
    text = exposition({"new@host:1": loaded(json.dumps(told_by_another).encode())}, {}).decode()

    assert values(text, "vllm_digest_bugs_total") == {(("process", "new@host:1"),): 2}
    assert "future" not in text


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"vllm_digest_bugs_total": 1}', b'{"vllm_digest_bugs_total": [["", [], 1]]}']
)
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        loaded(data)


def test_names_end_with_their_unit_and_counters_with_total() -> None:
    for metric in TABLE:
        assert metric.name.startswith(table.PREFIX)
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert bool(metric.buckets) == (metric.kind == "histogram"), metric.name
        if metric.unit:
            assert metric.unit.lower() in metric.name, metric.name
    assert len({metric.name for metric in TABLE}) == len(TABLE)


def test_what_people_write_or_name_is_no_label() -> None:
    labels = {label for metric in TABLE for label in metric.labels}

    assert labels == {
        "direction", "edition", "error", "job", "kind", "model", "operation", "outcome", "platform", "priority",
        "python", "repo", "route", "rung", "state", "status", "surface", "version",
    }  # fmt: skip
