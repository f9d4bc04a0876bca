"""The site: where its pages are, and what each of them is made with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from adapters.web.visitors import preferred
from summarizer import languages
from summarizer.escaping import fill

if TYPE_CHECKING:
    from starlette.requests import Request

    from summarizer.languages import Language

LARGEST = 1024 * 1024
"""Bytes that the body of a request may have."""


@dataclass(frozen=True, slots=True)
class Site:
    """base: the path of the site's address, "" at the root, without a final slash. lang: spoken with who tells none."""

    base: str = ""
    lang: str = "en"

    def list_url(self, repo: str = "") -> str:
        return f"{self.base}/{repo}"

    def digest_url(self, repo: str, digest_id: str, suffix: str = "", lang: str = "") -> str:
        """suffix: such as ".md" or "/activity.svg". lang: "" for the visitor's."""
        return f"{self.base}/{repo}/digests/{digest_id}{suffix}" + (f"?lang={lang}" if lang else "")

    @property
    def style_url(self) -> str:
        """It names what is in it, so that browsers may keep it for good."""
        return f"{self.base}/static/style.css?v={sha256(style()).hexdigest()[:12]}"

    def language(self, request: Request) -> Language:
        """The one to speak with a visitor where no digest decides."""
        header = request.headers.get("accept-language", "")
        return languages.load(preferred(header, languages.codes(), self.lang))

    def message(self, status: int, language: Language) -> str:
        """The page that says why there is no other."""
        key = f"web.status.{status}"
        key = key if language.has(key) else "web.status.other"
        sentence = language.text(key, status=status, mb=LARGEST // 1024**2)
        return fill(
            "message.html.jinja",
            language=language,
            style_url=self.style_url,
            status=status,
            sentence=sentence,
            home=self.list_url(),
        )


@cache
def style() -> bytes:
    """The style sheet."""
    return files("adapters").joinpath("web", "static", "style.css").read_bytes()
