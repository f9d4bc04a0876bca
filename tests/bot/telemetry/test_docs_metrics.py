"""The page of metrics tells what the code counts, and its alarms and settings are such that there are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from adapters.metrics.table import PREFIX, TABLE, markdown
from bot.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
TEXT = PAGE.read_text("utf-8")
NAMES = {metric.name for metric in TABLE}


def test_the_page_has_the_table_of_the_code() -> None:
    assert markdown() in TEXT


def test_every_metric_that_the_page_names_is_there() -> None:
    named = set(re.findall(rf"{PREFIX}\w+", TEXT))

    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} <= NAMES


def test_the_alarms_are_rules_of_prometheus_with_labels_that_there_are() -> None:
    [rules] = [
        group["rules"]
        for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
        for group in yaml.safe_load(block).get("groups", ())
    ]
    labels = {label for metric in TABLE for label in metric.labels} | {"process", "le"}

    assert len(rules) > 10
    for rule in rules:
        assert rule["annotations"]["summary"], rule["alert"]
        assert {*re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])} <= labels
        assert {*re.findall(r"[{,]\s*(\w+)=~?\"", rule["expr"])} <= labels


def test_the_settings_that_the_page_names_are_ours_or_standard() -> None:
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    ours = {name for alias in aliases for name in getattr(alias, "choices", [alias])}
    named = set(re.findall(r"\b(?:DIGEST|METRICS|WEB|PUBLIC)_[A-Z_]+\b", TEXT))

    assert named <= ours
