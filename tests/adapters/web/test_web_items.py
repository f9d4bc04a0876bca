"""Pages of items, over the wire: what they tell, what they cannot, and that whatever strangers wrote is text."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html  # type: ignore[import-untyped]

from adapters.web.archive import ItemShown, TopicOf
from adapters.web.items import first_words
from summarizer.assessments import Assessment, Position
from summarizer.items import Comment, Event, Item, Person, Review
from summarizer.languages import load
from summarizer.topics import Reason
from tests.adapters.web.visiting import ID, REPO, SECRET_REPO, Shelf, the_digest, visiting

AT = datetime(2025, 12, 9, 10, 0, tzinfo=UTC)
URL = f"https://github.com/{REPO}/pull/26701"
PATH = f"/{REPO}/items/26701"

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e](javascript:alert(1))"


def _at(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


ITEM = Item(
    repo=REPO,
    number=26701,
    kind="pull_request",
    title="[ROCm] Use AITER on MI355X",
    url=URL,
    author=Person("gronsti-amd"),
    labels=("rocm", "ready"),
    state="merged",
    created_at=AT,
    updated_at=_at(90),
    closed_at=_at(90),
    merged_at=_at(90),
    merged_by=Person("tjtanaa"),
    body="Makes the linear layer take the AITER path on MI355X, because it is faster there.",
    additions=1200,
    deletions=34,
    changed_files=2,
    files=("vllm/platforms/rocm.py", "tests/test_rocm.py"),
    linked=(30382,),
    reactions=4,
    events=(Event("opened", AT), Event("merged", _at(90), Person("tjtanaa"))),
    comments=(
        Comment(
            Person("bot-of-ours", is_bot=True), _at(5), "Thanks for your contribution, dear human being."
        ),
        Comment(Person("mgoin"), _at(30), "LGTM", f"{URL}#issuecomment-7"),
    ),
    comments_total=3,
    reviews=(Review(Person("tjtanaa"), _at(60), "APPROVED"), Review(Person("mgoin"), _at(61), "COMMENTED")),
    review_decision="APPROVED",
    assignees=("mgoin",),
    review_requests=("org/team",),
)
JUDGED = Assessment(
    26701,
    "performance",
    7,
    4,
    risks=("platform_specific", "missing_tests"),
    by_model=True,
    what="Takes the `AITER` path, see #30382.",
    why="It is faster.",
    questions=("Is it faster elsewhere?",),
    positions=(Position(("mgoin", "tjtanaa"), "It should be the default."),),
)
TOPIC = TopicOf(
    "amd",
    {"en": "AMD/ROCm", "zh": "AMD/ROCm 平台"},
    "about",
    (Reason("label", "rocm", "about"), Reason("title", "ROCm", "about"), Reason("title", "rocm", "about")),
)
SHOWN = ItemShown(REPO, 26701, ITEM, assessment=JUDGED, topics=(TOPIC,), mentions=(the_digest(),))


def _shelf(shown: ItemShown = SHOWN) -> Shelf:
    return Shelf(items={shown.number: shown})


async def test_an_item_is_told_whole() -> None:
    async with visiting(_shelf()) as client:
        answer = await client.get(PATH, headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    root = html.fromstring(answer.text)
    words = " ".join(root.text_content().split())
    assert root.xpath("//a[@class='button']/@href") == [URL]
    for part in (
        "Pull request #26701", "[ROCm] Use AITER on MI355X", "gronsti-amd", "rocm", "+1,200 −34 in 2 files",
        "approved", "Importance 7 of 10", "key: changes a core path or a default", "Insight 4 of 10",
        "gives a reason for the change or the failure", "performance", "platform-specific, no tests",
        "Judged by a model", "Takes the AITER path", "Is it faster elsewhere?", "It should be the default.",
        "label rocm; title has ROCm", "vllm/platforms/rocm.py", "2 of 3 comments are held here", "LGTM",
        "Merged tjtanaa 2025-12-09 11:30", "Opened gronsti-amd 2025-12-09 10:00", "bot-of-ours bot",
    ):  # fmt: skip
        assert part in words, part
    links = root.xpath("//main//a/@href")
    assert f"/{REPO}/items/30382" in links
    assert f"/{REPO}/topics/amd" in links
    assert f"/{REPO}/digests/{ID}#i26701" in links
    assert f"{URL}#issuecomment-7" in links


async def test_it_is_told_in_the_visitors_language_and_links_stay_in_one_that_was_asked_for() -> None:
    async with visiting(_shelf()) as client:
        chosen = await client.get(f"{PATH}?lang=zh")
        told = await client.get(PATH, headers={"Accept-Language": "zh"})

    for page in (chosen, told):
        assert '<html lang="zh">' in page.text
        assert "由模型评估" in page.text
        assert "AMD/ROCm 平台" in page.text
        assert "关键：改动核心路径" in page.text
    assert f'href="/{REPO}/topics/amd?lang=zh"' in chosen.text
    assert f'href="/{REPO}/topics/amd"' in told.text


async def test_what_an_open_one_still_waits_for_is_told() -> None:
    waiting = replace(ITEM, state="open", merged_at=None, review_decision="REVIEW_REQUIRED")
    async with visiting(_shelf(replace(SHOWN, item=waiting))) as client:
        page = await client.get(PATH)
    async with visiting(
        _shelf(replace(SHOWN, item=replace(ITEM, review_decision="REVIEW_REQUIRED")))
    ) as client:
        merged = await client.get(PATH)

    assert "org/team" in page.text
    assert "still needed" in page.text
    assert "org/team" not in merged.text
    assert "still needed" not in merged.text


async def test_what_no_model_judged_and_what_nothing_judged_is_said() -> None:
    by_code = replace(SHOWN, assessment=Assessment(26701, None, 3, 1))
    async with visiting(_shelf(by_code)) as client:
        coded = await client.get(PATH)
    async with visiting(_shelf(replace(SHOWN, assessment=None, topics=(), mentions=()))) as client:
        nothing = await client.get(PATH)

    assert "Judged by code alone" in coded.text
    assert "It has not been judged yet" in nothing.text
    assert "belongs to no topic" in nothing.text
    assert "No kept digest mentions it." in nothing.text


async def test_an_item_that_was_not_read_whole_says_so() -> None:
    item = replace(ITEM, comments=(), events=(), reviews=(), files=None, body=None, comments_total=None)
    async with visiting(_shelf(replace(SHOWN, item=item, incomplete=("threads",)))) as client:
        page = await client.get(PATH)

    assert "Some threads could not be read whole" in page.text
    assert "Nothing is known to have happened to it." in page.text


@pytest.mark.parametrize("missing", ["deleted", "transferred"])
async def test_what_github_has_no_more_is_gone(missing: str) -> None:
    shown = ItemShown(REPO, 5, None, missing=missing, mentions=(the_digest(),))
    async with visiting(_shelf(shown)) as client:
        english, chinese = await client.get(f"/{REPO}/items/5"), await client.get(f"/{REPO}/items/5?lang=zh")

    assert (english.status_code, chinese.status_code) == (410, 410)
    assert load("en").text(f"web.item.{missing}", number=5) in english.text
    assert load("zh").text(f"web.item.{missing}", number=5) in chinese.text
    assert f"/{REPO}/digests/{ID}#i5" in english.text


@pytest.mark.parametrize(
    "path",
    [
        f"/{REPO}/items/1", f"/{REPO}/items/0", f"/{REPO}/items/026701", f"/{REPO}/items/x", f"/{REPO}/items/-1",
        f"/{REPO}/items/٣", f"/{REPO}/items/1e3", f"/{REPO}/items/12345678901", f"/{SECRET_REPO}/items/26701",
        "/nobody/nothing/items/26701",
    ],
)  # fmt: skip
async def test_what_is_unknown_or_refused_looks_like_what_is_not_there(path: str) -> None:
    async with visiting(_shelf()) as client:
        answer, unknown = await client.get(path), await client.get("/no/where/at/all")

    assert (answer.status_code, answer.text) == (404, unknown.text)


async def test_whatever_strangers_wrote_is_text() -> None:
    item = replace(
        ITEM,
        title=HOSTILE,
        author=Person(HOSTILE),
        labels=(HOSTILE,),
        url="javascript:alert(1)",
        body=HOSTILE,
        files=(HOSTILE,),
        assignees=(HOSTILE,),
        review_requests=(HOSTILE,),
        review_decision=HOSTILE,
        events=(Event("opened", AT, Person(HOSTILE)),),
        comments=(Comment(Person(HOSTILE), AT, HOSTILE, "javascript:alert(1)"),),
        reviews=(Review(Person(HOSTILE), AT, HOSTILE, HOSTILE),),
    )
    judged = replace(
        JUDGED,
        what=HOSTILE,
        positions=(Position((HOSTILE,), HOSTILE),),
        questions=(HOSTILE,),
        standing=HOSTILE,
    )
    topic = TopicOf(
        "amd", {"en": HOSTILE}, "tagged", (Reason("body", HOSTILE, "tagged", organisation=HOSTILE),)
    )
    shown = ItemShown(REPO, 26701, item, assessment=judged, topics=(topic,))
    async with visiting(_shelf(shown)) as client:
        page = await client.get(PATH)

    root = html.fromstring(page.text)
    assert page.status_code == 200
    assert {script.text for script in root.xpath("//script")} == {None}
    assert not root.xpath("//img | //main//*[@onerror]")
    assert not [url for url in root.xpath("//@href") if url.startswith("javascript")]
    assert not [url for url in root.xpath("//main//a/@href") if not url.startswith(f"/{REPO}/")]
    assert "\u202e" not in page.text


async def test_a_long_thread_is_folded_and_its_page_stays_small() -> None:
    said = (
        "The scheduler keeps a request that was aborted while its blocks were being swapped in, {n} times. "
        * 2
    )
    comments = tuple(
        Comment(Person(f"someone-{n % 40}"), _at(n), said.format(n=n), f"{URL}#issuecomment-{n}")
        for n in range(400)
    )
    files = tuple(
        f"vllm/model_executor/layers/quantization/utils/configs/E=128,N=768,device_{n}.json"
        for n in range(900)
    )
    item = replace(ITEM, comments=comments, comments_total=400, files=files, changed_files=900)
    async with visiting(_shelf(replace(SHOWN, item=item))) as client:
        page = await client.get(PATH)

    root = html.fromstring(page.text)
    assert len(gzip.compress(page.content, 6)) < 60 * 1024
    assert len(root.xpath("//details//ol[@class='timeline']/li")) > 100
    assert 10 < len(root.xpath("//ol[@class='timeline'][not(ancestor::details)]/li")) < 30
    assert "900 changed files" in page.text
    assert "more before these" in page.text


async def test_it_is_not_sent_again_to_who_has_it() -> None:
    async with visiting(_shelf()) as client:
        first = await client.get(PATH)
        again = await client.get(PATH, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_the_first_words_of_a_text_are_its_prose() -> None:
    assert first_words("LGTM!") == "LGTM!"
    assert first_words("") == ""
    assert first_words("> quoted line\n\nThis fails on ROCm because the kernel is missing there.") == (
        "This fails on ROCm because the kernel is missing there."
    )
    assert len(first_words("word " * 5000)) <= 240


def test_the_points_mean_on_the_page_what_the_rubric_says() -> None:
    rubric = (Path(__file__).parents[3] / "docs" / "rubric.md").read_text("utf-8")
    for name in ("importance", "insight"):
        for points in range(11):
            meaning = load("en").text(f"web.item.{name}_of.{points}")
            assert f"- {points}: {meaning}." in rubric


async def test_a_digest_that_ended_at_midnight_is_told_by_the_day_before() -> None:
    kept = replace(the_digest(), until=datetime(2026, 3, 24, tzinfo=UTC))
    async with visiting(_shelf(replace(SHOWN, mentions=(kept,)))) as client:
        page = await client.get(PATH)

    assert "2026-03-23" in page.text
    assert "2026-03-24" not in page.text
