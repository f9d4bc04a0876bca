"""What pages link to outside of `docs/`: the README and files of the source come along as pages of the site.

On GitHub the links lead to the files themselves. A folder is no page: there the words stay, without a link.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING

from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = Path(__file__).resolve().parents[2]
README = "readme.md"
SOURCE = "source"

_LINK = re.compile(r"(?:\]\(|(?:src|href)=\")([^)\"\s#]+)")
_LANGUAGES = {
    ".json": "json", ".md": "markdown", ".py": "python", ".service": "ini", ".target": "ini", ".toml": "toml",
    ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip


class Outside(Treeprocessor):
    """Turns links as GitHub has them into those of the site. uri: of the page that is made."""

    def __init__(self, uri: str) -> None:
        super().__init__()
        self._uri = uri

    def run(self, root: Element) -> None:
        for each in root.iter():
            for name in ("href", "src"):
                if name in each.attrib:
                    self._turn(each, name)

    def _turn(self, element: Element, name: str) -> None:
        path, has_anchor, anchor = element.attrib[name].partition("#")
        if not path or re.match(r"[a-z]+:", path):
            return
        uri = site_uri(repo_path(self._uri, path))
        if uri is None:
            element.tag = "span"
            del element.attrib[name]
            return
        element.attrib[name] = relpath(uri, str(PurePosixPath(self._uri).parent)) + has_anchor + anchor


def repo_path(uri: str, link: str) -> str:
    """The path in the repository that a link names on the page of the site."""
    at = "" if uri == README else "docs"
    return normpath(f"{at}/{link}" if at else link)


def site_uri(path: str) -> str | None:
    """Where the site has a file of the repository; None for a folder."""
    if (ROOT / path).is_dir():
        return None
    if path == "README.md":
        return README
    return path.removeprefix("docs/") if path.startswith("docs/") else f"{SOURCE}/{path}.md"


def linked() -> dict[str, str]:
    """The pages for files outside of `docs/` that any page links to, by their place in the site."""
    pages = {README: ROOT / "README.md"} | {path.name: path for path in (ROOT / "docs").glob("*.md")}
    found: dict[str, str] = {README: pages[README].read_text("utf-8")}
    for uri, page in pages.items():
        for link in _LINK.findall(page.read_text("utf-8")):
            path = repo_path(uri, link)
            target = site_uri(path) if "://" not in link and (ROOT / path).is_file() else None
            if target is not None and target.startswith(f"{SOURCE}/"):
                found[target] = _shown(path)
    return found


def _shown(path: str) -> str:
    text = (ROOT / path).read_text("utf-8")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text + "`")))
    return f"# {path}\n\n{fence}{_LANGUAGES.get(Path(path).suffix, '')}\n{text}{fence}\n"
