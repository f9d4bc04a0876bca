"""A digest as a web page: HTML that is whole without a script, whose links lead to the repository's own pages and to
the addresses that it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from summarizer import markup, pages
from summarizer.digests import Claim
from summarizer.escaping import fill
from summarizer.evidence import Evidence, evidence
from summarizer.languages import Language, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Digest

GITHUB: Final = "https://github.com"

MOST_ROWS: Final = 300
"""Rows of the appendix on a digest's page. Of more, the longest lists are cut, and whole on pages of their own."""

MOST_OF_LIST: Final = 800
"""Rows of a list on a page of its own."""

MOST_CLAIMS: Final = 80
"""Claims that an entry shows: a theme with more is a list, and told whole in the other formats."""

MOST_EVIDENCE: Final = 160
"""Places of a page that open what they rest on; behind them the references alone lead there."""

LEAD: Final = 280
"""Characters of how a digest begins, unless its first claim is longer."""

LONG: Final = 40
"""A list of more rows is folded."""

_REFERENCE = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")
_FIGURE = re.compile(r"[+−-]?\d[\d.,]*%?")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture. svg: for pages, our own markup. url: of the picture as a file, "" for none."""

    title: str
    svg: str
    url: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another digest of the same kind. title: plain words in `lang`."""

    url: str
    title: str
    lang: str


@dataclass(frozen=True, slots=True)
class _Section:
    """shown: with what each of its places rests on."""

    shown: pages.ShownSection
    rests: Evidence | None
    points: tuple[tuple[Claim, Evidence | None], ...]
    entries: tuple[tuple[pages.ShownEntry, Evidence | None], ...]


@dataclass(frozen=True, slots=True)
class _List:
    """rows: the first of the list, each with its anchor, "" for none. count: of all."""

    name: str
    heading: str
    rows: tuple[tuple[str, pages.Row], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a digest's page leads to.

    item: the address of our page of an item, None where there are none. page: of the digest itself, with a suffix such
    as "/lists/prs_merged". formats: a key below `[web]` -> its address in that format. older, newer: digests of the
    same kind. site: where the repository is.
    """

    page: Callable[[str], str] = lambda suffix: suffix
    item: Callable[[int], str] | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    older: Neighbour | None = None
    newer: Neighbour | None = None
    site: str = GITHUB


def digest_html(
    digest: Digest,
    language: Language,
    *,
    frame: object,
    pictures: Sequence[Drawn] = (),
    ways: Ways | None = None,
) -> str:
    """The whole page, ending in a newline.

    language: that of the digest's sections. frame: what stands around it, see `adapters.web.site.Frame`. pictures: the
    first leads.

    Anchors: each section by its id, `appendix`, `pictures`, and each item of the lists as `i<number>`.
    """
    return fill(
        "digest.html.jinja",
        frame=frame,
        header=[markup.one_line(line) for line in pages.header(digest, language)],
        pictures=[(each, Markup(each.svg)) for each in pictures],  # noqa: S704 - ours, made by templates that escape
        sections=_sections(digest, language),
        appendix_heading=language.text("digest.section.appendix"),
        lists=_lists(pages.lists(digest.facts, language), MOST_ROWS),
        most_claims=MOST_CLAIMS,
        long=LONG,
        footer=[markup.one_line(line) for line in pages.footer(digest, language)],
        is_figure=_FIGURE.fullmatch,
        **_told(digest, language, ways),
    )


def lead_html(digest: Digest, *, site: str = GITHUB) -> Markup:
    """How a digest begins, for a page that leads to it: the first claims of its first section that has any."""
    language, links = load(digest.lang), _links(digest, site)
    colon, gap = (str(language.get(f"digest.{each}")) for each in ("colon", "sentence_gap"))
    for section in pages.told(digest):
        shown, room = Markup(), LEAD
        for claim in section.claims:
            room -= len(claim.label) + len(claim.text)
            if shown and room < 0:
                break
            lead = Markup("<strong>{}</strong>{}").format(markup.one_line(claim.label), colon)
            shown += (gap if shown else "") + (lead if claim.label else "") + _prose(claim.text, links)
        if shown:
            return shown
    return Markup()


def list_html(
    digest: Digest, language: Language, name: str, *, frame: object, ways: Ways | None = None
) -> str:
    """A page of one list of the appendix, by its name; "" where the digest has no such list."""
    shown = [each for each in pages.lists(digest.facts, language) if each.name == name and each.rows]
    if not shown:
        return ""
    return fill(
        "digest_list.html.jinja",
        frame=frame,
        list=_lists(shown, MOST_OF_LIST)[0],
        **_told(digest, language, ways),
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


def _told(digest: Digest, language: Language, ways: Ways | None) -> dict[str, Any]:
    """What the templates of a digest have in common."""
    ways = ways or Ways()
    repo = digest.facts.repo
    links = _links(digest, ways.site)

    def prose(text: str) -> Markup:
        return _prose(text, links)

    def safe_url(url: str) -> str:
        return url if is_of_repo(url, repo, site=ways.site) else ""

    return {
        "language": language,
        "digest": digest,
        "title": markup.one_line(digest.title),
        "repo_url": f"{ways.site}/{repo}",
        "ways": ways,
        "links": links,
        "prose": prose,
        "safe_url": safe_url,
        "plain": markup.one_line,
        "titled": lambda text: _prose(text, {}),
        "empty": language.text("digest.empty"),
        "colon": language.text("digest.colon"),
    }


def _links(digest: Digest, site: str) -> dict[int, str]:
    """The items that the digest knows, by number, where they are the repository's."""
    repo = digest.facts.repo
    return {
        number: url for number, url in pages.urls(digest.facts).items() if is_of_repo(url, repo, site=site)
    }


def _sections(digest: Digest, language: Language) -> list[_Section]:
    left = MOST_EVIDENCE

    def rests(claims: Sequence[Claim], own: int | None = None) -> Evidence | None:
        nonlocal left
        found = evidence(claims, digest.facts, language, own=own) if left else None
        left -= found is not None
        return found

    return [
        _Section(
            shown,
            rests([claim for claim in section.claims if not claim.label]),
            tuple((claim, rests([claim])) for claim in shown.points),
            tuple(
                (entry, rests(of_entry.claims, entry.number))
                for entry, of_entry in zip(shown.entries, section.entries, strict=True)
            ),
        )
        for section, shown in zip(pages.told(digest), pages.sections(digest, language), strict=True)
    ]


def _lists(lists: Sequence[pages.ShownList], rows_in_all: int) -> list[_List]:
    """Each list with the anchors of its items, which stand at an item's first row."""
    most = _most([len(shown.rows) for shown in lists], rows_in_all)
    seen: set[int | None] = {None}
    told = []
    for shown in lists:
        rows = []
        for row in shown.rows[:most]:
            rows.append(("" if row.number in seen else f"i{row.number}", row))
            seen.add(row.number)
        told.append(_List(shown.name, shown.heading, tuple(rows), len(shown.rows)))
    return told


def _most(lengths: Sequence[int], in_all: int) -> int:
    """How many rows a list may show at most, so that all show `in_all` together: short ones are whole."""
    left = in_all
    for place, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - place)
        if length > share:
            return share
        left -= length
    return in_all


def _prose(text: str, links: Mapping[int, str]) -> Markup:
    """A claim's text: references that are known become links, code spans code, and everything else only shows."""
    shown: list[str] = []
    for part, is_code in markup.spans(markup.one_line(text)):
        if is_code:
            shown += ("<code>", escape(part.strip("`")), "</code>")
            continue
        done = 0
        for found in _REFERENCE.finditer(part) if links else ():
            url = links.get(int(found[1]))
            if url is not None:
                shown += (
                    escape(part[done : found.start()]),
                    '<a href="',
                    escape(url),
                    '" rel="noreferrer noopener nofollow">',
                    found[0],
                    "</a>",
                )
                done = found.end()
        shown.append(escape(part[done:]))
    return Markup("".join(shown))  # noqa: S704 - escaped, each part of it
