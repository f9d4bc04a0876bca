"""Headline: what stands above a digest, and the line that notifies of it."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.items import listing
from adapters.chat.outline.membership import members_of
from adapters.chat.outline.spans import Inline, Span, plain
from summarizer import pages
from summarizer.extract import period_label
from summarizer.windows import day_start, moment_label, window_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from adapters.chat.outline.prose import Prose
    from summarizer.digests import Digest
    from summarizer.facts import CountName
    from summarizer.languages import Language
    from summarizer.windows import Window

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
"""Counted in a notification, or the others where these are nothing."""
_GAPS: Final = frozenset({"warnings.items_missing", "warnings.comments_missing", "digest.incomplete"})
"""Warnings of what the data lacks, beside all of `[coverage]`; others tell how the digest was made."""


@dataclass(frozen=True, slots=True)
class Headline:
    """title, counts: plain words; counts are "" where nothing happened or nothing is known. span: from when to when,
    and whose time the sentences tell. told: all that a reader has to know before the first sentence, each a
    paragraph."""

    title: str
    counts: str
    span: Inline
    told: tuple[Inline, ...]


def headline(digest: Digest, language: Language, prose: Prose) -> Headline:
    """What stands above the digest. language: that of its sections."""
    # nobody reads zeros where nothing happened, nor where nothing is known
    counted = "" if digest.outcome in ("quiet", "unavailable") else counts(digest, language)
    return Headline(digest.title, counted, _span(digest, language), tuple(_told(digest, language, prose)))


def counts(digest: Digest, language: Language) -> str:
    """ "31 merged · 58 new PRs · …": of the whole window, whatever the filters."""
    return language.text("digest.between").join(_counted(digest, language, _COUNTS, _ALWAYS))


def notice(digest: Digest, language: Language) -> str:
    """One line that says what there is to read, for notifications and screen readers, in plain words:
    nothing is escaped in it."""
    title = titled(digest, language)
    if digest.outcome == "unavailable":
        return language.text("chat.digest.notice_unavailable", title=title)
    told = _moved(digest, language)
    topics = [] if digest.outcome == "quiet" else list(_topics(digest, language))
    if topics:
        told = language.text("chat.digest.notice_topics", counts=told, topics=listing(topics, language))
    if digest.outcome != "partial":
        return language.text("chat.digest.notice", title=title, told=told)
    mark = language.text("chat.digest.marked_incomplete")
    return language.text("chat.digest.notice_marked", title=title, mark=mark, told=told)


def window_shown(digest: Digest, language: Language) -> str:
    """The digest's window as its title tells it, with the hours where it is made of no whole days: "2025-12-10
    17:53–18:53", "2025-12-10 00:00–20:59, so far". A release, a week and a month that are not over keep their names."""
    window = digest.facts.window
    return (
        hours_label(window, language)
        if digest.edition == "daily"
        else period_label(window, digest.edition, language)
    )


def hours_label(window: Window, language: Language) -> str:
    """The window by its days, with the hours where it is made of no whole days."""
    since, until = window.since.astimezone(window.zone), window.until.astimezone(window.zone)
    is_whole = since == _midnight(since) and until == _midnight(until)
    if is_whole:
        return window_label(window)
    first, last = _clock(since), _clock(until)
    key = "hours" if since.date() == until.date() else "hours_over_days"
    days = {"first_day": since.date().isoformat(), "last_day": until.date().isoformat()}
    shown = language.text(f"chat.digest.{key}", first=first, last=last, **days)
    return language.text("chat.digest.so_far", span=shown) if window.so_far else shown


def _midnight(local: datetime) -> datetime:
    """The instant at which its day begins."""
    return day_start(local.date(), str(local.tzinfo)).astimezone(local.tzinfo)


def _clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def titled(digest: Digest, language: Language) -> str:
    """The title, with the hours of a window that is made of no whole days."""
    label, shown = window_label(digest.facts.window), window_shown(digest, language)
    if digest.edition != "daily" or shown == label:
        return digest.title
    if digest.title.endswith(label):
        return digest.title.removesuffix(label) + shown
    return language.text("chat.digest.titled", title=digest.title, window=shown)


def _moved(digest: Digest, language: Language) -> str:
    """What happened, the most important of it; that nothing did only where that is so."""
    if told := list(_counted(digest, language, _NOTIFIED)) or list(_counted(digest, language, _COUNTS)):
        return listing(told, language)
    if digest.facts.items:
        return language.text("chat.digest.talked", n=len(digest.facts.items))
    return language.text("chat.digest.nothing" if digest.facts.complete else "chat.digest.nothing_seen")


def _counted(
    digest: Digest, language: Language, names: tuple[CountName, ...], always: tuple[CountName, ...] = ()
) -> Iterator[str]:
    for name in names:
        count = getattr(digest.facts.counts, name)
        if count or name in always:
            yield language.text(f"chat.digest.count.{name}", n=count)


def _span(digest: Digest, language: Language) -> Inline:
    """From when to when, in the reader's own time, and whose time the sentences tell."""
    window = digest.facts.window
    since, until = (
        (Span(moment_label(instant, window.tz), at=instant),) for instant in (window.since, window.until)
    )
    span = filled(language.get("chat.digest.span"), since=since, until=until)
    if window.so_far:
        span = filled(language.get("chat.digest.so_far"), span=span)
    zone = language.text("chat.digest.zone", tz=window.tz)
    return span + plain(language.text("digest.between")) + plain(zone)


def filled(pattern: str, **parts: Inline) -> Inline:
    """A text of a language file with spans in its places."""
    made: Inline = ()
    for words, name, *_ in Formatter().parse(pattern):
        made += plain(words) + (parts[name] if name else ())
    return made


def _told(digest: Digest, language: Language, prose: Prose) -> Iterator[Inline]:
    """How the digest came out, if not as usual; then what else has to be known, and what the digest is limited to."""
    gaps: list[str] = []
    notes: list[str] = []
    for key, text in pages.warnings(digest, language):
        if key == "warnings.partial":
            gaps.append(language.text("chat.digest.incomplete_why"))
        else:
            (gaps if key in _GAPS or key.startswith("coverage.") else notes).append(text)
    if digest.outcome == "unavailable":
        yield _marked("unavailable", [language.text("chat.digest.unavailable_why"), *gaps], language, prose)
    elif gaps:
        yield _marked("incomplete", gaps, language, prose)
    elif digest.outcome == "quiet":
        yield _marked("quiet", _checked(digest, language), language, prose)
    if notes:
        yield _marked("note", notes, language, prose)
    for line in _limits(digest, language):
        yield prose.words(line)


def _checked(digest: Digest, language: Language) -> list[str]:
    """What was looked at, and for which topics, before it was called quiet."""
    topics = [each for section in digest.sections if (each := members_of(section, digest, language))]
    if not topics:
        return [language.text("digest.quiet")]
    names = listing((each.name for each in topics), language)
    return [language.text("digest.quiet"), language.text("chat.digest.looked_for", names=names)]


def _marked(key: str, sentences: list[str], language: Language, prose: Prose) -> Inline:
    told = str(language.get("digest.sentence_gap")).join(sentences)
    mark = plain(language.text(f"chat.digest.{key}"), bold=True)
    return mark + plain(language.text("digest.colon")) + prose.words(told)


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
    """How many items each topic of the digest is about."""
    for each in digest.sections:
        members = members_of(each, digest, language)
        if members is not None and (members.about or members.tagged):
            told = members.counted(language)
            yield language.text("chat.digest.notice_topic", name=members.name, told=told)
