"""A digest as a web page: HTML without a script, whose links lead to the repository's own pages alone."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from summarizer import languages as words
from summarizer import markup, pages
from summarizer.escaping import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.digests import Digest
    from summarizer.languages import Language

GITHUB: Final = "https://github.com"

_REFERENCE = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")
_FIGURE = re.compile(r"[+−-]?\d[\d.,]*%?")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def digest_html(
    digest: Digest,
    language: Language,
    *,
    frame: object,
    chart_svg: str = "",
    languages: Mapping[str, str] = _NOTHING,
    formats: Mapping[str, str] = _NOTHING,
    home: str = "",
    site: str = GITHUB,
) -> str:
    """The whole page, ending in a newline.

    language: that of the digest's sections. frame: what stands around it, see `adapters.web.site.Frame`. chart_svg:
    what `chart` drew, our own markup. languages: code
    of a language -> address of the same digest in it; formats: a key below `[web]` -> its address in that format;
    home: the address of the list of digests; "" and nothing: not told. site: where the repository is.

    Anchors: each section by its id, `appendix`, and each item of the lists as `i<number>`.
    """
    facts = digest.facts
    links = {
        number: url for number, url in pages.urls(facts).items() if is_of_repo(url, facts.repo, site=site)
    }

    def prose(text: str) -> Markup:
        return _prose(text, links)

    def safe_url(url: str) -> str:
        return url if is_of_repo(url, facts.repo, site=site) else ""

    lists = pages.lists(facts, language)
    anchors = _anchors(lists)
    return fill(
        "digest.html.jinja",
        language=language,
        frame=frame,
        title=markup.one_line(digest.title),
        repo=facts.repo,
        repo_url=f"{site}/{facts.repo}",
        header=[markup.one_line(line) for line in pages.header(digest, language)],
        chart=Markup(chart_svg),  # noqa: S704 - ours, made by a template that escapes
        sections=pages.sections(digest, language),
        appendix_heading=language.text("digest.section.appendix"),
        lists=[
            (
                shown.heading,
                [(anchors.get((place, row_place), ""), row) for row_place, row in enumerate(shown.rows)],
            )
            for place, shown in enumerate(lists)
        ],
        footer=[markup.one_line(line) for line in pages.footer(digest, language)],
        languages=[(code, words.load(code).text("language.name"), url) for code, url in languages.items()],
        formats=formats,
        home=home,
        links=links,
        prose=prose,
        safe_url=safe_url,
        plain=markup.one_line,
        titled=lambda text: _prose(text, {}),
        is_figure=_FIGURE.fullmatch,
        empty=language.text("digest.empty"),
        colon=language.text("digest.colon"),
    )


def is_of_repo(url: str, repo: str, *, site: str = GITHUB) -> bool:
    """Whether an address is that of an item or a release of the repository, and cannot lead out of it."""
    begin = f"{site}/{repo}/"
    if url[: len(begin)].lower() != begin.lower():  # GitHub's names ignore case
        return False
    rest = url[len(begin) :]
    if re.fullmatch(r"(?:issues|pull|discussions)/[0-9]+", rest):
        return True
    tag = re.fullmatch(r"releases/(?:tag/)?([^\s<>\"'\\?#]+)", rest)
    # what browsers take for a dot segment: url.spec.whatwg.org/#double-dot-path-segment
    return tag is not None and not any(
        re.fullmatch(r"(?:\.|%2e){1,2}", part, re.IGNORECASE) for part in tag[1].split("/")
    )


def _anchors(lists: list[pages.ShownList]) -> dict[tuple[int, int], str]:
    """(place of the list, place of the row in it) -> the id of an item's first row."""
    first: dict[int, tuple[int, int]] = {}
    for place, shown in enumerate(lists):
        for row_place, row in enumerate(shown.rows):
            if row.number is not None:
                first.setdefault(row.number, (place, row_place))
    return {where: f"i{number}" for number, where in first.items()}


def _prose(text: str, links: Mapping[int, str]) -> Markup:
    """A claim's text: references that are known become links, code spans code, and everything else only shows."""
    shown = Markup()
    for part, is_code in markup.spans(markup.one_line(text)):
        if is_code:
            shown += Markup("<code>{}</code>").format(part.strip("`"))
            continue
        done = 0
        for found in _REFERENCE.finditer(part):
            url = links.get(int(found[1]))
            if url is not None:
                shown += escape(part[done : found.start()])
                shown += Markup('<a href="{}" rel="noreferrer noopener nofollow">{}</a>').format(
                    url, found[0]
                )
                done = found.end()
        shown += escape(part[done:])
    return shown
