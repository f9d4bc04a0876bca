"""Pages: what every rendering of a digest says, as plain values in one language; templates lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from summarizer.digests import Claim, Table
from summarizer.facts import LIST_NAMES
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from summarizer.digests import Digest, Rung, Section
    from summarizer.facts import Facts, ListName
    from summarizer.filters import Filter
    from summarizer.items import Item, Seen
    from summarizer.languages import Language
    from summarizer.topics import Topic

APPENDIX = "appendix"
_HOW: Mapping[Rung, str] = {
    "full": "by_model",
    "fast": "by_fast_model",
    "fewer": "by_fewer",
    "extraction": "by_extraction_instead",
}
"""Rung of the ladder -> how the words came about, a key below `[digest]`."""
_ALWAYS: tuple[ListName, ...] = LIST_NAMES[:5]
"""Lists that are shown even when they are empty."""


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry: its item's kind, title and address, or a theme's heading; inline: a theme's only sentence."""

    number: int | None
    kind: str
    title: str
    url: str
    heading: str
    inline: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section: paragraph joins the leading claims without a label, points are those with one.

    tables_first: whether the entries enlarge on what the tables show, and so follow them.
    """

    id: str
    heading: str
    paragraph: str
    points: tuple[Claim, ...]
    entries: tuple[ShownEntry, ...]
    tables: tuple[Table, ...] = ()
    tables_first: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: an item by number, or a release by tag. parts: labels if known, and author. All unescaped."""

    number: int | None
    tag: str
    title: str
    url: str
    parts: tuple[str, ...]
    moment: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list of the appendix. name: as the digest's JSON has it. width: characters its numbers or tags take in plain
    text."""

    name: str
    heading: str
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        return max((len(row.tag if row.number is None else f"#{row.number}") for row in self.rows), default=0)


def urls(facts: Facts) -> dict[int, str]:
    """The address of every item the digest knows."""
    return {number: item.url for number, item in {**facts.related, **facts.items}.items()}


def date(digest: Digest) -> str:
    """The last local day of the window, as an ISO date."""
    window = digest.facts.window
    return (window.until - timedelta(microseconds=1)).astimezone(window.zone).date().isoformat()


def header(digest: Digest, language: Language) -> list[str]:
    """The lines below the title: window, statistics, filters, and each thing a reader has to be warned of."""
    facts, window = digest.facts, digest.facts.window
    lines = [
        language.text(
            "digest.window",
            since=moment_label(window.since, window.tz),
            until=moment_label(window.until, window.tz),
        ),
        language.text("digest.statistics", counts=" | ".join(_counted(facts, language))),
    ]
    if digest.edition != "daily" and digest.assessments:
        lines.append(_sources(digest, language))
    if facts.filters:
        lines.append(language.text("digest.filtered", summary=_filter_summary(facts, language)))
    if window.so_far:
        lines.append(language.text("digest.so_far", until=moment_label(window.until, window.tz)))
    if digest.outcome == "unavailable":
        lines.append(language.text("digest.unavailable"))
    elif digest.outcome == "quiet" and facts.complete:
        lines.append(language.text("digest.quiet"))
    told = str(language.get("digest.sentence_gap")).join(text for _, text in warnings(digest, language))
    return [*lines, language.text("digest.warning", text=told)] if told else lines


def warnings(digest: Digest, language: Language) -> list[tuple[str, str]]:
    """What every rendering warns of: (key, sentence) of each notice and of each reason the data has gaps."""
    facts = digest.facts
    found = [
        (f"warnings.{notice.key}", language.text(f"warnings.{notice.key}", **notice.values))
        for notice in facts.warnings
    ]
    items, comments = facts.coverage.items, facts.coverage.comments
    for reason in facts.coverage.reasons:
        key = f"coverage.{reason}"
        if language.has(key):
            values = {"n": items.seen, "seen": items.seen, "expected": _expected(items, language)}
            values |= {"comments_seen": comments.seen, "comments_expected": _expected(comments, language)}
            found.append((key, language.text(key, **values)))
    if not found and not facts.complete:
        found.append(("digest.incomplete", language.text("digest.incomplete")))
    return found


def footer(digest: Digest, language: Language) -> list[str]:
    """How the words came about, what was checked, what the data holds, and the zone of the times."""
    made, checked, coverage = digest.generation, digest.verification, digest.facts.coverage
    offline = made.model in ("", "offline")
    how = "by_extraction" if offline else _HOW[made.rung]
    lines = [language.text("digest.generated", how=language.text(f"digest.{how}", model=made.model))]
    instead = [text for _, text in extracted(digest, language)]
    if instead:
        lines.append(
            language.text("digest.extracted", sections=str(language.get("list.separator")).join(instead))
        )
    if made.shown is not None and made.shown[0] < made.shown[1]:
        lines.append(language.text("digest.read", shown=made.shown[0], total=made.shown[1]))
    if judged := _judged(digest, language):
        lines.append(judged)
    if checked.claims:
        lines.append(
            language.text(
                "digest.checked",
                claims=checked.claims,
                repaired=checked.repaired,
                dropped=len(checked.dropped),
            )
        )
    covered = language.text(
        "digest.coverage",
        items=_covered("items", coverage.items, language),
        comments=_covered("comments", coverage.comments, language),
    )
    return [*lines, covered, language.text("digest.zone", tz=digest.facts.window.tz)]


def _judged(digest: Digest, language: Language) -> str:
    """How many items the model judged, and why code judged others; "" where it was not asked."""
    made = digest.generation
    failed = sum(count for _, count in made.unassessed)
    n = made.assessed + made.reused
    if not n and not failed:
        return ""
    reasons = dict.fromkeys(failure_reason(key, language) for key, _ in made.unassessed)
    return language.text(
        "digest.judged_partly" if failed else "digest.judged",
        n=n,
        reused=made.reused,
        failed=failed,
        reasons=tuple(reasons),
    )


def extracted(digest: Digest, language: Language) -> list[tuple[str, str]]:
    """(error key, "section (reason)") of each section a model should have written and extraction wrote."""
    titles = {section.id: section.title for section in digest.sections}
    return [
        (
            key,
            language.text(
                "digest.extracted_one",
                section=titles.get(section_id, section_id),
                reason=failure_reason(key, language),
            ),
        )
        for section_id, key in digest.generation.extracted
    ]


def sections(digest: Digest, language: Language) -> list[ShownSection]:
    """Every section that says anything, but the appendix."""
    return [section_shown(section, digest.facts, language) for section in told(digest)]


def told(digest: Digest) -> list[Section]:
    """The sections that say anything, without the appendix, which has a layout of its own."""
    return [
        section
        for section in digest.sections
        if section.id != APPENDIX and (section.claims or section.entries or section.tables)
    ]


def section_shown(section: Section, facts: Facts, language: Language) -> ShownSection:
    """A section, ready to be laid out."""
    gap = str(language.get("digest.sentence_gap"))
    entries = []
    for entry in section.entries:
        item = None
        if entry.number is not None:
            item = facts.items.get(entry.number) or facts.related.get(entry.number)
        alone = entry.number is None and len(entry.claims) == 1 and not entry.claims[0].label
        entries.append(
            ShownEntry(
                number=entry.number,
                kind=language.text(f"digest.kind.{item.kind}") if item else "",
                title=title_shown(item, language) if item else "",
                url=item.url if item else "",
                heading=entry.heading,
                inline=entry.claims[0].text if alone else "",
                claims=() if alone else entry.claims,
            )
        )
    paragraph = gap.join(claim.text for claim in section.claims if not claim.label)
    points = tuple(claim for claim in section.claims if claim.label)
    tables = tuple(table for table in section.tables if table.rows)
    tables_first = section.id == "activity"  # the longest discussions, behind the table of threads
    return ShownSection(section.id, section.title, paragraph, points, tuple(entries), tables, tables_first)


def lists(facts: Facts, language: Language) -> list[ShownList]:
    """The lists of the appendix in order; reopened, releases, carried_over only when they hold something."""
    shown = []
    for name in LIST_NAMES:
        if name == "carried_over" and facts.releases:
            releases = tuple(_releases(facts, language))
            shown.append(ShownList("releases", language.text("digest.list.releases"), releases))
        rows = tuple(_rows(name, facts, language))
        if rows or name in _ALWAYS:
            shown.append(ShownList(name, language.text(f"digest.list.{name}"), rows))
    return shown


def topic_name(topic: Topic, language: Language) -> str:
    """The topic's title in that language, else in English, else its key."""
    return topic.title.get(language.code) or topic.title.get("en") or topic.key


def title_shown(item: Item, language: Language) -> str:
    return item.title if item.title.strip() else language.text("digest.untitled")


def _sources(digest: Digest, language: Language) -> str:
    """How many merged pull requests the digest is made of, and how many of them are key ones."""
    numbers = [row.number for row in digest.facts.lists.get("prs_merged", ())]
    judged = (digest.assessments.get(number) for number in numbers)
    keys = sum(each is not None and each.is_key for each in judged)
    return language.text("digest.sources", sources=len(numbers), keys=keys)


def _counted(facts: Facts, language: Language) -> Iterator[str]:
    for name in (*_ALWAYS, "reopened", "releases"):
        count = getattr(facts.counts, name)
        if count or name in _ALWAYS:
            yield language.text(f"digest.counts.{name}", n=count)


def _filter(each: Filter) -> str:
    return f"{'-' if each.negated else ''}{each.key}:{','.join(each.values)}"


def filter_line(facts: Facts) -> str:
    """The filters as they are written on a line: "topic:amd -author:ci-bot"."""
    return " ".join(_filter(each) for each in facts.filters)


def _filter_summary(facts: Facts, language: Language) -> str:
    """How much the filters left: "AMD/ROCm: 7 of 178 (4 about it, 3 indirectly)"."""
    summary = facts.filter_summary
    expression = filter_line(facts)
    if summary is None:
        return expression
    if summary.about is None:
        return language.text("filters.summary", name=expression, shown=summary.shown, total=summary.total)
    only_topics = all(each.key == "topic" and not each.negated for each in facts.filters)
    names = [topic_name(facts.ledgers[key].topic, language) for key in summary.topics]
    return language.text(
        "filters.tiers",
        name=str(language.get("list.separator")).join(names) if only_topics else expression,
        shown=summary.shown,
        total=summary.total,
        about=summary.about,
        tagged=summary.tagged,
    )


def failure_reason(key: str, language: Language) -> str:
    """Why a model did not write, by the error's key, in a few words."""
    short = f"digest.reason.{key.rpartition('.')[2]}"
    return language.text(short if language.has(short) else "digest.reason.other")


def _covered(what: str, seen: Seen, language: Language) -> str:
    return language.text(f"digest.covered_{what}", seen=seen.seen, expected=_expected(seen, language))


def _expected(seen: Seen, language: Language) -> object:
    return language.text("digest.unknown") if seen.expected is None else seen.expected


def _rows(name: ListName, facts: Facts, language: Language) -> Iterator[Row]:
    # a file that was imported seldom tells labels, and what it does not tell is not denied
    is_told = "imported" not in facts.coverage.reasons
    unlabelled = (language.text("digest.unlabelled"),) if is_told else ()
    for listed in facts.lists.get(name, ()):
        item = facts.items[listed.number]
        labels = (",".join(item.labels),) if item.labels else unlabelled
        by = (language.text("digest.row.by", login=item.author.login),) if item.author else ()
        yield Row(
            number=item.number,
            tag="",
            title=title_shown(item, language),
            url=item.url,
            parts=(*labels, *by),
            moment=language.text(f"digest.moment.{name}", when=_when(listed.at, facts)),
        )


def _when(instant: datetime, facts: Facts) -> str:
    return f"{instant:%Y-%m-%d}" if facts.is_day_alone(instant) else moment_label(instant, facts.window.tz)


def _releases(facts: Facts, language: Language) -> Iterator[Row]:
    for release in facts.releases:
        yield Row(
            number=None,
            tag=release.tag_name,
            title=release.name or release.tag_name,
            url=release.url,
            parts=(language.text("digest.row.prerelease"),) if release.is_prerelease else (),
            moment=language.text(
                "digest.moment.releases", when=moment_label(release.published_at, facts.window.tz)
            ),
        )
