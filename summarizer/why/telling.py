"""Telling: findings as Markdown in one language. What strangers wrote shows and does nothing else. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer import markup, pages
from summarizer.extract.words import title_of
from summarizer.why.first import first
from summarizer.why.groups import groups, notes
from summarizer.why.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.languages import Language
    from summarizer.why.findings import Why
    from summarizer.why.groups import Group


def first_line(why: Why, language: Language, repo: str = "") -> str:
    """The line that answers, as plain words with code spans and `#123`. repo: see `as_markdown`."""
    return first(Wording(why, language, repo))


def as_markdown(why: Why, language: Language, repo: str = "") -> str:
    """The line that answers, what has to be said of the data, the item, then the findings in groups; ends in a newline.

    repo: the option that commands need to name the repository, such as "repo:o/r"; "" where it is the default one.
    """
    wording = Wording(why, language, repo)
    urls = pages.urls(why.digest.facts)
    if why.item is not None:
        urls[why.number] = why.item.url
    blocks = [markup.markdown_prose(first(wording), urls, start=True)]
    if said := notes(wording):
        blocks.append(markup.markdown_prose(language.text("digest.warning", text=said), urls, start=True))
    blocks += _item(wording)
    if why.presence != "missing":
        blocks += [_group(group, urls) for group in groups(wording)]
    return "\n\n".join(blocks) + "\n"


def _item(wording: Wording) -> Iterator[str]:
    """What is spoken of: address, title, kind, state, author, labels."""
    item = wording.why.item
    if item is None:
        return
    author = item.author
    parts = [wording.language.text(f"digest.kind.{item.kind}"), wording.state(item)]
    parts += [wording.text("by", login=wording.value(author.login))] if author else []
    parts += [wording.text("labels", labels=wording.values(item.labels, 5))] if item.labels else []
    link = markup.markdown_link(f"#{item.number}", item.url)
    told = markup.markdown_prose(wording.listing(parts), {})
    title = markup.markdown(title_of(item) or wording.language.text("digest.untitled"))
    yield f"{link} {title} — {told}"


def _group(group: Group, urls: Mapping[int, str]) -> str:
    lines = [f"**{markup.markdown(group.heading, strong=True)}**", ""]
    for line in group.lines:
        lines.append(f"- {markup.markdown_prose(line.text, urls, start=True)}")
        lines += [f"  - {markup.markdown_prose(each, urls, start=True)}" for each in line.below]
    return "\n".join(lines)
