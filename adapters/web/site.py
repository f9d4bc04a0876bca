"""The site: where its pages are, and the frame that each of them stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote, urlencode

from adapters.web.accepted import preferred
from summarizer import languages
from summarizer.escaping import fill
from summarizer.languages import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request


LARGEST: Final = 1024 * 1024
"""Bytes that the body of a request may have."""


@dataclass(frozen=True, slots=True)
class Link:
    """label: in the page's language. lang: of what it leads to, "" for the page's. kind: its media type, "" for
    HTML."""

    url: str
    label: str
    lang: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the content of a page: its head, and the ways to other pages.

    title: of the page alone. repo: the repository that it is about, "" for none. lang: that the visitor asked for in
    the address, which links take along; "" where the browser told it. address: the page's own, without a query.
    description: in a sentence, for those who link to it. image: the absolute address of a picture for them, "" none.
    others: the same page in other languages. feeds: of what the page tells. style_url, script_url: what it loads.
    is_static: whether there is nobody to search or to ask.
    """

    site: Site
    language: Language
    title: str
    repo: str = ""
    lang: str = ""
    address: str = ""
    description: str = ""
    image: str = ""
    others: tuple[Link, ...] = ()
    feeds: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """base: the path of the site's address, "" at the root, without a final slash. origin: scheme and host of that
    address, "" where it is not known: nothing absolute is told then. lang: spoken with who tells none. is_indexed:
    whether search engines may have it. has_sign_in: whether visitors can sign in on a page of ours. tz:
    of the days of calendars, an IANA name.

    Addresses begin with `base`. What has a `lang` is in that language, "" for the visitor's.
    """

    base: str = ""
    origin: str = ""
    lang: str = "en"
    is_indexed: bool = False
    has_sign_in: bool = False
    tz: str = "UTC"

    formats: ClassVar[tuple[str, ...]] = ("markdown", "json", "picture")
    """What digests are there as besides: keys below `[web]`."""

    is_static = False
    """Whether its pages are files: nobody searches, answers or signs in."""

    def home_url(self, lang: str = "") -> str:
        return self._page("/", lang)

    def list_url(self, repo: str = "", lang: str = "") -> str:
        """The front page of a repository, "" for the site's."""
        return self._page(f"/{repo}", lang)

    def archive_url(self, repo: str, lang: str = "", *, month: str = "", edition: str = "") -> str:
        """The kept digests; month: such as "2025-12", whose windows ended in it."""
        return self._page(f"/{repo}/digests", lang, month=month, edition=edition)

    def digest_url(self, repo: str, digest_id: str, suffix: str = "", lang: str = "") -> str:
        """suffix: such as ".md" or "/charts/activity.svg"."""
        return self._page(f"/{repo}/digests/{quote(digest_id)}{suffix}", lang)

    def item_url(self, repo: str, number: int, lang: str = "") -> str:
        return self._page(f"/{repo}/items/{number}", lang)

    def topics_url(self, repo: str, lang: str = "") -> str:
        return self._page(f"/{repo}/topics", lang)

    def topic_url(self, repo: str, key: str, lang: str = "", *, before: str = "") -> str:
        return self._page(f"/{repo}/topics/{quote(key)}", lang, before=before)

    def search_url(self, repo: str, lang: str = "", *, q: str = "", page: int = 1) -> str:
        return self._page(f"/{repo}/search", lang, q=q, page=str(page) if page > 1 else "")

    def ask_url(self, repo: str, lang: str = "", *, q: str = "") -> str:
        return self._page(f"/{repo}/ask", lang, q=q)

    def feed_url(self, repo: str, name: str, lang: str, form: str) -> str:
        """name: "all", an edition, or "topic-" and a key. form: "atom" or "json"."""
        return f"{self.base}/{repo}/feeds/{quote(name)}.{lang}.{form}"

    def card_url(self, repo: str, lang: str = "") -> str:
        """The picture of a repository's front page for those who link to it, "" for none."""
        return self._page(f"/{repo}/card.png", lang) if not self.is_static else ""

    def about_url(self, lang: str = "") -> str:
        """What the site is and where its numbers come from."""
        return self._page("/about", lang)

    @property
    def style_url(self) -> str:
        """It names what is in it, so that browsers may keep it for good."""
        return self._static("style.css")

    @property
    def script_url(self) -> str:
        return self._static("site.js")

    @property
    def ask_script_url(self) -> str:
        return self._static("ask.js")

    @property
    def icon_url(self) -> str:
        return self._static("icon.svg")

    def absolute(self, url: str) -> str:
        """An address of ours with scheme and host; "" where they are not known."""
        return f"{self.origin}{url}" if self.origin and url else ""

    def frame(self, language: Language, title: str, **of_page: object) -> Frame:
        """of_page: the further fields of `Frame`."""
        return replace(Frame(self, language, title), **of_page)  # type: ignore[arg-type]

    def language(self, request: Request) -> Language:
        """The one to speak with a visitor where no digest decides: that of the address, else the browser's."""
        return languages.load(asked_language(request) or self.accepted(request))

    def accepted(self, request: Request, offered: Sequence[str] = ()) -> str:
        """The code of the best of the `offered` languages (all of ours) by what the browser tells."""
        offered = offered or languages.codes()
        otherwise = self.lang if self.lang in offered else offered[0]
        return preferred(request.headers.get("accept-language", ""), offered, otherwise)

    def others(self, language: Language, urls: Mapping[str, str]) -> tuple[Link, ...]:
        """The same page in the languages by whose codes its addresses are given, the present one among them."""
        return tuple(
            Link(url, languages.load(code).text("language.name"), lang=code) for code, url in urls.items()
        )

    def message(self, status: int, language: Language) -> str:
        """The page that says why there is no other."""
        key = f"web.status.{status}"
        key = key if language.has(key) else "web.status.other"
        sentence = language.text(key, status=status, mb=LARGEST // 1024**2)
        return fill(
            "message.html.jinja",
            frame=self.frame(language, str(status)),
            language=language,
            status=status,
            sentence=sentence,
        )

    def _page(self, path: str, lang: str, **query: str) -> str:
        asked = {name: value for name, value in (("lang", lang), *query.items()) if value}
        return f"{self.base}{path}" + (f"?{urlencode(asked)}" if asked else "")

    def _static(self, name: str) -> str:
        return f"{self.base}/static/{name}?v={sha256(static(name)).hexdigest()[:12]}"


def asked_language(request: Request) -> str:
    """The code that `?lang=` names, "" where it names none of ours."""
    code = request.query_params.get("lang", "")
    return code if code in languages.codes() else ""


@cache
def static(name: str) -> bytes:
    """A file that pages load."""
    return files("adapters").joinpath("web", "static", name).read_bytes()
