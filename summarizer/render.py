"""Rendering: a digest as Markdown, as a Jekyll page, as plain text or as JSON, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

Format = Literal["md", "json", "jekyll", "text"]


def render(digest: Digest, format: Format, language: Language) -> str:  # noqa: A002 - the word of the command grammar
    """The whole digest, ending in a newline. language: that of the digest's sections."""
    if format == "json":
        import msgspec

        from summarizer.jsonform import as_json

        # the standard library's takes ten times as long as soon as it indents
        return msgspec.json.format(msgspec.json.encode(as_json(digest, language)), indent=2).decode() + "\n"
    if format == "text":
        return _text(digest, language)
    from summarizer.markdown import digest_markdown

    page = digest_markdown(digest, language)
    return page if format == "md" else _jekyll(digest, page)


def _jekyll(digest: Digest, page: str) -> str:
    from summarizer import pages
    from summarizer.layout import fill

    return fill("digest.jekyll.jinja", title=digest.title, date=pages.date(digest), page=page.rstrip("\n"))


def _text(digest: Digest, language: Language) -> str:
    from summarizer import markup, pages
    from summarizer.layout import fill

    return fill(
        "digest.txt.jinja",
        title=digest.title,
        header=[markup.plain(line) for line in pages.header(digest, language)],
        sections=pages.sections(digest, language),
        appendix_heading=language.text("digest.section.appendix"),
        lists=pages.lists(digest.facts, language),
        footer=[markup.plain(line) for line in pages.footer(digest, language)],
        empty=language.text("digest.empty"),
        colon=language.text("digest.colon"),
    )
