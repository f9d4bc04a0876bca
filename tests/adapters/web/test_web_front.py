"""Front pages and the archive by month, over the wire."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.web.archive import TopicListed, Trends, TrendWeek
from adapters.web.doors import Doors
from adapters.web.months import Month, last_day, weeks_of
from adapters.web.site import Site
from tests.adapters.web.visiting import ID, PATH, REPO, SECRET_REPO, Shelf, earlier, the_digest, visiting

AMD = TopicListed("amd", {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}, about=4, tagged=3)
QUIET = TopicListed("tpu", {"en": "TPU"}, about=0, tagged=0)
TOKEN = "a-token-of-the-tests"
SIGNED_IN = {"Authorization": f"Bearer {TOKEN}"}
MONDAY = datetime(2025, 12, 1, tzinfo=UTC)
TRENDS = Trends(
    "UTC",
    (
        TrendWeek(
            MONDAY, MONDAY + timedelta(days=7), {"prs_opened": 1_042, "issues_closed": 7}, complete=True
        ),
        TrendWeek(MONDAY + timedelta(days=7), MONDAY + timedelta(days=9), {"prs_opened": 5}, complete=False),
    ),
)


async def test_the_front_page_leads_with_the_newest_digest_of_each_edition() -> None:
    weekly = replace(earlier(the_digest(), 3), id="weekly-1", edition="weekly", titles={"zh": "周报 <1>"})
    shelf = Shelf(listed=[weekly, earlier(the_digest(), 1)], topics_listed=(AMD,))
    async with visiting(shelf) as client:
        page = (await client.get(f"/{REPO}?lang=en")).text
    leads = page.split("<article>")[1:]

    assert len(leads) == 2
    assert f'href="{PATH}?lang=en"' in leads[0]
    assert "Daily" in leads[0]
    assert "<div><dt>Merged PRs</dt><dd>3</dd></div>" in leads[0]
    assert f'<a href="/{REPO}/topics/amd?lang=en">AMD/ROCm</a>' in leads[0]
    assert f'<a href="https://github.com/{REPO}/' in leads[0]  # how the digest begins, with its items
    assert '<bdi lang="zh">周报 &lt;1&gt;</bdi>' in leads[1]
    assert "Weekly" in leads[1]


async def test_the_front_page_is_in_the_visitors_language_and_leads_to_the_other() -> None:
    async with visiting(Shelf(), site=Site(origin="https://digests.example")) as client:
        page = (await client.get(f"/{REPO}", headers={"Accept-Language": "zh-CN"})).text

    assert '<html lang="zh">' in page
    assert "近期报告" in page
    assert f'<a href="/{REPO}?lang=en" hreflang="en" lang="en">English</a>' in page
    assert f'<link rel="canonical" href="https://digests.example/{REPO}?lang=zh">' in page
    assert f'href="/{REPO}/feeds/weekly.zh.atom"' in page


async def test_the_only_repository_is_the_sites_front_page() -> None:
    async with visiting(Shelf()) as client:
        home, front = await client.get("/?lang=en"), await client.get(f"/{REPO}?lang=en")
        again = await client.get("/?lang=en", headers={"If-None-Match": home.headers["etag"]})

    assert home.text == front.text
    assert f'<link rel="canonical" href="/{REPO}?lang=en">' in home.text
    assert again.status_code == 304


async def test_several_repositories_are_listed_with_their_newest_digests() -> None:
    async with visiting(Shelf(), doors=Doors(token=TOKEN)) as client:
        page = await client.get("/?lang=en", headers=SIGNED_IN)
        stranger = await client.get("/?lang=en")

    assert f'<a class="title" href="/{REPO}?lang=en">' in page.text
    assert f'<a class="title" href="/{SECRET_REPO}?lang=en">' in page.text
    assert f'href="{PATH}?lang=en"' in page.text
    assert SECRET_REPO not in stranger.text


async def test_a_site_that_a_visitor_may_read_nothing_of_says_so() -> None:
    class Nothing(Shelf):
        async def repos(self, visitor: object) -> tuple[()]:
            return ()

    async with visiting(Nothing(), site=Site(has_sign_in=True)) as client:
        page = await client.get("/?lang=en")

    assert (page.status_code, "nothing here yet that you may read" in page.text) == (200, True)
    assert 'href="/sign-in"' in page.text


async def test_a_repository_without_digests_tells_how_they_get_here() -> None:
    async with visiting(Shelf(kept_in=())) as client:
        front, archive = await client.get(f"/{REPO}?lang=en"), await client.get(f"/{REPO}/digests?lang=en")

    assert (front.status_code, archive.status_code) == (200, 200)
    assert "<code>subscribe daily 09:00</code>" in front.text
    assert '<table class="calendar">' not in front.text
    assert "No digest is kept here yet." in archive.text


async def test_the_last_weeks_are_a_chart_and_a_table() -> None:
    async with visiting(Shelf(trends_shown=TRENDS)) as client:
        page = (await client.get(f"/{REPO}?lang=en")).text
        without = Shelf(trends_shown=replace(TRENDS, weeks=()))
    async with visiting(without) as client:
        bare = (await client.get(f"/{REPO}?lang=en")).text

    table = page.split("As a table")[1]
    assert 'class="chart weeks wide"' in page
    assert 'class="chart weeks narrow"' in page
    assert re.search(
        r'<th scope="row">Mon, Dec 1</th><td class="figure">1,042</td><td class="figure">0</td>', table
    )
    assert '<th scope="row">Mon, Dec 8 <span class="muted">(incomplete)</span></th>' in table
    assert "As a table" not in bare


async def test_topics_are_told_with_the_numbers_of_the_week() -> None:
    async with visiting(Shelf(topics_listed=(AMD, QUIET))) as client:
        page = (await client.get(f"/{REPO}?lang=zh")).text

    name = f'<a href="/{REPO}/topics/amd?lang=zh">AMD/ROCm 生态</a>'
    assert f'{name}</th><td class="figure">4</td><td class="figure">3</td>' in page
    assert "/topics/tpu" not in page


async def test_a_calendar_leads_to_each_days_digests() -> None:
    several = [replace(earlier(the_digest(), 2), id=f"daily-8-{place}") for place in range(2)]
    weekly = replace(earlier(the_digest(), 3), id="weekly-49", edition="weekly")
    async with visiting(Shelf(listed=[*several, weekly]), site=Site(tz="Asia/Shanghai")) as client:
        page = (await client.get(f"/{REPO}?lang=en")).text
    calendar = page.split('<table class="calendar">')[1].split("</table>")[0]

    assert f'<a href="/{REPO}/digests?lang=en&amp;month=2025-12">December 2025</a>' in calendar
    assert f'<a href="{PATH}?lang=en" aria-label="Wed, Dec 10: 1 digest">10</a>' in calendar
    assert (
        f'<a href="/{REPO}/digests?lang=en&amp;month=2025-12#d8" aria-label="Mon, Dec 8: 2 digests">8</a>'
        in calendar
    )
    assert (
        f'<a href="/{REPO}/digests/weekly-49?lang=en" aria-label="Weekly digest of week 49">49</a>'
        in calendar
    )
    assert calendar.count('<th scope="col">') == 8
    assert calendar.count('<th scope="row">') == 5


async def test_the_archive_shows_a_month_and_leads_to_those_around_it() -> None:
    months = [earlier(the_digest(), days) for days in (45, 46, 200)]
    weekly = replace(earlier(the_digest(), 45), id="weekly-45", edition="weekly")
    async with visiting(Shelf(listed=[*months, weekly])) as client:
        newest = (await client.get(f"/{REPO}/digests?lang=en")).text
        october = (await client.get(f"/{REPO}/digests?lang=en&month=2025-10")).text
        dailies = (await client.get(f"/{REPO}/digests?lang=en&month=2025-10&edition=daily")).text
        bare = (await client.get(f"/{REPO}/digests?lang=en&month=2025-11")).text

    assert "<h1>December 2025</h1>" in newest
    assert f'rel="prev" href="/{REPO}/digests?lang=en&amp;month=2025-10"' in newest
    assert 'rel="next"' not in newest
    assert october.count('<p class="what">') == 3
    assert f'rel="prev" href="/{REPO}/digests?lang=en&amp;month=2025-05"' in october
    assert f'rel="next" href="/{REPO}/digests?lang=en&amp;month=2025-12"' in october
    assert 'id="d26"' in october
    assert "weekly-45" in october
    assert dailies.count('<p class="what">') == 2
    assert "weekly-45" not in dailies
    assert f'rel="next" href="/{REPO}/digests?lang=en&amp;month=2025-12&amp;edition=daily"' in dailies
    assert "No digest of that kind was kept for this month." in bare


@pytest.mark.parametrize("month", ["2025-13", "0000-01", "next", "2025-1", "99999-01", "２０２５-12"])
async def test_what_is_no_month_shows_the_newest(month: str) -> None:
    async with visiting(Shelf()) as client:
        page = await client.get(
            f"/{REPO}/digests", params={"month": month, "edition": "yearly", "lang": "en"}
        )

    assert (page.status_code, "<h1>December 2025</h1>" in page.text) == (200, True)
    assert ID in page.text


async def test_what_a_digest_turned_out_to_be_and_leaves_out_is_marked() -> None:
    told = [
        replace(earlier(the_digest(), 1), outcome="quiet", counts={}),
        replace(earlier(the_digest(), 2), outcome="partial", filters=("topic:amd", "-author:<ci>")),
    ]
    async with visiting(Shelf(listed=told)) as client:
        page = (await client.get(f"/{REPO}/digests?lang=en")).text

    assert '<span class="badge quiet">quiet</span>' in page
    assert '<span class="badge partial">incomplete</span>' in page
    assert '<span class="badge"><bdi>-author:&lt;ci&gt;</bdi></span>' in page


async def test_the_site_tells_what_it_is() -> None:
    async with visiting(Shelf()) as client:
        english, chinese = await client.get("/about?lang=en"), await client.get("/about?lang=zh")

    assert "<h1>About this archive</h1>" in english.text
    assert "<h1>关于本站</h1>" in chinese.text


def test_a_digest_that_ends_at_midnight_belongs_to_the_day_before() -> None:
    tz = "Asia/Shanghai"
    at_midnight = replace(the_digest(), until=datetime(2025, 12, 31, 16, tzinfo=UTC))
    december = Month(2025, 12)

    assert last_day(at_midnight, tz) == date(2025, 12, 31)
    assert december.since(tz) <= at_midnight.until < december.until(tz)
    assert weeks_of(december, [at_midnight], tz)[-1].days[2].digests == (at_midnight,)  # type: ignore[union-attr]
    assert december.until(tz) == Month(2026, 1).since(tz)
    assert [week.number for week in weeks_of(december, [], tz)] == [49, 50, 51, 52, 1]
