"""The docs' tables hold what the code holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.slack.manifest import EVENTS, FEATURES, METHODS, SCOPES
from bot.settings import Settings
from summarizer import languages

ROOT = Path(__file__).parent.parent
SLACK = ROOT / "docs" / "slack.md"
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


def test_slacks_page_tells_what_to_do_about_every_error() -> None:
    errors = languages.load("en").get("errors.slack")
    told = [row[0] for row in _rows(SLACK, "## When something is wrong")]

    for sentence in errors.values():
        first = re.sub(r"\{\w+\}", "…", re.split(r"(?<=\.)\s", sentence)[0])
        assert first in told or first.rstrip(".") in told


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
