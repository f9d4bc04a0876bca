"""Headline: what stands above a digest, and the line that notifies of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import blocks, mrkdwn
from adapters.slack.elements import rich_text, section
from adapters.slack.layout.prose import plain
from summarizer import pages
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.slack.blocks import Block
    from adapters.slack.elements import Element
    from adapters.slack.layout.prose import Prose
    from summarizer.digests import Digest
    from summarizer.facts import CountName
    from summarizer.languages import Language

_COUNTS: Final[tuple[CountName, ...]] = (
    "prs_merged",
    "prs_opened",
    "prs_closed_unmerged",
    "issues_opened",
    "issues_closed",
    "reopened",
    "releases",
)
_ALWAYS: Final = _COUNTS[:5]
"""Counted even where they are nothing."""
_NOTIFIED: Final[tuple[CountName, ...]] = ("prs_merged", "prs_opened", "issues_opened", "releases")
_MARKED: Final = {"partial": "incomplete", "quiet": "quiet", "unavailable": "unavailable"}
"""Outcome -> what it is called, a key below `[slack.digest]`; `marked_` before it is what a notification calls it."""
_GAPS: Final = frozenset({"warnings.items_missing", "warnings.comments_missing", "digest.incomplete"})
"""Warnings of what the data lacks, beside all of `[coverage]`; others tell how the digest was made."""
_MOMENT: Final = "{date_short} {time}"


def headline(digest: Digest, language: Language, prose: Prose) -> list[Block]:
    """The title, a line of counts and times, and all that a reader has to know before the first sentence."""
    line = blocks.context(mrkdwn.escaped(counts(digest, language)), _span(digest, language))
    body = [section(each) for each in _told(digest, language, prose)]
    return [blocks.header(digest.title), line, *([rich_text(body)] if body else [])]


def counts(digest: Digest, language: Language) -> str:
    """ "31 merged · 58 new PRs · …": of the whole window, whatever the filters."""
    return language.text("digest.between").join(_counted(digest, language, _ALWAYS))


def notice(digest: Digest, language: Language) -> str:
    """One line that says what there is to read, for notifications and screen readers; safe as mrkdwn."""
    told = str(language.get("list.separator")).join(_counted(digest, language, ()))
    told = told or language.text("slack.digest.nothing")
    if topics := list(_topics(digest, language)):
        listed = str(language.get("list.separator")).join(topics)
        told = language.text("slack.digest.notice_topics", counts=told, topics=listed)
    mark = _MARKED.get(digest.outcome)
    if mark is None:
        return mrkdwn.inert(language.text("slack.digest.notice", title=digest.title, told=told))
    mark = language.text(f"slack.digest.marked_{mark}")
    return mrkdwn.inert(language.text("slack.digest.notice_marked", title=digest.title, mark=mark, told=told))


def _counted(digest: Digest, language: Language, always: tuple[CountName, ...]) -> Iterator[str]:
    for name in _COUNTS if always else _NOTIFIED:
        count = getattr(digest.facts.counts, name)
        if count or name in always:
            yield language.text(f"slack.digest.count.{name}", n=count)


def _span(digest: Digest, language: Language) -> str:
    """From when to when, in the reader's own time, and whose time the sentences tell."""
    window = digest.facts.window
    since, until = (
        mrkdwn.moment(instant, moment_label(instant, window.tz), _MOMENT)
        for instant in (window.since, window.until)
    )
    span = language.text("slack.digest.span", since=since, until=until)
    if window.so_far:
        span = language.text("slack.digest.so_far", span=span)
    zone = mrkdwn.escaped(language.text("slack.digest.zone", tz=window.tz))
    return f"{span}{language.text('digest.between')}{zone}"


def _told(digest: Digest, language: Language, prose: Prose) -> Iterator[list[Element]]:
    """How the digest came out, if not as usual; then what else has to be known, and what the digest is limited to."""
    gaps: list[str] = []
    notes: list[str] = []
    for key, text in pages.warnings(digest, language):
        if key == "warnings.partial":
            gaps.append(language.text("slack.digest.incomplete_why"))
        else:
            (gaps if key in _GAPS or key.startswith("coverage.") else notes).append(text)
    if digest.outcome == "unavailable":
        yield _marked("unavailable", [language.text("slack.digest.unavailable_why"), *gaps], language, prose)
    elif gaps:
        yield _marked("incomplete", gaps, language, prose)
    elif digest.outcome == "quiet":
        yield _marked("quiet", [language.text("digest.quiet")], language, prose)
    if notes:
        yield _marked("note", notes, language, prose)
    for line in _limits(digest, language):
        yield prose.words(line)


def _marked(key: str, sentences: list[str], language: Language, prose: Prose) -> list[Element]:
    told = str(language.get("digest.sentence_gap")).join(sentences)
    mark = plain(language.text(f"slack.digest.{key}"), bold=True)
    return [*mark, *plain(language.text("digest.colon")), *prose.words(told)]


def _limits(digest: Digest, language: Language) -> list[str]:
    """The lines of every rendering's header that nothing above says: sources and filters."""
    window = digest.facts.window
    _, _, *lines = pages.header(digest, language)
    above = {
        language.text("digest.so_far", until=moment_label(window.until, window.tz)),
        language.text("digest.unavailable"),
        language.text("digest.quiet"),
    }
    warned = language.text("digest.warning", text="")
    return [line for line in lines if line not in above and not line.startswith(warned)]


def _topics(digest: Digest, language: Language) -> Iterator[str]:
    """How many items each topic of the digest has."""
    passing = digest.facts.shown
    for each in digest.sections:
        kind, _, key = each.id.partition("-")
        ledger = digest.facts.ledgers.get(key) if kind == "topic" else None
        if ledger is not None:
            members = {*ledger.about, *ledger.tagged} & passing.keys()
            name = pages.topic_name(ledger.topic, language)
            yield language.text("slack.digest.notice_topic", name=name, n=len(members))
