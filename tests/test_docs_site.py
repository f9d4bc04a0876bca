"""The site of the docs: built as `make docs` builds it, and then followed link by link."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from adapters.metrics.table import TABLE
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parent.parent
PATIENCE_S = 180

LOADED = {
    "audio": ("src",), "embed": ("src",), "iframe": ("src",), "image": ("href", "xlink:href"), "img": ("src", "srcset"),
    "link": ("href",), "object": ("data",), "script": ("src",), "source": ("src", "srcset"), "use": ("href",),
    "video": ("src", "poster"),
}  # fmt: skip
"""What a browser fetches by itself, by element."""


@dataclass
class Page:
    """A built page. ids: what links may lead to. links, loads: addresses as they are written."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        is_named = tag == "link" and given.get("rel") in ("canonical", "next", "prev")  # which nobody fetches
        self.page.loads += [given[name] for name in LOADED.get(tag, ()) if name in given and not is_named]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site; that it is there at all says that nothing was warned of."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    read = {}
    for path in site.rglob("*.html"):
        reader = _Reader()
        reader.feed(path.read_text("utf-8"))
        read[path] = reader.page
    return read


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The hook that makes the reference from the code."""
    sys.path.insert(0, str(ROOT / "docs" / "hooks"))
    try:
        import reference  # type: ignore[import-not-found]  # of the site's build
    finally:
        sys.path.pop(0)
    module: ModuleType = reference
    return module


def test_every_page_of_the_docs_is_in_the_site(site: Path) -> None:
    docs = {path.stem for path in (ROOT / "docs").glob("*.md")}

    assert {name for name in docs if not (site / f"{name}.html").is_file()} == set()
    assert len(docs) > 20


def test_every_link_within_the_site_leads_to_a_page_and_an_anchor_that_are_there(
    site: Path, pages: dict[Path, Page]
) -> None:
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = _target(site, path, parts.path)
            is_there = target.is_file() and (
                not parts.fragment
                or parts.fragment in ("__skip", "__tabbed_1")
                or unquote(parts.fragment) in pages.get(target, Page()).ids
            )
            if not is_there:
                lost.append(f"{path.name}: {link}")

    assert lost == []


def test_a_link_of_the_pages_leads_out_only_to_where_the_pages_themselves_say(
    pages: dict[Path, Page],
) -> None:
    written = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "mkdocs.yml")
    )
    outside = {link for page in pages.values() for link in page.links if urlsplit(link).netloc}

    assert {
        link for link in outside if unquote(link).rstrip("/") not in written and link not in written
    } == set()


def test_no_page_loads_anything_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    loads = {load for page in pages.values() for each in page.loads for load in each.split(",")}
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    imported = re.findall(r"(?:@import\s+|url\()\s*[\"']?((?:https?:)?//[^\"')\s]+)", styles)

    assert {load for load in loads if urlsplit(load.strip()).netloc} == set()
    assert imported == []
    assert loads


def test_what_pages_load_is_there(site: Path, pages: dict[Path, Page]) -> None:
    lost = [
        f"{path.name}: {load}"
        for path, page in pages.items()
        for load in page.loads
        if not load.startswith("data:") and not _target(site, path, urlsplit(load).path).is_file()
    ]

    assert lost == []


def test_lists_and_tables_look_in_the_site_as_they_do_on_github(site: Path) -> None:
    slack = (site / "slack.html").read_text("utf-8")

    # the code block of a numbered point, which other readers of Markdown take out of the list
    assert re.search(
        r"<li>\s*<p><code>\.env</code> now holds at least</p>\s*<div class=\"highlight\">", slack
    )
    assert "| --- |" not in re.sub(r"<code>.*?</code>", "", slack, flags=re.DOTALL)


def test_a_link_to_a_file_of_the_source_shows_it(site: Path) -> None:
    procfile = (site / "source" / "Procfile.html").read_text("utf-8")

    assert "scheduler: vllm-digest scheduler" in re.sub(r"<[^>]+>", "", procfile)
    assert 'href="source/Procfile.html"' in (site / "operating.html").read_text("utf-8")


def test_the_reference_names_every_setting_with_a_default_that_means_the_same(
    site: Path, reference: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (site / "reference-settings.html").read_text("utf-8")
    names = {name: field for field in Settings.model_fields.values() for name in reference.names_of(field)}
    for name in names:
        monkeypatch.delenv(name, raising=False)
    unset = load_settings()

    assert {name for name in names if f"<code>{name}</code>" not in page} == set()
    for attribute, each in Settings.model_fields.items():
        name, default = reference.names_of(each)[0], reference.default_of(each)
        if default and " at once" not in default:
            assert getattr(load_settings(**{name: default}), attribute) == getattr(unset, attribute), name


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("reference-commands.html", "subscribe SCHEDULE [on DAYS]"),
        ("reference-digest.html", "sections[].claims[].source"),
        ("reference-answer.html", "verification"),
        ("reference-metrics.html", "vllm_digest_deliveries_late"),
    ],
)
def test_the_reference_is_made_of_what_the_code_has(site: Path, page: str, says: str) -> None:
    assert says in (site / page).read_text("utf-8")


def test_the_page_about_scaling_watches_metrics_that_there_are() -> None:
    named = set(re.findall(r"vllm_digest_\w+", (ROOT / "docs" / "scaling.md").read_text("utf-8")))

    assert named
    assert named - {each.name for each in TABLE} == set()


def test_nothing_of_the_reference_is_kept_beside_the_code() -> None:
    assert list((ROOT / "docs").glob("reference-*")) == []


def _target(site: Path, page: Path, path: str) -> Path:
    """The file that a link on a page leads to; the page itself for ""."""
    if not path:
        return page
    found = (
        site / path.lstrip("/")
        if path.startswith("/")
        else Path(os.path.normpath(page.parent / unquote(path)))
    )
    return found / "index.html" if found.is_dir() else found
