"""Forms of the API: what the archive tells, as JSON objects, which `schemas` describes. Pure.

Times are ISO-8601 with the offset of the weeks' zone where there are weeks, else of UTC; None is unknown, never "no".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from summarizer.itemform import item_object
from summarizer.markup import one_line
from summarizer.questions.leads import is_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from adapters.web.archive import (
        ItemShown,
        Listed,
        SearchShown,
        Standing,
        TopicItem,
        TopicListed,
        TopicOf,
        TopicShown,
        Trends,
    )
    from adapters.web.site import Site
    from summarizer.assessments import Assessment
    from summarizer.items import Item, Person
    from summarizer.languages import Language

Object = dict[str, Any]

UTC_ZONE = ZoneInfo("UTC")


class Forms:
    """Makes the objects. site: names the pages of what they tell."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def address(self, url: str) -> str:
        """Of a page of ours."""
        return self._site.absolute(url) or url

    def api(self, path: str) -> str:
        """Of the API, by what stands behind /api/v1."""
        return self.address(f"{self._site.base}/api/v1{path}")

    def repo(self, standing: Standing) -> Object:
        return {
            "repo": standing.repo,
            "html_url": self.address(self._site.list_url(standing.repo)),
            "synced_until": _time(standing.synced_until),
            "mirror_from": _time(standing.mirror_from),
            "issues": standing.issues,
            "pull_requests": standing.pull_requests,
            "is_public": standing.is_public,
        }

    def listed(self, listed: Listed) -> Object:
        return {
            "id": listed.id,
            "repo": listed.repo,
            "edition": listed.edition,
            "titles": _lines(listed.titles),
            "since": _time(listed.since),
            "until": _time(listed.until),
            "kept_at": _time(listed.kept_at),
            "revision": listed.revision,
            "outcome": listed.outcome,
            "counts": dict(listed.counts),
            "topics": list(listed.topics),
            "filters": list(listed.filters),
            "url": self.api(f"/repos/{listed.repo}/digests/{quote(listed.id)}"),
            "html_url": self.address(self._site.digest_url(listed.repo, listed.id)),
        }

    def item(self, shown: ItemShown, item: Item, language: Language) -> Object:
        """item: that of `shown`."""
        return {
            **_item(item, shown.assessment, [topic.key for topic in shown.topics]),
            "repo": shown.repo,
            "html_url": self.address(self._site.item_url(shown.repo, shown.number)),
            "updated_at": _time(item.updated_at),
            "events": [
                {"event": each.name, "at": _time(each.at), "actor": each.actor.login if each.actor else None}
                for each in item.events
            ],
            "comments": [{**_by(each.author), "at": _time(each.created_at)} for each in item.comments],
            "comments_total": item.comments_total,
            "reviews": [
                {**_by(each.author), "at": _time(each.submitted_at), "state": each.state}
                for each in item.reviews
            ],
            "assessment": _assessment(shown.assessment),
            "member_of": [_member_of(topic) for topic in shown.topics],
            "mentions": [self.listed(each) for each in shown.mentions],
            "incomplete": [{"key": key, "text": _gap(key, language)} for key in shown.incomplete],
        }

    def trends(self, repo: str, trends: Trends) -> Object:
        zone = ZoneInfo(trends.tz)
        return {
            "repo": repo,
            "tz": trends.tz,
            "weeks": [
                {
                    "since": _time(week.since, zone),
                    "until": _time(week.until, zone),
                    "counts": dict(week.counts),
                    "complete": week.complete,
                }
                for week in trends.weeks
            ],
        }

    def topics(self, repo: str, topics: Iterable[TopicListed]) -> Object:
        return {
            "repo": repo,
            "topics": [
                {
                    "key": topic.key,
                    "titles": _lines(topic.titles),
                    "about": topic.about,
                    "tagged": topic.tagged,
                    "url": self.api(f"/repos/{repo}/topics/{topic.key}"),
                    "html_url": self.address(self._site.topic_url(repo, topic.key)),
                }
                for topic in topics
            ],
        }

    def topic(self, repo: str, topic: TopicShown, following: str | None) -> Object:
        """following: where the weeks before these are, None for nowhere."""
        zone = ZoneInfo(topic.tz)
        return {
            "repo": repo,
            "key": topic.key,
            "titles": _lines(topic.titles),
            "tz": topic.tz,
            "weeks": [
                {
                    "since": _time(week.since, zone),
                    "until": _time(week.until, zone),
                    "complete": week.complete,
                    "items": [_topic_item(each, topic.key, zone) for each in week.items],
                }
                for week in topic.weeks
            ],
            "counts": [
                {"since": _time(since, zone), "about": about, "tagged": tagged}
                for since, about, tagged in topic.counts
            ],
            "before": topic.before or None,
            "next": following,
        }

    def search(self, repo: str, search: SearchShown, following: str | None) -> Object:
        """following: where the next page is, None for nowhere."""
        found = search.found
        numbers = [match.number for match in found.matches]
        return {
            "repo": repo,
            "words": search.words,
            "total": len(found.matches),
            "page": search.page,
            "pages": search.pages,
            "items": [_item(found.items[number]) for number in numbers if number in found.items],
            "near": [_item(found.items[number]) for number in found.near if number in found.items],
            "digests": [self.listed(each) for each in search.digests],
            "complete": is_whole(found),
            "next": following,
        }


def _item(
    item: Item,
    assessment: Assessment | None = None,
    topics: Iterable[str] = (),
    zone: ZoneInfo = UTC_ZONE,
) -> Object:
    return item_object(item, zone, comments_in_window=None, topics=topics, assessment=assessment)


def _topic_item(shown: TopicItem, key: str, zone: ZoneInfo) -> Object:
    return {
        **_item(shown.item, None, [key], zone),
        "tier": shown.tier,
        "at": _time(shown.at, zone),
        "event": shown.event or None,
    }


def _member_of(topic: TopicOf) -> Object:
    return {
        "key": topic.key,
        "titles": _lines(topic.titles),
        "tier": topic.tier,
        "reasons": [
            {
                "rule": reason.rule,
                "value": reason.value,
                "tier": reason.tier,
                "organisation": reason.organisation or None,
            }
            for reason in topic.reasons
        ],
    }


def _assessment(assessment: Assessment | None) -> Object | None:
    if assessment is None:
        return None
    sentences = {
        name: getattr(assessment, name) or None
        for name in ("what", "why", "impact", "contention", "standing")
    }
    return {"by_model": assessment.by_model, **sentences, "questions": list(assessment.questions)}


def _gap(key: str, language: Language) -> str:
    """The sentence for a key below `[coverage]`; what needs figures to be told is told without any."""
    try:
        return language.text(f"coverage.{key}")
    except KeyError:
        return language.text("digest.incomplete")


def _by(person: Person) -> Object:
    return {"author": person.login, "is_bot": person.is_bot}


def _lines(titles: Mapping[str, str]) -> dict[str, str]:
    return {lang: one_line(title) for lang, title in titles.items()}


def _time(instant: datetime | None, zone: ZoneInfo = UTC_ZONE) -> str | None:
    return None if instant is None else instant.astimezone(zone).isoformat()
