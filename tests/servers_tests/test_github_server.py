"""What the tests' GitHub answers, page by page, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.servers.github import faults, github_server
from tests.servers.github.asker import LISTING, Asker, asking, kinds

if TYPE_CHECKING:
    from tests.servers.github import Repository, World

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_an_issue_tells_its_history(github: Asker, vllm: Repository) -> None:
    issue = vllm.open_issue("Wrong tokens", by="ada", at=T, labels=["bug"], body="It fails.", number=7)
    issue.comment(by="mergify[bot]", at=T + HOUR, body="hello")
    issue.comment(by=None, at=T + HOUR / 2, body="earlier, by a deleted account")
    issue.close(by="grace", at=T + 2 * HOUR, reason="DUPLICATE")
    issue.reopen(by="grace", at=T + 3 * HOUR)
    answer = await github.ask("""{ repository(owner: "VLLM-project", name: "vllm") { issue(number: 7) {
        title state stateReason closedAt createdAt updatedAt author { __typename login }
        labels(first: 5) { nodes { name } }
        comments(first: 5) { totalCount nodes { body author { __typename login } } }
        participants(first: 5) { totalCount }
        timelineItems(first: 5, itemTypes: [CLOSED_EVENT]) { filteredCount totalCount nodes {
            __typename ... on ClosedEvent { createdAt actor { login } stateReason } } } } } }""")
    assert answer == {
        "data": {
            "repository": {
                "issue": {
                    "title": "Wrong tokens",
                    "state": "OPEN",
                    "stateReason": "REOPENED",
                    "closedAt": None,
                    "createdAt": "2025-12-10T09:00:00Z",
                    "updatedAt": "2025-12-10T12:00:00Z",
                    "author": {"__typename": "User", "login": "ada"},
                    "labels": {"nodes": [{"name": "bug"}]},
                    "comments": {
                        "totalCount": 2,
                        "nodes": [
                            {"body": "earlier, by a deleted account", "author": None},
                            {"body": "hello", "author": {"__typename": "Bot", "login": "mergify"}},
                        ],
                    },
                    "participants": {"totalCount": 1},
                    "timelineItems": {
                        "filteredCount": 1,
                        "totalCount": 2,
                        "nodes": [
                            {
                                "__typename": "ClosedEvent",
                                "createdAt": "2025-12-10T11:00:00Z",
                                "actor": {"login": "grace"},
                                "stateReason": "DUPLICATE",
                            }
                        ],
                    },
                }
            }
        }
    }


async def test_a_merged_pull_request_is_also_closed_and_names_its_issue(
    github: Asker, vllm: Repository
) -> None:
    issue = vllm.open_issue("Slow", by="ada", at=T)
    pull = vllm.open_pr("Speed it up", by="lin", at=T, files=["a.py", "b.py"], closes=[issue])
    pull.review(by="grace", at=T + HOUR, state="APPROVED", body="fine", comments=2)
    pull.merge(by="grace", at=T + 2 * HOUR)
    answer = await github.ask(
        """query($id: ID!) { node(id: $id) { ... on PullRequest { state merged mergedAt closedAt mergedBy {
        login } additions changedFiles mergeCommit { oid } reviewDecision files(first: 1) { totalCount
        nodes { path changeType } pageInfo { hasNextPage } } reviews(first: 5) { nodes { state body
        submittedAt comments { totalCount } } } timelineItems(last: 5) { nodes { __typename } }
        closingIssuesReferences(first: 5) { nodes { number closedByPullRequestsReferences(first: 1) {
        totalCount } } } } } }""",
        id=pull.id,
    )
    node = answer["data"]["node"]
    assert node.pop("mergeCommit") == {"oid": pull.merge_commit}
    assert node == {
        "state": "MERGED",
        "merged": True,
        "mergedAt": "2025-12-10T11:00:00Z",
        "closedAt": "2025-12-10T11:00:00Z",
        "mergedBy": {"login": "grace"},
        "additions": 20,
        "changedFiles": 2,
        "reviewDecision": "APPROVED",
        "files": {
            "totalCount": 2,
            "nodes": [{"path": "a.py", "changeType": "MODIFIED"}],
            "pageInfo": {"hasNextPage": True},
        },
        "reviews": {
            "nodes": [
                {
                    "state": "APPROVED",
                    "body": "fine",
                    "submittedAt": "2025-12-10T10:00:00Z",
                    "comments": {"totalCount": 2},
                }
            ]
        },
        "timelineItems": {"nodes": [{"__typename": "MergedEvent"}, {"__typename": "ClosedEvent"}]},
        "closingIssuesReferences": {
            "nodes": [{"number": 1, "closedByPullRequestsReferences": {"totalCount": 1}}]
        },
    }


async def test_states_of_issue_and_pull_request_may_stand_side_by_side(
    github: Asker, vllm: Repository
) -> None:
    vllm.open_pr("Fix", by="lin", at=T)
    answer = await github.ask(
        '{ search(type: ISSUE, query: "", first: 1) {'
        " nodes { ... on Issue { state } ... on PullRequest { state } } } }"
    )
    assert answer["data"]["search"]["nodes"] == [{"state": "OPEN"}]


async def test_releases_come_in_the_order_asked_for(github: Asker, vllm: Repository) -> None:
    vllm.release("v0.12.0", at=T, name="v0.12.0")
    vllm.release("v0.12.1rc1", at=T + HOUR, prerelease=True)
    vllm.release("v0.13.0", at=T + 2 * HOUR, draft=True)
    answer = await github.ask("""{ repository(owner: "vllm-project", name: "vllm") {
        releases(first: 5, orderBy: {field: CREATED_AT, direction: DESC}) {
            nodes { tagName publishedAt isPrerelease isDraft isLatest } } } }""")
    rows = [tuple(node.values()) for node in answer["data"]["repository"]["releases"]["nodes"]]
    assert rows == [
        ("v0.13.0", None, False, True, False),
        ("v0.12.1rc1", "2025-12-10T10:00:00Z", True, False, False),
        ("v0.12.0", "2025-12-10T09:00:00Z", False, False, True),
    ]


async def test_what_was_deleted_or_transferred_leaves_the_listing_in_silence(
    github: Asker, world: World
) -> None:
    here, there = world.repository("vllm-project/vllm"), world.repository("vllm-project/recipes")
    gone, moved, stays = (here.open_issue(title, by="ada", at=T) for title in ("gone", "moved", "stays"))
    comment = stays.comment(by="ada", at=T + HOUR)
    here.delete(gone.number)
    here.transfer(moved.number, there)
    stays.delete_comment(comment)
    assert (await github.ask(LISTING, first=10))["data"]["repository"]["issues"]["nodes"] == [{"number": 3}]
    answer = await github.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) {"
        " ... on Issue { repository { nameWithOwner } updatedAt } } }",
        ids=[gone.id, moved.id, stays.id],
    )
    assert answer["data"]["nodes"] == [
        None,
        {"repository": {"nameWithOwner": "vllm-project/recipes"}, "updatedAt": "2025-12-10T09:00:00Z"},
        {"repository": {"nameWithOwner": "vllm-project/vllm"}, "updatedAt": "2025-12-10T10:00:00Z"},
    ]
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["nodes", 0])]


async def test_pages_join_even_when_the_listing_moves(github: Asker, vllm: Repository) -> None:
    for hour in range(6):
        vllm.open_issue(f"#{hour + 1}", by="ada", at=T + hour * HOUR)
    seen, after = [], None
    for _ in range(3):
        page = (await github.ask(LISTING, first=2, after=after))["data"]["repository"]["issues"]
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        vllm.threads[6].comment(
            by="ada", at=T + (10 + len(seen)) * HOUR
        )  # to the front again, behind our back
    assert seen == [6, 5, 4, 3, 2, 1]
    assert page["pageInfo"]["hasNextPage"] is False


async def test_last_and_before_page_backwards(github: Asker, vllm: Repository) -> None:
    issue = vllm.open_issue("Talk", by="ada", at=T)
    for turn in range(5):
        issue.comment(by="ada", at=T + turn * HOUR, body=str(turn))
    query = """query($id: ID!, $before: String) { node(id: $id) { ... on Issue {
        comments(last: 2, before: $before) {
        nodes { body } pageInfo { hasPreviousPage startCursor } } } } }"""
    bodies, before, more = [], None, True
    while more:
        page = (await github.ask(query, id=issue.id, before=before))["data"]["node"]["comments"]
        bodies += [[node["body"] for node in page["nodes"]]]
        before, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
    assert bodies == [["3", "4"], ["1", "2"], ["0"]]


@pytest.mark.parametrize(
    ("selection", "kind", "words"),
    [
        (
            "issues { nodes { id } }",
            "MISSING_PAGINATION_BOUNDARIES",
            "to properly paginate the `issues`",
        ),
        (
            "issues(first: 101) { totalCount }",
            "EXCESSIVE_PAGINATION",
            "exceeds the `first` limit of 100 records.",
        ),
        ("issues(last: 0) { totalCount }", "INVALID_PAGINATION_BOUNDARIES", "cannot be less than one"),
        (
            'issues(first: 1, after: "x") { totalCount }',
            "INVALID_CURSOR_ARGUMENTS",
            "`x` does not appear",
        ),
        (
            "issues(first: 99) { nodes { comments(first: 99) { nodes { reactions(first: 99) {totalCount}}}}}",
            "MAX_NODE_LIMIT_EXCEEDED",
            "requests up to 980,199 possible nodes which exceeds the maximum limit of 500,000.",
        ),
    ],
)
async def test_pages_out_of_bounds_are_refused(github: Asker, selection: str, kind: str, words: str) -> None:
    answer = await github.ask(f'{{ repository(owner: "vllm-project", name: "vllm") {{ {selection} }} }}')
    assert kinds(answer) == [kind]
    assert words in answer["errors"][0]["message"]
    assert not (answer["data"] or {}).get("repository")


async def test_labels_of_either_kind_are_one_list_through_their_interface(
    github: Asker, vllm: Repository
) -> None:
    vllm.open_issue("One", by="ada", at=T, labels=["bug"])
    vllm.open_pr("Two", by="ada", at=T, labels=["rocm"])
    query = (
        '{ search(type: ISSUE, query: "sort:created-asc", first: 100) {'
        " nodes { ... on Labelable { labels(first: 2) { nodes { name } } } } } }"
    )
    answer = await github.ask(query)
    names = [node["labels"]["nodes"][0]["name"] for node in answer["data"]["search"]["nodes"]]
    assert sorted(names) == ["bug", "rocm"]
    assert github.server.requests[0].nodes == 100 + 100 * 2


async def test_every_answer_tells_the_time_by_the_servers_clock(github: Asker) -> None:
    github.server.clock = lambda: T
    github.server.faults.on("late", faults.bad_gateway())
    answers = [
        await github.post("{ viewer { login } }"),
        await github.http.post(
            github.server.url, json={"query": "query late { viewer { login } }", "operationName": "late"}
        ),
        await github.http.get(f"{github.server.rest_url}/repos/no/where"),
    ]
    assert [answer.status_code for answer in answers] == [200, 502, 404]
    assert {answer.headers["Date"] for answer in answers} == {"Wed, 10 Dec 2025 09:00:00 GMT"}


async def test_the_date_may_differ_from_the_clock(world: World) -> None:
    date = T + HOUR
    async with asking(github_server(world, clock=lambda: T, date=lambda: date)) as github:
        answer = await github.post("{ viewer { login } }")
    assert answer.headers["Date"] == "Wed, 10 Dec 2025 10:00:00 GMT"
    assert int(answer.headers["X-RateLimit-Reset"]) == int((T + HOUR).timestamp())


async def test_what_was_deleted_is_gone_from_everything_and_its_number_with_it(
    github: Asker, vllm: Repository
) -> None:
    gone = vllm.open_issue("gone", by="ada", at=T, number=5)
    comment = gone.comment(by="ada", at=T)
    pull = vllm.open_pr("Fix", by="ada", at=T, number=4, closes=[gone])
    vllm.delete(gone.number)
    answer = await github.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) {"
        " ... on PullRequest { closingIssuesReferences(first: 5) { totalCount } } } }",
        ids=[gone.id, comment.id, pull.id],
    )
    assert answer["data"]["nodes"] == [None, None, {"closingIssuesReferences": {"totalCount": 0}}]
    assert await github.numbers("") == [4]
    assert vllm.open_issue("next", by="ada", at=T).number == 6


async def test_totals_need_no_bounds(github: Asker, vllm: Repository) -> None:
    vllm.open_issue("One", by="ada", at=T)
    answer = await github.ask('{ repository(owner: "vllm-project", name: "vllm") { issues { totalCount } } }')
    assert answer == {"data": {"repository": {"issues": {"totalCount": 1}}}}


async def test_counts_of_searches_and_timelines_need_no_bounds_and_pay_for_no_node(
    github: Asker, vllm: Repository
) -> None:
    issue = vllm.open_issue("One", by="ada", at=T)
    issue.close(by="ada", at=T)
    answer = await github.ask("""{ a: search(type: ISSUE, query: "is:issue") { issueCount }
        b: search(type: ISSUE, query: "is:pr") { issueCount }
        repository(owner: "vllm-project", name: "vllm") { issue(number: 1) {
            timelineItems(itemTypes: [CLOSED_EVENT]) { filteredCount } } } }""")
    assert answer == {
        "data": {
            "a": {"issueCount": 1},
            "b": {"issueCount": 0},
            "repository": {"issue": {"timelineItems": {"filteredCount": 1}}},
        }
    }
    assert (github.server.requests[0].cost, github.server.requests[0].nodes) == (1, 0)


async def test_more_than_a_hundred_ids_are_refused(github: Asker) -> None:
    answer = await github.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["I_1"] * 101)
    assert kinds(answer) == ["ARGUMENT_LIMIT"]


async def test_wrong_and_missing_tokens_are_refused(github: Asker) -> None:
    wrong = await github.http.post(
        github.server.url, json={"query": "{ viewer { login } }"}, headers={"Authorization": "Bearer no"}
    )
    del github.http.headers["Authorization"]
    missing = await github.post("{ viewer { login } }")
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Bad credentials")
    assert (missing.status_code, missing.json()["message"]) == (
        401,
        "This endpoint requires you to be authenticated.",
    )


async def test_an_unknown_repository_is_null_with_an_error_beside_it(github: Asker) -> None:
    answer = await github.ask('{ repository(owner: "no", name: "where") { id } }')
    assert answer["data"] == {"repository": None}
    assert answer["errors"] == [
        {
            "type": "NOT_FOUND",
            "path": ["repository"],
            "locations": [{"line": 1, "column": 3}],
            "message": "Could not resolve to a Repository with the name 'no/where'.",
        }
    ]


@pytest.mark.parametrize("query", ["{ nothing }", "{ viewer", "query($a: Int!) { viewer { login } }", ""])
async def test_a_query_that_is_wrong_gets_an_error_and_no_data(github: Asker, query: str) -> None:
    answer = await github.ask(query)
    assert answer["errors"]
    assert not answer.get("data")


async def test_what_is_no_json_is_refused(github: Asker) -> None:
    answer = await github.http.post(github.server.url, content=b"no json")
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")
