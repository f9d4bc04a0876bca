"""The API, over the wire: what it tells is what its description says, and what is wrong is told in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from adapters.chat import Reply
from adapters.web.archive import (
    ItemShown,
    SearchShown,
    TopicItem,
    TopicListed,
    TopicOf,
    TopicShown,
    TopicWeek,
    Trends,
    TrendWeek,
)
from adapters.web.doors import Doors
from adapters.web.openapi import OPERATIONS
from adapters.web.rates import Rates
from adapters.web.site import Site
from summarizer.assessments import Assessment
from summarizer.errors import BadInput, GitHubError, StoreError
from summarizer.items import Coverage, Event, Person, Review, Seen
from summarizer.jsonform import schema as digest_schema
from summarizer.languages import load
from summarizer.questions import Answer, Found
from summarizer.questions.answerform import as_object
from summarizer.questions.answerform import schema as answer_schema
from summarizer.questions.found import Match
from summarizer.questions.query import Query
from summarizer.render import render
from summarizer.topics import Reason
from tests.adapters.web.apichecks import addresses, check, described
from tests.adapters.web.visiting import ID, REPO, SECRET_REPO, Shelf, earlier, the_digest, visiting
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

API = "/api/v1"
OF_REPO = f"{API}/repos/{REPO}"
PUBLIC = Site(origin="https://digest.example.org", base="/archive")
MONDAY = datetime(2025, 12, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
TITLES = {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}
ITEM = replace(
    ITEMS[1],
    events=(*ITEMS[1].events, Event("reopened", MONDAY, Person("ann"))),
    reviews=(Review(Person("bob"), MONDAY, "APPROVED", "Fine."),),
    updated_at=MONDAY,
)
ASSESSMENT = Assessment(
    ITEM.number, "feature", 7, 5, risks=("platform_specific",), by_model=True, what="Whisper."
)


def found(words: str, page: int) -> SearchShown:
    """Two items, of which the second page has the second."""
    items = {item.number: item for item in ITEMS[page - 1 : page]}
    told = Found(
        query=Query(words=(words,)),
        repo=REPO,
        window=None,
        matches=tuple(Match(item.number) for item in ITEMS[:2]),
        items=items,
        now=MONDAY,
        searched=14,
        coverage=Coverage(Seen(14, 14), Seen(10, 10)),
    )
    return SearchShown(words, told, page, 2, digests=(the_digest(),))


def answered(line: str) -> Answer:
    return Answer("en", f"“{line}”", "2 items.", found=found(line, 1).found, unread=("please",))


def shelf() -> Shelf:
    """Something of everything that the API tells."""
    week = TopicWeek(MONDAY, MONDAY + WEEK, (TopicItem(ITEM, "about", MONDAY, "merged"),), complete=False)
    shown = TopicShown("amd", TITLES, "Asia/Shanghai", (week,), ((MONDAY, 3, 1),), before="2025-W49")
    return Shelf(
        listed=[earlier(the_digest(), days) for days in range(1, 8)],
        items={
            ITEM.number: ItemShown(
                REPO,
                ITEM.number,
                ITEM,
                assessment=ASSESSMENT,
                topics=(TopicOf("amd", TITLES, "about", (Reason("title", "ROCm", "about"),)),),
                mentions=(the_digest(),),
                incomplete=("items",),
            ),
            7: ItemShown(REPO, 7, None, missing="deleted"),
            8: ItemShown(REPO, 8, None, missing="transferred"),
        },
        topics_listed=(TopicListed("amd", TITLES, 3, 1),),
        topics_shown={"amd": shown},
        trends_shown=Trends("UTC", (TrendWeek(MONDAY, MONDAY + WEEK, {"prs_opened": 3}, complete=True),)),
        found=found,
        answer=lambda asked: Reply("…", "en", answer=answered(asked.line)),
    )


async def test_the_description_is_openapi() -> None:
    async with visiting(shelf(), site=PUBLIC) as client:
        document = await described(client)

    OpenAPIV31SpecValidator(document).validate()
    assert document["servers"] == [{"url": "https://digest.example.org/archive"}]
    assert len(document["paths"]) == len(OPERATIONS)


@pytest.mark.parametrize("site", [PUBLIC, Site()], ids=["public", "unknown"])
async def test_every_path_answers_as_its_schema_says(site: Site) -> None:
    async with visiting(shelf(), site=site) as client:
        document = await described(client)
        for name, address in addresses(document):
            for lang in ("en", "zh"):
                answer = await client.get(address, headers={"Accept-Language": lang})
                assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), (
                    address
                )
                check(answer.json(), name, document)


async def test_a_field_that_no_schema_names_would_be_seen() -> None:
    async with visiting(shelf()) as client:
        document = await described(client)
        for address, name, within in (
            (f"{OF_REPO}/items/30062", "item", "events"),
            (f"{OF_REPO}/digests", "digests", "digests"),
            (f"{OF_REPO}/topics/amd", "topic", "weeks"),
        ):
            told = (await client.get(address)).json()
            told[within][0]["more"] = 1
            with pytest.raises(ValidationError):
                check(told, name, document)


async def test_every_schema_is_named_and_every_name_is_there() -> None:
    async with visiting(shelf()) as client:
        document = await described(client)

    named = {part.partition('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    schemas = set(document["components"]["schemas"])
    assert named <= schemas
    assert {name for name in schemas - named if "." not in name} == set()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_digests_and_answers_have_the_published_form() -> None:
    async with visiting(shelf()) as client:
        digest = await client.get(f"{OF_REPO}/digests/{ID}?lang=zh")
        accepted = await client.get(f"{OF_REPO}/digests/{ID}", headers={"Accept-Language": "zh"})
        answer = await client.get(f"{OF_REPO}/ask?q=any+AMD+PRs?")
        schemas = [(await client.get(f"{API}/schemas/{name}.json")).json() for name in ("digest", "answer")]

    kept = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "zh")
    assert digest.text == accepted.text == render(kept, "json", load("zh"))
    assert answer.json() == as_object(answered("any AMD PRs?"), "any AMD PRs?")
    assert schemas == [digest_schema(), answer_schema()]


async def test_an_item_is_told_whole() -> None:
    async with visiting(shelf(), site=PUBLIC) as client:
        item = (await client.get(f"{OF_REPO}/items/30062")).json()

    assert (item["number"], item["state"], item["topics"]) == (30062, "merged", ["amd"])
    assert (item["importance"], item["assessment"]["what"], item["assessment"]["why"]) == (
        7,
        "Whisper.",
        None,
    )
    assert item["events"][-1] == {"event": "reopened", "at": "2025-12-08T00:00:00+00:00", "actor": "ann"}
    assert item["reviews"][0]["state"] == "APPROVED"
    assert [each["author"] for each in item["comments"]][:1] == ["bigPYJ1151"]
    assert "cannot be installed" not in json.dumps(item)  # texts are GitHub's to show
    assert item["member_of"][0]["reasons"][0]["value"] == "ROCm"
    assert item["mentions"][0]["html_url"] == f"https://digest.example.org/archive/{REPO}/digests/{ID}"
    assert item["incomplete"][0]["key"] == "items"


@pytest.mark.parametrize(
    ("number", "status", "detail"),
    [(9, 404, "No issue and no pull request #9"), (7, 410, "#7 was deleted"), (8, 410, "#8 was moved")],
)
async def test_an_item_that_is_not_there_is_told_why(number: int, status: int, detail: str) -> None:
    async with visiting(shelf()) as client:
        answer = await client.get(f"{OF_REPO}/items/{number}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].startswith(detail)


# --- lists ---


@pytest.mark.parametrize(
    "query", ["limit=2&edition=daily", "limit=1", "limit=2", "limit=3", "limit=7", "limit=100"]
)
async def test_pages_of_digests_follow_each_other_without_gap_or_repetition(query: str) -> None:
    kept = shelf()
    kept.listed += [replace(each, id=f"{each.id}{tail}") for each in kept.listed for tail in "abcde"]
    async with visiting(kept) as client:
        whole = (await client.get(f"{OF_REPO}/digests?limit=100")).json()
        ids, address = [], f"{OF_REPO}/digests?{query}&since=2025-12-01"
        while address:
            page = (await client.get(address)).json()
            ids += [each["id"] for each in page["digests"]]
            address = page["next"]

    assert (len(ids), whole["next"], whole["before"]) == (1 + 7 * 6, None, None)
    assert ids == [each["id"] for each in whole["digests"]]


async def test_a_page_goes_on_where_it_was_though_new_digests_come() -> None:
    kept = shelf()
    async with visiting(kept) as client:
        first = (await client.get(f"{OF_REPO}/digests?limit=3")).json()
        rest = (await client.get(first["next"])).json()
        kept.listed.append(replace(earlier(the_digest(), -1), id="daily-new-0123456789"))
        kept.stamp = "2"
        later = (await client.get(first["next"])).json()

    assert rest == later
    assert [each["id"][:7] for each in rest["digests"]] == ["daily-3", "daily-4", "daily-5"]


async def test_a_list_of_digests_is_limited_as_it_is_asked() -> None:
    kept = shelf()
    kept.listed[0] = replace(kept.listed[0], id="weekly-1-0123456789", edition="weekly")
    async with visiting(kept, site=PUBLIC) as client:

        async def ids(query: str) -> list[str]:
            answer = await client.get(f"{OF_REPO}/digests?{query}")
            assert answer.status_code == 200, answer.text
            return [each["id"].removesuffix("-0123456789") for each in answer.json()["digests"]]

        weekly = await ids("edition=weekly")
        until = await ids("until=2025-12-05")
        since = await ids("since=2025-12-09T20:59:00%2B08:00")
        unescaped = await ids("since=2025-12-09T20:59:00+08:00")
        following = (await client.get(f"{OF_REPO}/digests?limit=1&lang=zh")).json()["next"]

    assert weekly == ["weekly-1"]
    assert until == ["daily-6", "daily-7"]
    assert since == unescaped == ["daily-2025-12-10", "weekly-1"]
    assert following.startswith(
        f"https://digest.example.org/archive{OF_REPO}/digests?limit=1&lang=zh&before="
    )


async def test_a_topic_and_a_search_tell_where_they_go_on() -> None:
    async with visiting(shelf()) as client:
        topic = (await client.get(f"{OF_REPO}/topics/amd")).json()
        first = (await client.get(f"{OF_REPO}/search?q=whisper")).json()
        second = (await client.get(first["next"])).json()

    assert topic["next"] == f"{OF_REPO}/topics/amd?before=2025-W49"
    assert topic["weeks"][0]["since"] == "2025-12-08T08:00:00+08:00"
    assert (topic["weeks"][0]["items"][0]["tier"], topic["weeks"][0]["items"][0]["event"]) == (
        "about",
        "merged",
    )
    assert [each["number"] for each in first["items"] + second["items"]] == [26701, 30062]
    assert (first["total"], first["pages"], second["page"], second["next"]) == (2, 2, 2, None)


async def test_repositories_are_those_that_one_may_read() -> None:
    async with visiting(shelf(), doors=Doors(token="t" * 32)) as client:
        anybody = (await client.get(f"{API}/repos")).json()["repos"]
        bearer = (await client.get(f"{API}/repos", headers={"Authorization": f"Bearer {'t' * 32}"})).json()[
            "repos"
        ]
        basic = await client.get(f"{API}/repos/{SECRET_REPO}", auth=("anyone", "t" * 32))

    assert [each["repo"] for each in anybody] == [REPO]
    assert [(each["repo"], each["is_public"]) for each in bearer] == [(REPO, True), (SECRET_REPO, False)]
    assert basic.json()["repo"] == SECRET_REPO


# --- what is wrong ---


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/digests?limit=0", "limit"),
        ("/digests?limit=101", "limit"),
        ("/digests?limit=ten", "limit"),
        ("/digests?limit=1&limit=2", "limit"),
        ("/digests?edition=hourly", "edition"),
        ("/digests?since=yesterday", "since"),
        ("/digests?since=2025-12-10T09:00:00", "since"),
        ("/digests?since=9999-12-31", "since"),
        ("/digests?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("/digests?since=2025-12-10&until=2025-12-10", "since"),
        ("/digests?before=here", "before"),
        ("/digests?before=99999999999999999.daily-1", "before"),
        ("/digests?edtion=daily", "edtion"),
        ("?lang=fr", "lang"),
        (f"/digests/{ID}?lang=", "lang"),
        ("/topics/amd?before=" + "x" * 65, "before"),
        ("/search", "q"),
        ("/search?q=+", "q"),
        ("/search?q=x&page=-1", "page"),
        ("/ask?q=", "q"),
        ("/ask?q=" + "x" * 1001, "q"),
        ("/ask?q=hello&tz=Mars/Base", "tz"),
        ("/ask?q=hello&tz=../../etc/passwd", "tz"),
        ("/ask?q=hello&tz=Asia", "tz"),
    ],
)
async def test_a_wrong_parameter_is_named(address: str, parameter: str) -> None:
    kept = shelf()
    async with visiting(kept) as client:
        document = await described(client)
        answer = await client.get(OF_REPO + address)
        chinese = await client.get(OF_REPO + address, headers={"Accept-Language": "zh"})

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    check(answer.json(), "problem", document)
    assert answer.json()["parameter"] == parameter
    assert answer.json()["detail"] != chinese.json()["detail"]
    assert kept.asked == []


async def test_a_digest_in_a_language_that_it_is_not_kept_in_is_not_there() -> None:
    async with visiting(Shelf(kept_in=("zh",))) as client:
        answer = await client.get(f"{OF_REPO}/digests/{ID}?lang=en")
        either = await client.get(f"{OF_REPO}/digests/{ID}")

    assert (answer.status_code, answer.json()["parameter"]) == (404, "lang")
    assert answer.json()["detail"].endswith("It is kept in: zh.")
    assert either.json()["lang"] == "zh"


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (BadInput("rules.too_fast", seconds=7), 429),
        (BadInput("rules.not_for_you"), 400),
        (GitHubError("github.unreachable"), 503),
    ],
)
async def test_a_question_that_comes_to_nothing_is_told_why(problem: Exception, status: int) -> None:
    assert isinstance(problem, BadInput | GitHubError)
    kept = shelf()
    kept.answer = lambda asked: Reply("…", "en", problem=problem, line=asked.line)
    async with visiting(kept) as client:
        answer = await client.get(f"{OF_REPO}/ask?q=hello")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"] == load("en").problem(problem)
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)


async def test_a_search_that_cannot_be_is_told_why() -> None:
    def refused(words: str, page: int) -> SearchShown:
        raise BadInput("rules.too_fast", seconds=page)

    async with visiting(Shelf(found=refused)) as client:
        answer = await client.get(f"{OF_REPO}/search?q=x")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_a_command_is_no_question() -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get(f"{OF_REPO}/ask?q=help")

    assert (answer.status_code, answer.json()["parameter"]) == (400, "q")


async def test_a_question_goes_as_it_was_asked() -> None:
    kept = shelf()
    async with visiting(kept) as client:
        answer = await client.get(
            f"{OF_REPO}/ask", params={"q": "昨天？", "lang": "zh", "tz": "Asia/Shanghai"}
        )

    [asked] = kept.asked
    assert (asked.repo, asked.line, asked.talk, asked.lang, asked.tz) == (
        REPO,
        "昨天？",
        "",
        "zh",
        "Asia/Shanghai",
    )
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 200)])
async def test_no_page_of_another_site_asks(site: str, status: int) -> None:
    kept = shelf()
    async with visiting(kept) as client:
        answer = await client.get(f"{OF_REPO}/ask?q=hello", headers={"Sec-Fetch-Site": site})

    assert answer.status_code == status
    assert len(kept.asked) == (status == 200)


async def test_no_page_of_another_site_reads() -> None:
    async with visiting(shelf()) as client:
        document = await described(client)
        for _, address in addresses(document):
            answer = await client.get(address, headers={"Origin": "https://evil.example.com"})
            assert not [name for name in answer.headers if name.startswith("access-control-")]
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        preflight = await client.options(f"{API}/repos", headers={"Origin": "https://evil.example.com"})

    assert preflight.status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/nothing",
        "/repos/x",
        "/repos/-/x",
        f"/repos/{REPO}/nothing",
        f"/repos/{REPO}/digests/daily-2020-01-01-0123456789",
        f"/repos/{REPO}/digests/..%2f..",
        f"/repos/{REPO}/items/0",
        f"/repos/{REPO}/items/x",
        f"/repos/{REPO}/items/9999999999",
        f"/repos/{REPO}/topics/nothing",
        "/schemas/other.json",
    ],
)
async def test_what_is_not_there_is_told_as_a_problem(path: str) -> None:
    async with visiting(shelf()) as client:
        document = await described(client)
        answer = await client.get(API + path)
        posted = await client.post(f"{API}/repos")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    check(answer.json(), "problem", document)
    assert (posted.status_code, posted.headers["content-type"]) == (405, "application/problem+json")


async def test_a_refused_repository_is_told_from_an_unknown_one_by_nothing() -> None:
    async with visiting(shelf(), doors=Doors(token="t" * 32)) as client:
        document = await described(client)
        of_repo = [address for _, address in addresses(document) if REPO in address]
        for address in of_repo:
            for query in ("", "&lang=fr", "&nothing=1"):
                address_asked = address + (query if "?" in address else query.replace("&", "?", 1))
                refused = await client.get(address_asked.replace(REPO, SECRET_REPO))
                unknown = await client.get(address_asked.replace(REPO, "nobody/nothing"))
                assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
                assert refused.status_code in (400, 404)
                assert {**refused.headers, "date": ""} == {**unknown.headers, "date": ""}
        allowed = await client.get(f"{API}/repos/{SECRET_REPO}", auth=("", "t" * 32))

    assert len(of_repo) == 9
    assert allowed.status_code == 200


async def test_what_a_program_has_is_not_sent_again() -> None:
    kept = shelf()
    async with visiting(kept) as client:
        document = await described(client)
        for name, address in addresses(document):
            if name == "answer":
                continue
            first = await client.get(address)
            again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b""), address


async def test_too_much_at_once_is_told_with_when_to_come_again() -> None:
    async with visiting(Shelf(), rates=Rates(0.1, 1)) as client:
        await client.get(f"{API}/repos")
        answer = await client.get(f"{API}/repos")

    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_store_that_is_away_is_a_problem_too() -> None:
    async with visiting(Shelf(failure=StoreError("store.unreachable"))) as client:
        answer = await client.get(f"{API}/repos")

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_the_documentation_names_every_address_and_parameter() -> None:
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
    rows = {row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `/api/v1")}

    assert set(rows) == {each.path for each in OPERATIONS}
    for each in OPERATIONS:
        for parameter in each.query:
            assert f"`{parameter.name}`" in rows[each.path]
