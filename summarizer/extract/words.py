"""What the sections share: an item in a few words, times, states, spans, how claims name people and code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from summarizer.assessments import Assessment
from summarizer.digests import Claim
from summarizer.extract.paths import telling as telling_paths
from summarizer.extract.ranking import ranked
from summarizer.extract.sentences import shorten, telling
from summarizer.facts import Facts
from summarizer.languages import Language
from summarizer.stories import reverted_by, story
from summarizer.untrusted import neutralize
from summarizer.windows import Edition, previous

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from summarizer.alerts import Alert
    from summarizer.digests import Source
    from summarizer.items import Item
    from summarizer.stories import Chapter
    from summarizer.topics import Ledger
    from summarizer.windows import Window

TITLE_LIMIT = 120
_FILES, _CHAPTERS = 3, 6


@dataclass(frozen=True)
class Words:
    """The words of one language about one window's facts.

    assessments: of the items that a model judged; `judged` has code's for the rest. release: the tag of a release
    edition, "" where it is not known.
    """

    facts: Facts
    language: Language
    project: str
    assessments: Mapping[int, Assessment] = field(default_factory=dict)
    edition: Edition = "daily"
    release: str = ""

    @cached_property
    def judged(self) -> Mapping[int, Assessment]:
        """An assessment of every item of the window."""
        from summarizer.rubric import assess_all

        unjudged = [number for number in self.facts.items if number not in self.assessments]
        return {**assess_all(self.facts, unjudged), **self.assessments}

    def importance(self, number: int) -> int:
        """0 to 10; 0 for an item that nobody judged."""
        judged = self.judged.get(number)
        return judged.importance if judged else 0

    @cached_property
    def merged(self) -> tuple[Item, ...]:
        """The listed merged pull requests, most important first."""
        numbers = {row.number for row in self.facts.lists.get("prs_merged", ())}
        return tuple(item for _, item in self.ranked if item.number in numbers)

    @cached_property
    def key_prs(self) -> tuple[Item, ...]:
        """The merged pull requests that are key ones, most important first."""
        return tuple(
            item for item in self.merged if (one := self.judged.get(item.number)) is not None and one.is_key
        )

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """The window's alerts among the items that pass the filters."""
        from summarizer.alerts import find_alerts

        return tuple(alert for alert in find_alerts(self.facts) if alert.number in self.shown)

    @cached_property
    def shown(self) -> Mapping[int, Item]:
        """The items of the window that pass the filters."""
        return self.facts.shown

    @property
    def is_imported(self) -> bool:
        """Whether the window is known from an imported file alone, which is silent about much."""
        return "imported" in self.facts.coverage.reasons

    def known(self, number: int) -> Item | None:
        """The item of that number, of the window or one that its items speak of."""
        return self.facts.items.get(number) or self.facts.related.get(number)

    @cached_property
    def ranked(self) -> list[tuple[float, Item]]:
        """The listed items with their scores, best first."""
        return ranked(self.facts, self.judged)

    @cached_property
    def lasting(self) -> list[tuple[float, Item]]:
        """`ranked`, with pull requests that were closed without merging last: they change nothing."""
        return sorted(self.ranked, key=lambda each: each[1].is_pull_request and each[1].state == "closed")

    def filtered(self, ledger: Ledger) -> Ledger:
        """The ledger's members that pass the facts' filters."""
        if not self.facts.filters:
            return ledger
        return replace(
            ledger,
            about=tuple(number for number in ledger.about if number in self.shown),
            tagged=tuple(number for number in ledger.tagged if number in self.shown),
        )

    def text(self, key: str, **values: object) -> str:
        return self.language.text(f"extract.{key}", **values)

    def claim(
        self,
        key: str,
        cites: Iterable[int] = (),
        *,
        label: str = "",
        source: Source = "facts",
        **values: object,
    ) -> Claim:
        """The sentence at `extract.<key>` as a claim; label: a key below `extract.label`."""
        return Claim(
            self.text(key, **values), tuple(cites), source, self.text(f"label.{label}") if label else ""
        )

    def numbers(self, numbers: Iterable[int]) -> str:
        return str(self.language.get("list.separator")).join(f"#{number}" for number in numbers)

    def listing(self, parts: Iterable[str]) -> str:
        return str(self.language.get("list.separator")).join(parts)

    def named(self, number: int) -> str:
        """`#123 title`."""
        item = self.known(number)
        return f"#{number} {title_of(item)}".rstrip() if item else f"#{number}"

    def some(self, numbers: Sequence[int], most: int) -> str:
        """The first `most` numbers, and how many more there are."""
        shown = self.numbers(numbers[:most])
        more = len(numbers) - most
        return shown if more <= 0 else self.text("and_more", numbers=shown, count=more)

    @cached_property
    def period(self) -> str:
        """What the window is called in a sentence: "this week", "in `v0.11.0`"."""
        if self.edition == "release" and self.release:
            return self.text("period.in_release", release=code(self.release))
        is_whole = self.edition not in ("weekly", "monthly") or period_of(self.facts.window, self.edition)
        return self.text(f"period.{self.edition if is_whole else 'daily'}")

    @cached_property
    def before(self) -> str:
        """The dates of the window that this one is compared with."""
        return self.dates(previous(self.facts.window))

    def dates(self, window: Window) -> str:
        """The days of a window, with times where it does not begin and end at midnight: "03-16 ~ 03-22"."""
        since = window.since.astimezone(window.zone)
        until = window.until.astimezone(window.zone)
        if since.time() == until.time() == time():
            last = (window.until - timedelta(microseconds=1)).astimezone(window.zone)
            days = dict.fromkeys((self.day(window.since), self.day(last)))
            return self.text("period.between").join(days)
        end = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%m-%d %H:%M}"
        return self.text("period.between").join((f"{since:%m-%d %H:%M}", end))

    def when(self, instant: datetime) -> str:
        """The local time, with the day where the window holds more than one. The header names the zone."""
        window = self.facts.window
        if self.facts.is_day_alone(instant):
            return f"{instant:%m-%d}"
        local, first = instant.astimezone(window.zone), window.since.astimezone(window.zone)
        same_day = window.duration.total_seconds() <= 86_400 and local.date() == first.date()
        return f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"

    def moment(self, instant: datetime) -> str:
        """The local time within the window, else the day."""
        return self.when(instant) if instant in self.facts.window else self.day(instant)

    def span(self, seconds: float) -> str:
        """See `span_of`."""
        return span_of(seconds, self.language)

    def happened(self, item: Item) -> str:
        """What happened to the item in the window, each with its time; else how much was said there."""
        window = self.facts.window
        events = [event for event in item.events if event.at in window]
        if events:
            return self.listing(
                self.text(f"event.{event.name}", when=self.when(event.at)) for event in events[-3:]
            )
        said = [comment for comment in item.comments if comment.created_at in window]
        if said:
            return self.text("event.commented", n=len(said))
        if any(review.submitted_at in window for review in item.reviews):
            return self.text("event.reviewed")
        return self.state(item)

    @cached_property
    def _reverted(self) -> Mapping[int, int]:
        return reverted_by(self.facts)

    def told(self, item: Item, *, with_talk: bool = True) -> str:
        """The item's story up to the window's end: "opened 12-03, approved 12-08, merged 12:30". Of a long one the
        opening and the last chapters.

        Where nothing happened in the window it ends with the item's state, and with_talk with how much was said.
        """
        chapters = list(story(item, self.facts, self._reverted))
        is_quiet = not any(chapter.in_window for chapter in chapters)
        if not chapters:
            return self.happened(item)
        if len(chapters) > _CHAPTERS:
            chapters = [chapters[0], *chapters[1 - _CHAPTERS :]]
        parts = [self._chapter(chapter) for chapter in chapters]
        if is_quiet and item.state == "open" and not item.is_draft:
            parts.append(self.state(item))
        if is_quiet and with_talk and (heard := self.happened(item)) != self.state(item):
            parts.append(heard)
        return self.listing(parts)

    def _chapter(self, chapter: Chapter) -> str:
        if chapter.at is None:
            return self.text(f"chapter.{chapter.name}")
        when = self.when(chapter.at) if chapter.in_window else self.day(chapter.at)
        by = code(chapter.by) if chapter.by else ""
        key = f"chapter.{chapter.name}_by"
        if by and self.language.has(f"extract.{key}"):
            return self.text(key, when=when, by=by)
        return self.text(f"chapter.{chapter.name}", when=when, number=f"#{chapter.number}")

    def day(self, instant: datetime) -> str:
        """The local day, with the year where the window has no day of that year; the time on the window's own day."""
        zone = UTC if self.facts.is_day_alone(instant) else self.facts.window.zone
        local, first = instant.astimezone(zone), self.facts.window.since.astimezone(zone)
        if local.date() == first.date() and self.facts.window.duration <= timedelta(days=1):
            return self.when(instant)
        last = max(self.facts.window.since, self.facts.window.until - timedelta(microseconds=1))
        is_near = instant in self.facts.window or local.year == last.astimezone(zone).year
        return f"{local:%m-%d}" if is_near else f"{local:%Y-%m-%d}"

    def state(self, item: Item) -> str:
        """The item's state when the window ended."""
        if item.state == "closed" and item.is_pull_request:
            return self.text("state.closed_unmerged")
        return self.text(f"state.{'draft' if item.state == 'open' and item.is_draft else item.state}")

    def reach(self, item: Item) -> tuple[Claim, ...]:
        """Files and lines, as far as they are known, with the paths that tell most."""
        parts = []
        count = item.changed_files
        if count is None and item.files:
            count = len(item.files)
        if count is not None:
            parts.append(self.text("changes.files", n=count))
        if item.additions is not None and item.deletions is not None:
            parts.append(self.text("changes.lines", added=item.additions, deleted=item.deletions))
        paths = [code(path) for path in telling_paths(item)[:_FILES]]
        if not parts and not paths:
            return ()
        key = "changes.reach" if not paths else "changes.reach_paths" if parts else "changes.only_paths"
        return (
            self.claim(
                key, (item.number,), label="reach", reach=self.listing(parts), paths=self.listing(paths)
            ),
        )

    def risks(self, number: int) -> str:
        """The risk tags of an item, "" where it carries none."""
        judged = self.judged.get(number)
        return self.listing(self.text(f"risk.{risk}") for risk in judged.risks) if judged else ""

    def said(self, item: Item, *, limit: int = 220) -> str:
        """The most telling sentence of the item's own text; "" when it says nothing."""
        return telling(item.body or "", most=1, limit=limit, title=item.title)

    def gist(self, item: Item) -> str:
        """What changes, in the words of a model that judged the item; "" where none did."""
        judged = self.assessments.get(item.number)
        return neutralize(judged.what) if judged is not None and judged.by_model else ""

    def excerpt(self, item: Item, *, label: str, most: int = 1, limit: int = 260) -> tuple[Claim, ...]:
        """What a model told of the item, else the most telling sentences of its own text, quoted as such; none when it
        says nothing."""
        if gist := self.gist(item):
            return (Claim(gist, (item.number,), "model", self.text("label.gist")),)
        return self.quoted(item, label=label, most=most, limit=limit)

    def quoted(self, item: Item, *, label: str, most: int = 1, limit: int = 260) -> tuple[Claim, ...]:
        """The most telling sentences of the item's own text, whoever judged it; none when it says nothing."""
        found = telling(item.body or "", most=most, limit=limit, title=item.title)
        if not found:
            return ()
        return (self.claim("quoted", (item.number,), label=label, source="extraction", text=found),)


def period_of(window: Window, edition: Edition) -> tuple[int, int] | None:
    """(year, ISO week) or (year, month) that a weekly's or monthly's window is or lies in; None for a longer one."""
    first, last = (
        instant.astimezone(window.zone).date()
        for instant in (window.since, max(window.since, window.until - timedelta(microseconds=1)))
    )
    if edition == "weekly" and first.isocalendar()[:2] == last.isocalendar()[:2]:
        return first.isocalendar()[:2]
    if edition == "monthly" and (first.year, first.month) == (last.year, last.month):
        return first.year, first.month
    return None


def title_of(item: Item) -> str:
    """The item's title in one short line, without its own number, which squashed commits put at the end."""
    title, own = neutralize(item.title), f"(#{item.number})"
    while title.endswith(own) and title != own:
        title = title.removesuffix(own).rstrip()
    return shorten(title, TITLE_LIMIT)


def span_of(seconds: float, language: Language) -> str:
    """A span of time in its largest sensible unit: "33 min", "2.5 h", "3 d"."""
    minutes = seconds / 60
    if minutes < 90:
        return language.text("extract.span.minutes", count=max(1, round(minutes)))
    hours = minutes / 60
    if hours < 48:
        return language.text("extract.span.hours", count=f"{hours:.1f}".removesuffix(".0"))
    return language.text("extract.span.days", count=f"{hours / 24:.1f}".removesuffix(".0"))


def code(text: str) -> str:
    """A login, a path or a label as a code span, in which nothing is markup and nobody is pinged."""
    return f"`{neutralize(text.replace('`', '')) or '?'}`"
