"""Feeds, over the wire: what they hold, how they stand to the standards, and what a reader takes for new."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]
import pytest
from lxml import etree, html  # type: ignore[import-untyped]

from adapters.web.archive import TopicListed
from adapters.web.doors import Doors
from adapters.web.entries import LONGEST_SUMMARY
from adapters.web.feeds import ENTRIES
from adapters.web.site import Site
from summarizer.digests import Claim, Section
from summarizer.errors import StoreError
from tests.adapters.web.feedforms import check_atom, check_json_feed
from tests.adapters.web.visiting import ID, REPO, SECRET_REPO, Shelf, the_digest, visiting
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    import httpx

    from summarizer.digests import Digest

FEEDS = f"/{REPO}/feeds"
PUBLIC = Site(origin="https://digest.example.org", base="/archive")
DAY = timedelta(days=1)
FACTS = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
HOSTILE = (
    "<script>alert(1)</script> ]]> &#1; &amp; \x00\x0b\x1b\ufffe\ud800 \u202e <img src=x onerror=alert(1)> \"'"
    " [a](javascript:alert(1)) #99999 @everyone"
)


def put(
    shelf: Shelf,
    days: int,
    *,
    langs: tuple[str, ...] = ("en", "zh"),
    edition: str = "daily",
    topics: tuple[str, ...] = ("amd",),
    name: str = "",
    kept_at: datetime | None = None,
    **changed: object,
) -> str:
    """Keep a digest of so many days before, or another revision of it; its id. kept_at: of this revision, five minutes
    after its end where it is not told. changed: see `digests.Digest`."""
    window = FACTS.window
    window = replace(window, since=window.since - days * DAY, until=window.until - days * DAY)
    id_ = name or f"{edition}-{days}-0123456789"
    facts = replace(FACTS, window=window)
    changed = {"id": id_, "edition": edition, **changed}
    made: dict[str, Digest] = {lang: digest_of(facts, lang, topic_keys=("amd",), **changed) for lang in langs}
    before = next((each for each in shelf.listed if each.id == id_), None)
    kept = dict(before.kept) if before else {}
    kept |= dict.fromkeys(langs, kept_at or window.until + timedelta(minutes=5))
    titles = {**(before.titles if before else {}), **{lang: digest.title for lang, digest in made.items()}}
    shelf.listed = [each for each in shelf.listed if each.id != id_]
    shelf.listed.append(
        replace(
            the_digest(("en",)),
            id=id_,
            edition=made[langs[0]].edition,
            titles=titles,
            since=window.since,
            until=window.until,
            kept_at=next(iter(kept.values())),
            kept=kept,
            topics=topics,
        )
    )
    shelf.digests |= {(id_, lang): digest for lang, digest in made.items()}
    shelf.stamp += "."
    return id_


def shelf_of(*days: int, **kept: Any) -> Shelf:  # noqa: ANN401 - as `put` has them
    shelf = Shelf(kept_in=())
    for each in days:
        put(shelf, each, **kept)
    return shelf


async def atom(client: httpx.AsyncClient, name: str = "all.en") -> Any:  # noqa: ANN401 - of feedparser
    """The feed, read as readers do, once it is what the standard says."""
    answer = await client.get(f"{FEEDS}/{name}.atom")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    check_atom(answer.content)
    read = feedparser.parse(
        answer.content, response_headers={**answer.headers, "content-location": str(answer.url)}
    )
    assert read.bozo == 0, read.bozo_exception
    return read


async def json_feed(client: httpx.AsyncClient, name: str = "all.en") -> Any:  # noqa: ANN401 - JSON
    answer = await client.get(f"{FEEDS}/{name}.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/feed+json"
    check_json_feed(answer.json())
    return answer.json()


class Reader:
    """A feed reader: it holds what it has seen by id."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def unread(self, feed: Any) -> list[str]:  # noqa: ANN401 - of feedparser
        """Titles of what it has not seen before."""
        fresh = [each.title for each in feed.entries if each.id not in self._seen]
        self._seen |= {each.id: each.updated for each in feed.entries}
        return fresh

    def updated(self) -> list[str]:
        return sorted(self._seen.values())


@pytest.mark.parametrize("site", [PUBLIC, Site(), Site(base="/archive")], ids=["public", "unknown", "path"])
@pytest.mark.parametrize(
    "name", ["all.en", "all.zh", "daily.zh", "weekly.en", "topic-amd.en", "topic-amd.zh"]
)
async def test_feeds_are_what_the_standards_say(site: Site, name: str) -> None:
    shelf = shelf_of(0, 1, 2)
    put(shelf, 3, edition="weekly")
    async with visiting(shelf, site=site) as client:
        read, as_json = await atom(client, name), await json_feed(client, name)

    assert [each.id for each in read.entries] == [each["id"] for each in as_json["items"]]
    assert len(read.entries) == {"daily": 3, "weekly": 1}.get(name.partition(".")[0], 4)
    assert read.feed.language == as_json["language"] == name.rpartition(".")[2]


async def test_an_entry_tells_what_a_digest_says() -> None:
    async with visiting(Shelf(), site=PUBLIC) as client:
        entry = (await atom(client)).entries[0]
        chinese = (await atom(client, "all.zh")).entries[0]

    page = f"https://digest.example.org/archive/{REPO}/digests/{ID}"
    assert entry.title == "vLLM development report - 2025-12-10 · 19:59–20:59"
    assert entry.link == f"{page}?lang=en"
    assert (entry.published, entry.updated) == ("2025-12-10T12:59:00Z", "2025-12-10T13:04:00Z")
    assert entry.summary.startswith("Statistics: new issues 0 | closed issues 0 | new PRs 2 | merged PRs 3")
    assert "What moved: Models 3" in entry.summary
    content = entry.content[0].value
    assert "<h3>State of development</h3>" in content
    assert f'<a href="https://github.com/{REPO}/pull/30062">#30062</a>' in content
    assert f'<a href="{page}?lang=en#hot">Hot discussions</a>' in content
    assert "<h3>每日开发状态摘要</h3>" in chinese.content[0].value
    assert chinese.link == f"{page}?lang=zh"
    assert chinese.id != entry.id
    assert [tag.term for tag in entry.tags][:2] == ["daily", "amd"]


async def test_the_feed_of_a_topic_tells_of_that_alone() -> None:
    shelf = shelf_of(0)
    put(shelf, 1, topics=("models",))
    async with visiting(shelf, site=PUBLIC) as client:
        read = await atom(client, "topic-amd.en")

    [entry] = read.entries
    assert read.feed.title == f"{REPO}: AMD/ROCm"
    assert read.feed.link == f"https://digest.example.org/archive/{REPO}/topics/amd?lang=en"
    assert entry.title.startswith("AMD/ROCm · vLLM development report")
    assert entry.link.endswith("/digests/daily-0-0123456789?lang=en#topic-amd")
    assert entry.summary == "1 item is about it."
    assert "#26701" in entry.content[0].value
    assert "#30062" not in entry.content[0].value


async def test_a_topic_without_a_section_has_its_items() -> None:
    async with visiting(shelf_of(0, topics=("models",)), site=PUBLIC) as client:
        [entry] = (await atom(client, "topic-models.en")).entries

    assert entry.link.endswith("/digests/daily-0-0123456789?lang=en")
    assert entry.summary == "3 about it, 0 indirectly"
    assert entry.content[0].value.count("<li>PR <a href") == 3


async def test_the_feed_of_a_topic_that_nothing_tells_of_is_there_and_empty() -> None:
    shelf = shelf_of(0)
    shelf.topics_listed = (TopicListed("cuda", {"en": "CUDA"}, 0, 0),)
    async with visiting(shelf, site=PUBLIC) as client:
        read = await atom(client, "topic-cuda.zh")
        as_json = await json_feed(client, "topic-cuda.zh")
        unknown = await client.get(f"{FEEDS}/topic-nothing.en.atom")

    assert (read.entries, as_json["items"]) == ([], [])
    assert read.feed.title == f"{REPO}：CUDA"
    assert unknown.status_code == 404


async def test_a_new_digest_is_the_one_unread_entry() -> None:
    shelf, reader, chinese = shelf_of(1, 2, 3), Reader(), Reader()
    async with visiting(shelf, site=PUBLIC) as client:
        first = reader.unread(await atom(client))
        chinese.unread(await atom(client, "all.zh"))
        nothing = reader.unread(await atom(client))
        put(shelf, 0, langs=("en",))
        second = reader.unread(await atom(client))
        other = chinese.unread(await atom(client, "all.zh"))

    assert (len(first), nothing, other) == (3, [], [])
    assert second == ["vLLM development report - 2025-12-10 · 19:59–20:59"]


async def test_a_correction_keeps_the_id_and_moves_the_date() -> None:
    shelf = shelf_of(0, 1)
    async with visiting(shelf, site=PUBLIC) as client:
        before = await atom(client)
        later = FACTS.window.until + timedelta(hours=3)
        put(shelf, 0, langs=("en",), kept_at=later, revision=2, title="Corrected")
        after = await atom(client)
        other = await atom(client, "all.zh")

    assert [each.id for each in after.entries] == [each.id for each in before.entries]
    assert after.entries[0].title.startswith("Corrected")
    assert (before.entries[0].updated, after.entries[0].updated) == (
        "2025-12-10T13:04:00Z",
        "2025-12-10T15:59:00Z",
    )
    assert after.entries[0].published == before.entries[0].published
    assert (after.entries[1], after.feed.updated) == (before.entries[1], "2025-12-10T15:59:00Z")
    assert other.entries[0].updated == "2025-12-10T13:04:00Z"


async def test_another_language_changes_nothing_in_the_feed_of_the_first() -> None:
    shelf = shelf_of(0, 1, langs=("zh",))
    async with visiting(shelf, site=PUBLIC) as client:
        before = await client.get(f"{FEEDS}/all.zh.atom")
        put(shelf, 0, langs=("en",), kept_at=FACTS.window.until + DAY)
        after = await client.get(f"{FEEDS}/all.zh.atom", headers={"If-None-Match": before.headers["etag"]})
        english = await atom(client)

    assert after.status_code == 304
    assert len(english.entries) == 1


async def test_ids_survive_a_move_of_the_site_and_the_spelling_of_the_repository() -> None:
    ids = set()
    for site in (PUBLIC, Site(), Site(origin="http://other.example.net:8080", base="/x/y")):
        async with visiting(shelf_of(0, 1), site=site) as client:
            read, as_json = await atom(client), await json_feed(client)
        ids.add(
            (read.feed.id, *(each.id for each in read.entries), *(each["id"] for each in as_json["items"]))
        )

    assert len(ids) == 1
    [(feed_id, *entry_ids)] = ids
    assert feed_id == "urn:uuid:1bc89f7d-768e-50ea-8d28-8cf8604bd455"  # they never change
    assert entry_ids[0] == entry_ids[2]


async def test_each_feed_and_each_entry_has_an_id_of_its_own() -> None:
    async with visiting(shelf_of(0), site=PUBLIC) as client:
        feeds = [await atom(client, name) for name in ("all.en", "all.zh", "daily.en", "topic-amd.en")]

    assert len({feed.feed.id for feed in feeds}) == 4
    everything, chinese, daily, topic = (feed.entries[0].id for feed in feeds)
    assert everything == daily  # the same digest, read once
    assert len({everything, chinese, topic}) == 3


async def test_the_newest_that_fit_are_told_however_many_there_are() -> None:
    shelf = shelf_of(*range(1, ENTRIES + 5))
    put(shelf, 0, langs=("zh",))
    put(shelf, 90, edition="weekly")
    async with visiting(shelf, site=PUBLIC) as client:
        daily, weekly = await atom(client, "daily.en"), await atom(client, "weekly.en")
        opened = shelf.opened
        put(shelf, 0)
        again = await atom(client, "daily.en")

    assert [each.published[:10] for each in daily.entries][:2] == ["2025-12-09", "2025-12-08"]
    assert (len(daily.entries), len(weekly.entries)) == (ENTRIES, 1)
    assert opened == ENTRIES + 1
    assert (len(again.entries), shelf.opened) == (ENTRIES, opened + 1)  # the others are at hand


async def test_relative_addresses_lead_to_the_pages_from_wherever_the_feed_is() -> None:
    async with visiting(shelf_of(0)) as client:
        read = await atom(client)
        hostile = await client.get(f"{FEEDS}/all.en.atom", headers={"Host": "evil.example.com"})
        as_json = await client.get(f"{FEEDS}/all.en.json", headers={"Host": "evil.example.com"})
        page = await client.get(read.entries[0].link)

    assert "evil" not in hostile.text + as_json.text
    assert read.entries[0].link.startswith(str(client.base_url))
    assert page.status_code == 200
    assert "url" not in as_json.json()["items"][0]
    assert "feed_url" not in as_json.json()


@pytest.mark.parametrize("form", ["atom", "json"])
async def test_what_a_reader_has_is_not_sent_again(form: str) -> None:
    shelf = shelf_of(0)
    async with visiting(shelf, site=PUBLIC) as client:
        address = f"{FEEDS}/all.en.{form}"
        first = await client.get(address)
        again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
        put(shelf, 1)
        changed = await client.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


async def test_hostile_words_only_show() -> None:
    items = [replace(item, title=HOSTILE, author=None) for item in ITEMS]
    facts = facts_of(items, WINDOWS["19:59:30-20:59"])
    shelf = Shelf(kept_in=())
    claims = (Claim(HOSTILE), Claim(HOSTILE, label=HOSTILE))
    digest = digest_of(facts, "en", id="daily-0-0123456789", title=HOSTILE)
    sections = tuple(
        replace(each, claims=(*claims, *each.claims)) if each.id in ("summary", "topic-amd") else each
        for each in digest.sections
    )
    put(shelf, 0)
    shelf.digests[digest.id, "en"] = replace(digest, sections=(*sections, Section("watch", HOSTILE, claims)))
    async with visiting(shelf, site=PUBLIC) as client:
        contents = []
        for name in ("all.en", "topic-amd.en", "topic-models.en"):
            shelf.listed[0] = replace(shelf.listed[0], topics=("amd", "models"))
            answer = await client.get(f"{FEEDS}/{name}.atom")
            check_atom(answer.content)
            raw = etree.fromstring(answer.content)
            contents += [each.text or "" for each in raw.iter("{http://www.w3.org/2005/Atom}content")]
            contents += [each["content_html"] for each in (await json_feed(client, name))["items"]]
            assert (await atom(client, name)).bozo == 0

    assert len(contents) == 6
    for content in contents:
        parsed = html.fragment_fromstring(content, create_parent="div")
        elements = {each.tag for each in parsed.iter()}
        assert elements <= {"div", "p", "br", "h3", "ul", "li", "strong", "a", "code"}
        for each in parsed.iter():
            assert set(each.attrib) <= {"href"}
        for link in parsed.iter("a"):
            assert link.get("href", "").startswith(
                (f"https://github.com/{REPO}/", "https://digest.example.org/archive/")
            )
        assert "alert(1)" in parsed.text_content()


async def test_a_summary_stays_short() -> None:
    shelf = shelf_of(0)
    digest = shelf.digests["daily-0-0123456789", "en"]
    long = replace(digest, sections=(Section("summary", "Summary", (Claim("word " * 500),)),))
    shelf.digests["daily-0-0123456789", "en"] = long
    async with visiting(shelf, site=PUBLIC) as client:
        [item] = (await json_feed(client))["items"]

    assert len(item["summary"]) <= LONGEST_SUMMARY
    assert item["summary"].endswith("…")


@pytest.mark.parametrize(
    "name",
    [
        "all.fr.atom",
        "all.en.rss",
        "hourly.en.atom",
        "all.en",
        "topic-.en.atom",
        "topic-A.en.json",
        "all.en.atom.x",
    ],
)
async def test_there_are_no_other_feeds(name: str) -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get(f"{FEEDS}/{name}")

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["all.en.atom", "all.en.json", "topic-amd.zh.atom"])
async def test_what_a_visitor_may_not_read_has_no_feed(name: str) -> None:
    shelf = shelf_of(0)
    shelf.listed[0] = replace(shelf.listed[0], repo=SECRET_REPO)
    async with visiting(shelf, doors=Doors(token="t" * 32)) as client:
        refused = await client.get(f"/{SECRET_REPO}/feeds/{name}")
        unknown = await client.get(f"/nobody/nothing/feeds/{name}")
        allowed = await client.get(f"/{SECRET_REPO}/feeds/{name}", auth=("reader", "t" * 32))
        again = await client.get(f"/{SECRET_REPO}/feeds/{name}")

    assert (refused.status_code, refused.content) == (404, unknown.content)
    assert (again.status_code, again.content) == (404, unknown.content)
    assert allowed.status_code == 200


async def test_a_digest_that_has_gone_meanwhile_is_left_out() -> None:
    shelf = shelf_of(0, 1)
    del shelf.digests["daily-0-0123456789", "en"]
    async with visiting(shelf, site=PUBLIC) as client:
        read = await atom(client)

    assert len(read.entries) == 1


async def test_readers_are_told_to_come_again_where_the_store_is_away() -> None:
    async with visiting(Shelf(failure=StoreError("store.unreachable"))) as client:
        answer = await client.get(f"{FEEDS}/all.en.atom")

    assert answer.status_code == 503


async def test_what_was_kept_by_an_older_version_has_its_dates_too() -> None:
    shelf = shelf_of(0)
    shelf.listed[0] = replace(shelf.listed[0], kept={}, kept_at=None)
    async with visiting(shelf, site=PUBLIC) as client:
        read = await atom(client)

    assert read.entries[0].updated == "2025-12-10T12:59:00Z"
