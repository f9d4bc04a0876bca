"""What pages about the archive say of digests, topics and weeks, in a visitor's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from adapters.web.archive import Listed
from adapters.web.months import last_day
from adapters.web.ways import dated, language_of
from summarizer.markup import one_line
from summarizer.pictures import weeks
from summarizer.windows import local_date, moment_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.web.archive import Standing, TopicListed, Trends
    from adapters.web.site import Frame, Site
    from summarizer.languages import Language
    from summarizer.plot import Shape

SERIES: Final = ("prs_opened", "issues_opened", "prs_merged", "issues_closed")
"""What the chart over weeks tells."""

COUNTS: Final = ("issues_opened", "issues_closed", "prs_opened", "prs_merged")
"""What a digest in a list tells of its counts."""

SHAPES: Final[tuple[Shape, ...]] = ("wide", "narrow")


@dataclass(frozen=True, slots=True)
class Row:
    """A digest in a list, in a page's language.

    lang: the title's. day: the last that it tells of. counts: (of what, how many). topics: (title, address).
    """

    listed: Listed
    url: str
    title: str
    lang: str
    day: date
    kind: str
    counts: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, str], ...]


class Said:
    """What the pages here say in a visitor's language. lang: that the address asks for, "" for none."""

    def __init__(self, site: Site, language: Language, lang: str, topics: Sequence[TopicListed] = ()) -> None:
        self.site = site
        self.language = language
        self.lang = lang
        self._titles = {each.key: self.named(each.titles) for each in topics}

    def frame(self, title: str, *, others: Mapping[str, str], **of_page: object) -> Frame:
        return self.site.frame(
            self.language,
            title,
            lang=self.lang,
            others=self.site.others(self.language, others),
            **of_page,
        )

    def named(self, titles: Mapping[str, str]) -> str:
        code = self.language.code
        return one_line(titles.get(code) or titles.get("en") or next(iter(titles.values()), ""))

    def dated(self, day: date, key: str) -> str:
        return dated(day, key, self.language)

    def synced(self, standing: Standing) -> str:
        """Up to when the mirror tells, "" where it was never read."""
        if standing.synced_until is None:
            return ""
        return self.language.text("web.front.synced", until=moment_label(standing.synced_until, self.site.tz))

    def rows(self, digests: Sequence[Listed]) -> list[Row]:
        return [self._row(each) for each in digests]

    def _row(self, listed: Listed) -> Row:
        lang = language_of(listed, self.language.code)
        return Row(
            listed,
            self.url(listed),
            one_line(listed.titles[lang]),
            lang,
            last_day(listed, self.site.tz),
            self.language.text(f"web.digest.kind.{listed.edition}"),
            tuple((name, listed.counts[name]) for name in COUNTS if name in listed.counts),
            tuple(
                (self._titles[key], self.site.topic_url(listed.repo, key, self.lang))
                for key in listed.topics
                if key in self._titles
            ),
        )

    def url(self, listed: Listed) -> str:
        """In the language that the visitor asked for, as far as the digest is kept in it."""
        lang = language_of(listed, self.language.code) if self.lang else ""
        return self.site.digest_url(listed.repo, listed.id, lang=lang)

    def number(self, n: int) -> str:
        from babel.numbers import format_decimal  # slow to import

        return format_decimal(n, locale=self.language.code)

    def weekdays(self) -> list[tuple[str, str]]:
        """(name, short name) from Monday on."""
        monday = date(2024, 1, 1)
        days = [monday + timedelta(days=place) for place in range(7)]
        return [(self.dated(day, "weekday"), self.dated(day, "weekday_short")) for day in days]

    def topics_told(self, topics: Sequence[TopicListed]) -> list[tuple[TopicListed, str]]:
        """(topic, its title) of those that have something this week."""
        return [(each, self._titles[each.key]) for each in topics if each.about or each.tagged]

    def chart(self, trends: Trends | None) -> Markup:
        """Both shapes, of which the style sheet shows the one that fits; empty where there is nothing to show."""
        if trends is None or not any(any(week.counts.values()) for week in trends.weeks):
            return Markup()
        told = [(week.since, week.counts) for week in trends.weeks]
        partial = frozenset(place for place, week in enumerate(trends.weeks) if not week.complete)
        wide, narrow = (
            weeks(told, SERIES, self.language, tz=trends.tz, shape=shape, partial=partial) for shape in SHAPES
        )
        return Markup(wide + narrow)  # noqa: S704 - ours, made by templates that escape

    def trends(self, trends: Trends | None) -> list[tuple[str, list[int], bool]]:
        """(when a week begins, its counts of `SERIES`, whether they are all), the newest first."""
        if trends is None:
            return []
        return [
            (
                self.dated(local_date(week.since, trends.tz), "day"),
                [week.counts.get(name, 0) for name in SERIES],
                week.complete,
            )
            for week in reversed(trends.weeks)
        ]
