"""Telling: an answer as Markdown or as plain text. What strangers wrote shows and does nothing else. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer import markup, pages, tables
from summarizer.extract.words import code
from summarizer.questions.reasons import events_shown
from summarizer.questions.times import Times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.digests import Claim
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.questions.answer import Answer, Choice, Row


def as_markdown(answer: Answer, language: Language) -> str:
    """The grey line as a quotation, the line that answers, items, tables, claims, notes; ends in a newline."""
    urls = urls_of(answer)
    blocks = [f"> {markup.markdown(answer.understood, start=True)}"] if answer.understood else []
    blocks.append(_first(answer.first, urls))
    is_one = _is_explained(answer)
    if is_one:
        blocks.append(_row(answer.rows[0], answer, urls, language))
    if answer.claims:
        blocks.append("\n".join(_claim(claim, urls, language) for claim in answer.claims))
    blocks += ["\n".join(tables.markdown_rows(table, urls)) for table in answer.tables if table.rows]
    if answer.rows and not is_one:
        if answer.claims:  # two lists in a row would be one
            blocks.append(language.text("answers.row.items"))
        blocks.append("\n".join(f"- {_row(row, answer, urls, language)}" for row in answer.rows))
    if answer.more > 0 and answer.rows:
        blocks.append(language.text("answers.row.more", n=answer.more))
    if answer.choices:
        shown = (markup.markdown_prose(_choice(each, language), urls, start=True) for each in answer.choices)
        blocks.append("\n".join(f"{place}) {line}" for place, line in enumerate(shown, 1)))
    blocks += [markup.markdown_prose(note, urls, start=True) for note in answer.notes]
    return "\n\n".join(blocks) + "\n"


def as_text(answer: Answer, language: Language) -> str:
    """The same for pasting: no markup, no live mention, no live address; ends in a newline."""
    blocks = [markup.plain(each) for each in (answer.understood, answer.first) if each]
    is_one = _is_explained(answer)
    if is_one:
        blocks.append(_plain_row(answer.rows[0], answer, language))
    if answer.claims:
        blocks.append("\n".join(f"- {markup.plain(_labelled(claim, language))}" for claim in answer.claims))
    blocks += ["\n".join(tables.text_rows(table)) for table in answer.tables if table.rows]
    if answer.rows and not is_one:
        blocks.append("\n".join(f"- {_plain_row(row, answer, language)}" for row in answer.rows))
    if answer.more > 0 and answer.rows:
        blocks.append(language.text("answers.row.more", n=answer.more))
    if answer.choices:
        shown = (markup.plain(_choice(each, language)) for each in answer.choices)
        blocks.append("\n".join(f"{place}) {line}" for place, line in enumerate(shown, 1)))
    return "\n\n".join((*blocks, *map(markup.plain, answer.notes))) + "\n"


def _is_explained(answer: Answer) -> bool:
    """Whether the only item is what the claims explain, and so goes before them."""
    return len(answer.rows) == 1 and bool(answer.claims)


@dataclass(frozen=True, slots=True)
class _Line:
    """An item's line: its address and title, then how it stands and by whom, then why it is there. All unescaped."""

    name: str
    url: str
    title: str
    standing: tuple[str, ...]
    why: tuple[str, ...]


def _line(row: Row, answer: Answer, language: Language) -> _Line:
    item = answer.found.items.get(row.number) if answer.found else None
    if item is None:
        return _Line(f"#{row.number}", "", "", (), row.why)
    standing = tuple(_standing(item, row, answer, language))
    return _Line(
        f"#{row.number}",
        item.url if belongs(item) else "",
        pages.title_shown(item, language),
        standing,
        tuple(each for each in row.why if each not in standing),
    )


def _standing(item: Item, row: Row, answer: Answer, language: Language) -> Iterator[str]:
    """State, author and age, without what the reasons say anyway."""
    found = answer.found
    match = next((each for each in found.matches if each.number == item.number), None) if found else None
    happened = events_shown(match, item, found) if found and match else ()
    told = {event.name for event in happened}
    if item.state not in told:
        name: str = "draft" if item.state == "open" and item.is_draft else item.state
        if item.state == "closed" and item.is_pull_request:
            name = "closed_unmerged"
        yield language.text(f"extract.state.{name}")
    if item.author is not None and not _names_author(item.author.login, row, language):
        yield language.text("answers.row.by", login=item.author.login)
    opened = next((event.at for event in happened if event.name == "opened"), item.created_at)
    if opened is not None and found is not None:
        yield language.text("answers.why.opened", ago=Times(language, "UTC", found.now).ago(opened))


def _names_author(login: str, row: Row, language: Language) -> bool:
    """Whether a reason does."""
    named = language.text("answers.why.rule_author", value=code(login))
    return any(each.startswith(named) for each in row.why)


def _row(row: Row, answer: Answer, urls: Mapping[int, str], language: Language) -> str:
    line = _line(row, answer, language)
    link = markup.markdown_link(line.name, line.url)
    title = f" {markup.markdown(line.title)}" if line.title else ""
    standing = str(language.get("answers.row.separator")).join(map(markup.markdown, line.standing))
    why = language.text("answers.between").join(markup.markdown_prose(each, urls) for each in line.why)
    told = language.text("answers.between").join(each for each in (standing, why) if each)
    return f"{link}{title} — {told}" if told else f"{link}{title}"


def _plain_row(row: Row, answer: Answer, language: Language) -> str:
    line = _line(row, answer, language)
    standing = str(language.get("answers.row.separator")).join(line.standing)
    told = language.text("answers.between").join(each for each in (standing, *line.why) if each)
    return markup.plain(" ".join(each for each in (line.name, line.title, "—" if told else "", told) if each))


def _first(text: str, urls: Mapping[int, str]) -> str:
    """The line that answers, in bold. A star would pair with ours, so that a line with one stays plain."""
    shown = markup.markdown_prose(text, urls, start=True)
    return shown if "*" in text or not shown else f"**{shown}**"


def _claim(claim: Claim, urls: Mapping[int, str], language: Language) -> str:
    told = markup.markdown_prose(claim.text, urls, start=not claim.label)
    if not claim.label:
        return f"- {told}"
    return f"- {markup.markdown(claim.label)}{language.text('digest.colon')}{told}"


def _labelled(claim: Claim, language: Language) -> str:
    return f"{claim.label}{language.text('digest.colon')}{claim.text}" if claim.label else claim.text


def _choice(choice: Choice, language: Language) -> str:
    found = language.text("answers.choose.found", n=choice.total)
    return language.text("answers.choose.line", label=choice.label, found=found)


def belongs(item: Item) -> bool:
    """Whether the item's address is one of its repository's own."""
    return f"/{item.repo}/".casefold() in item.url.casefold()


def urls_of(answer: Answer) -> dict[int, str]:
    """The address of every item that the answer holds."""
    sides = [answer.found, answer.found.against] if answer.found else []
    return {
        number: item.url
        for side in sides
        if side is not None
        for number, item in side.items.items()
        if belongs(item)
    }
