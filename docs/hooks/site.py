"""What MkDocs calls while it builds the site of `docs/`; see `mkdocs.yml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import reference
from github_markdown import GitHubMarkdown
from markdown import Extension
from mkdocs.structure.files import File, InclusionLevel
from outside import ROOT, SOURCE, Outside, linked
from pymdownx.slugs import slugify

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ICON = ROOT / "adapters" / "web" / "static" / "icon.svg"


class _Page(Extension):
    """The steps for one page. uri: its own."""

    uri = ""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that is called
        if not self.uri.startswith((f"{SOURCE}/", "reference-")):
            md.treeprocessors.register(Outside(self.uri), "outside", 30)  # before MkDocs looks at links


_page = _Page()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.markdown_extensions += [GitHubMarkdown(), _page]
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")  # as GitHub makes anchors
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for uri, text in (linked() | reference.pages()).items():
        files.append(File.generated(config, uri, content=text))
    files.append(
        File.generated(config, "icon.svg", content=ICON.read_bytes(), inclusion=InclusionLevel.INCLUDED)
    )
    return files


def on_page_markdown(markdown: str, page: Page, **_kwargs: object) -> str:
    _page.uri = page.file.src_uri
    return markdown
