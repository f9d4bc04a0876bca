"""Wording: how findings are worded in one language.

Lines are plain words as `digests.Claim.text` has them: `#123` refers to an item, a backticked span is code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer.extract import period_label
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code
from summarizer.languages import Language
from summarizer.pages import topic_name
from summarizer.topics.mends import UNDATED
from summarizer.untrusted import neutralize
from summarizer.why.findings import Why
from summarizer.windows import moment_label, offset_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from summarizer.filters import Filter
    from summarizer.items import Event, Item
    from summarizer.topics import Mend, Reason, Topic
    from summarizer.why.findings import Place, Stretch, Talk

_VALUE_CHARS = 60
_VALUES = 3
_PEOPLE = 5


@dataclass(frozen=True)
class Wording:
    """The words for one answer. repo: the option that names its repository in a command, where it has to be named."""

    why: Why
    language: Language
    repo: str = ""

    def text(self, key: str, **values: object) -> str:
        return self.language.text(f"why.{key}", **values)

    def listing(self, parts: Iterable[str]) -> str:
        return self.text("and").join(parts)

    @property
    def digest(self) -> str:
        """What the digest's window is called: "2025-12-10", "2026 week 13 · ..."."""
        return period_label(self.why.digest.facts.window, self.why.digest.edition, self.language)

    @property
    def span(self) -> str:
        """ "2025-12-10 17:53 ~ 18:53 (UTC+8)"."""
        window = self.why.digest.facts.window
        since, until = (each.astimezone(window.zone) for each in (window.since, window.until))
        if since.utcoffset() != until.utcoffset():
            return self.text(
                "between",
                since=moment_label(window.since, window.tz),
                until=moment_label(window.until, window.tz),
            )
        end = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M}"
        return self.text("between", since=f"{since:%Y-%m-%d %H:%M}", until=f"{end} ({offset_label(until)})")

    def when(self, instant: datetime) -> str:
        """The local time; the zone is that of the span. Of what only a file tells, the day."""
        facts = self.why.digest.facts
        if facts.is_day_alone(instant):
            return f"{instant:%Y-%m-%d}"
        return f"{instant.astimezone(facts.window.zone):%Y-%m-%d %H:%M}"

    def value(self, text: str) -> str:
        """A stranger's value as a code span."""
        return code(shorten(neutralize(text), _VALUE_CHARS))

    def values(self, texts: Sequence[str], most: int = _VALUES) -> str:
        """Some of them, and how many more there are."""
        shown = self.listing(self.value(each) for each in texts[:most])
        more = len(texts) - most
        return shown if more <= 0 else self.text("more", shown=shown, n=more)

    def topic(self, topic: Topic) -> str:
        return topic_name(topic, self.language)

    def place(self, place: Place) -> str:
        """A list's heading."""
        return self.language.text("digest.section.hot" if place == "hot" else f"digest.list.{place}")

    def event(self, event: Event, item: Item | None) -> str:
        """ "merged 2025-12-10 18:06"."""
        name = event.name
        if name == "closed" and item is not None and item.is_pull_request:
            name = "closed_unmerged"
        elif name == "closed_unmerged" and item is not None and not item.is_pull_request:
            name = "closed"
        return self.text(f"event.{name}", at=self.when(event.at))

    def talk(self, kind: str, talk: Talk) -> str:
        """ "3 comments (2025-12-10 17:55 to 18:40), 2 by bots". kind: "comments" or "reviews"."""
        if not talk.people:
            return self.text(f"talk.{kind}_by_bots", n=talk.bots)
        told = self.text(f"talk.{kind}", n=talk.people)
        if talk.first is not None and talk.last is not None:
            first, last = self.when(talk.first), self.when(talk.last)
            key = "talk.at" if first == last else "talk.from_to"
            is_same_day = first.partition(" ")[0] == last.partition(" ")[0]
            told = self.text(
                key, told=told, first=first, last=last.partition(" ")[2] if is_same_day else last
            )
        return self.text("talk.and_bots", told=told, n=talk.bots) if talk.bots else told

    def stretch(self, stretch: Stretch, item: Item | None, most: int) -> str:
        """All that happened: the last `most` events, comments, reviews."""
        parts = [self.event(event, item) for event in stretch.events[-most:]]
        if stretch.comments.total:
            parts.append(self.talk("comments", stretch.comments))
        if stretch.reviews.total:
            parts.append(self.talk("reviews", stretch.reviews))
        return self.text("then").join(parts)

    def state(self, item: Item) -> str:
        name: str = "draft" if item.state == "open" and item.is_draft else item.state
        if item.state == "closed" and item.is_pull_request:
            name = "closed_unmerged"
        return self.language.text(f"extract.state.{name}")

    def filter(self, each: Filter) -> str:
        return self.value(f"{'-' if each.negated else ''}{each.key}:{','.join(each.values)}")

    def because(self, reasons: Sequence[Reason], form: str) -> str:
        """The reasons, rule by rule, each value once. form: "because" in a sentence, "reason" in a list."""
        values: dict[str, dict[str, str]] = {}
        for reason in reasons:
            rule = "organisation" if reason.organisation else reason.rule
            shown = reason.value if rule == "linked" else self._told(rule, reason)
            values.setdefault(rule, {}).setdefault(shown.casefold(), shown)
        told = (
            self.text(f"{form}.{rule}", value=self.listing([*found.values()][:_VALUES]))
            for rule, found in values.items()
        )
        return self.text("then").join(told)

    def mend(self, mend: Mend) -> str:
        """Who decided what, when and why."""
        target = "number" if mend.number is not None else "login"
        by = shorten(neutralize(mend.by), _VALUE_CHARS).replace("`", "'")
        at = self.text("mend.in_file") if mend.at == UNDATED else self.text("mend.at", at=self.when(mend.at))
        told = self.text(f"mend.{mend.action}_{target}", by=by, at=at, login=self.value(mend.login or ""))
        because = shorten(neutralize(mend.because), 200).replace("`", "'")
        return self.text("mend.because", told=told, because=because) if because else told

    def people(self, logins: Sequence[str]) -> str:
        return self.values(logins, _PEOPLE)

    def command(self, *words: str) -> str:
        """A command, as it is typed."""
        return code(" ".join(filter(None, (*words, self.repo))))

    def _told(self, rule: str, reason: Reason) -> str:
        if rule == "organisation":
            return self.text(
                "of", value=self.value(reason.value), organisation=neutralize(reason.organisation)
            )
        if rule == "mend":
            return shorten(neutralize(reason.value), 120).replace("`", "'")
        return self.value(reason.value)
