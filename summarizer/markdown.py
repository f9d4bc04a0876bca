"""A digest in Markdown: CommonMark that GitHub, kramdown and the chat platforms read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer import markup, pages
from summarizer.layout import fill

if TYPE_CHECKING:
    from summarizer.digests import Digest, Section
    from summarizer.facts import Facts
    from summarizer.languages import Language

_EMOJI = {
    "summary": "📊",
    "alerts": "🚨",
    "topic": "🎯",
    "hot": "💬",
    "trends": "🔥",
    "changes": "🛠️",
    "activity": "📈",
    "watch": "💡",
    "risks": "⚠️",
    "key": "⭐",
    "suggestions": "💡",
    "appendix": "📋",
}


def digest_markdown(digest: Digest, language: Language) -> str:
    """The whole digest, ending in a newline."""
    bodies = [
        (_heading(section.id, section.title), section_markdown(section, digest.facts, language))
        for section in pages.told(digest)
    ]
    return fill(
        "digest.md.jinja",
        title=digest.title,
        header=[_line(line) for line in pages.header(digest, language)],
        sections=bodies,
        appendix_heading=_heading(pages.APPENDIX, language.text("digest.section.appendix")),
        appendix=appendix_markdown(digest.facts, language),
        footer=[_line(line) for line in pages.footer(digest, language)],
    )


def section_markdown(section: Section, facts: Facts, language: Language) -> str:
    """A section's body, without its heading and without a final newline."""
    shown = pages.section_shown(section, facts, language)
    return fill(
        "section.md.jinja",
        paragraph=shown.paragraph,
        points=shown.points,
        entries=shown.entries,
        tables=shown.tables,
        tables_first=shown.tables_first,
        urls=pages.urls(facts),
        colon=language.text("digest.colon"),
    ).rstrip("\n")


def appendix_markdown(facts: Facts, language: Language) -> str:
    """The lists, without the appendix's own heading and without a final newline."""
    return fill(
        "appendix.md.jinja",
        lists=pages.lists(facts, language),
        urls=pages.urls(facts),
        empty=language.text("digest.empty"),
    ).rstrip("\n")


def _heading(section_id: str, title: str) -> str:
    return f"{_EMOJI.get(section_id.partition('-')[0], '')} {markup.markdown(title)}".strip()


def _line(line: str) -> str:
    """A line of ours with strangers' words in it (filters, model names); the ` | ` between counts stays."""
    return " | ".join(markup.markdown(part, start=not place) for place, part in enumerate(line.split(" | ")))
