"""Ways that pages of a repository have in common: its feeds, and days and months in a visitor's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.web.site import Link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from adapters.web.archive import Listed
    from adapters.web.site import Site
    from summarizer.languages import Language

ATOM: Final = "application/atom+xml"
JSON: Final = "application/feed+json"


def feeds(site: Site, repo: str, language: Language, *names: str) -> tuple[Link, ...]:
    """Atom feeds of that repository by their names ("all", an edition), in a page's language; the first as JSON too."""
    titles = {name: language.text(f"web.feed.title.{name}", repo=repo) for name in names}
    links = [
        Link(site.feed_url(repo, name, language.code, "atom"), title, language.code, ATOM)
        for name, title in titles.items()
    ]
    json = language.text("web.front.as_json", title=titles[names[0]])
    return *links, Link(site.feed_url(repo, names[0], language.code, "json"), json, language.code, JSON)


def dated(day: date, key: str, language: Language) -> str:
    """A day by the pattern at a key below `[web.date]`."""
    from babel.dates import format_date  # slow to import

    return format_date(day, str(language.get(f"web.date.{key}")), locale=language.code)


def language_of(listed: Listed, wanted: str) -> str:
    """The code of the language to show a digest in: the wanted one, or one that it is kept in."""
    return wanted if wanted in listed.titles else next(iter(listed.titles))


def editions_of(listed: Iterable[Listed]) -> list[Listed]:
    """The newest of each edition, of digests of which the newest come first."""
    newest: dict[str, Listed] = {}
    for each in listed:
        newest.setdefault(each.edition, each)
    return list(newest.values())
