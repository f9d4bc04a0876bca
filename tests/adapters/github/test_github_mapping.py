"""GraphQL nodes become items: what is told is kept, what follows is derived, nothing else is."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.github.errors import UnexpectedPayload
from adapters.github.mapping import item_of, release_of
from adapters.github.nodes import ReleaseNode, parse, parse_item
from adapters.github.people import is_bot
from summarizer.items import GHOST, Event, Item, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

REPO = "vllm-project/vllm"
T0 = datetime(2025, 12, 10, 9, 53, tzinfo=UTC)


def at(minutes: int) -> str:
    return f"{T0 + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def instant(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def actor(login: str, typename: str = "User") -> dict[str, str]:
    return {"__typename": typename, "login": login}


def event(name: str, minutes: int, by: str = "bob") -> dict[str, Any]:
    return {"__typename": name, "createdAt": at(minutes), "actor": actor(by)}


def issue(**fields: object) -> dict[str, Any]:
    node = {"__typename": "Issue", "number": 1, "title": "t", "url": "u", "issueState": "OPEN"}
    return node | fields


def pull(**fields: object) -> dict[str, Any]:
    node = {"__typename": "PullRequest", "number": 2, "title": "t", "url": "u", "pullState": "OPEN"}
    return node | fields


def item(node: dict[str, Any]) -> Item:
    return item_of(parse_item(node, "node"), REPO)


def happened(node: dict[str, Any]) -> list[tuple[str, datetime]]:
    return [(event.name, event.at) for event in item(node).events]


def test_a_bare_node_is_an_item_of_which_little_is_known() -> None:
    assert item(issue()) == Item(REPO, 1, "issue", "t", "u")
    assert item(pull()) == Item(REPO, 2, "pull_request", "t", "u")


def test_a_null_author_is_a_ghost_and_an_absent_one_unknown() -> None:
    assert item(issue(author=None)).author == Person(GHOST)
    assert item(issue()).author is None
    comments = {"totalCount": 1, "nodes": [{"author": None, "createdAt": at(0), "body": "b", "url": "u"}]}
    assert item(issue(comments=comments)).comments[0].author == Person(GHOST)


@pytest.mark.parametrize(
    ("login", "typename", "bot"),
    [
        ("ann", "User", False),
        ("whoever", "Bot", True),
        ("dependabot[bot]", None, True),
        ("github-actions", "User", True),
        ("Mergify", None, True),
        ("chatgpt-codex-connector", None, True),
        ("gemini-code-assist", None, True),
        ("coderabbitai", None, True),
        ("copilot-pull-request-reviewer", None, True),
        ("mergifyfan", "User", False),
    ],
)
def test_bots_are_known_by_type_by_suffix_or_by_name(login: str, typename: str | None, bot: bool) -> None:
    assert is_bot(login, typename) is bot


def test_a_merge_is_one_event_without_the_close_beside_it() -> None:
    for close in (9, 10, 11):
        events = [event("ClosedEvent", close), event("MergedEvent", 10)]
        node = pull(
            pullState="MERGED",
            createdAt=at(0),
            mergedAt=at(10),
            pullEvents={"nodes": sorted(events, key=str)},
        )

        assert happened(node) == [("opened", instant(0)), ("merged", instant(10))]


def test_a_close_before_a_reopening_stays_although_a_merge_follows() -> None:
    events = [
        event("ClosedEvent", 9),
        event("ReopenedEvent", 9),
        event("MergedEvent", 10),
        event("ClosedEvent", 10),
    ]
    node = pull(pullState="MERGED", mergedAt=at(10), pullEvents={"nodes": events})

    assert [name for name, _ in happened(node)] == ["closed_unmerged", "reopened", "merged"]


def test_a_close_is_unmerged_for_a_pull_request_and_just_a_close_for_an_issue() -> None:
    events = {"nodes": [event("ClosedEvent", 5)]}

    assert happened(pull(pullState="CLOSED", closedAt=at(5), pullEvents=events)) == [
        ("closed_unmerged", instant(5))
    ]
    assert happened(issue(issueState="CLOSED", closedAt=at(5), issueEvents=events)) == [
        ("closed", instant(5))
    ]


@pytest.mark.parametrize(
    ("node", "events"),
    [
        (issue(createdAt=at(0)), [("opened", instant(0))]),
        (issue(issueState="CLOSED", closedAt=at(5)), [("closed", instant(5))]),
        (pull(pullState="CLOSED", closedAt=at(5)), [("closed_unmerged", instant(5))]),
        (pull(pullState="MERGED", mergedAt=at(5)), [("merged", instant(5))]),
        (pull(pullState="MERGED", closedAt=at(5)), [("merged", instant(5))]),
        (pull(pullState="MERGED"), []),
    ],
)
def test_events_follow_from_times_where_the_timeline_lacks_them(
    node: dict[str, Any], events: list[tuple[str, datetime]]
) -> None:
    assert happened(node) == events


def test_a_merge_whose_time_only_the_timeline_tells_is_dated_by_it() -> None:
    merged = item(pull(pullState="MERGED", pullEvents={"nodes": [event("MergedEvent", 5)]}))

    assert (merged.state, merged.merged_at, merged.closed_at) == ("merged", instant(5), instant(5))
    assert merged.events == (Event("merged", instant(5), Person("bob")),)


def test_links_into_other_repositories_are_not_our_numbers() -> None:
    links = [
        {"number": 7, "repository": {"nameWithOwner": "VLLM-project/vllm"}},
        {"number": 5, "repository": {"nameWithOwner": "other/repo"}},
        {"number": 3},
    ]

    assert item(pull(closes={"nodes": links})).linked == (3, 7)
    assert item(issue(closedBy={"nodes": links})).linked == (3, 7)


def test_comments_reviews_and_files_are_in_order() -> None:
    comments = [
        {"author": actor("a"), "createdAt": at(minutes), "body": f"{minutes}"} for minutes in (3, 1, 2)
    ]
    times = [("APPROVED", at(2)), ("APPROVED", at(1)), ("PENDING", None)]
    reviews = [{"author": actor("a"), "submittedAt": time, "state": state} for state, time in times]
    files = {"totalCount": 2, "nodes": [{"path": "b"}, {"path": "a"}]}

    got = item(pull(comments={"totalCount": 9, "nodes": comments}, reviews={"nodes": reviews}, files=files))

    assert [comment.body for comment in got.comments] == ["1", "2", "3"]
    assert got.comments_total == 9
    assert [review.submitted_at for review in got.reviews] == [instant(1), instant(2)]
    assert got.files == ("a", "b")


def asked(*reviewers: dict[str, str] | None) -> dict[str, Any]:
    return {"nodes": [{"requestedReviewer": reviewer} for reviewer in reviewers]}


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (asked({"login": "zoe"}, {"combinedSlug": "vllm-project/rocm"}), ("zoe", "vllm-project/rocm")),
        (asked(), ()),
        (asked({"login": "zoe"}, None), ("zoe",)),
        (asked({}, {"login": "ann"}), ("ann",)),
        (asked(None, {}), None),
        ({"nodes": [None, *asked({"login": "zoe"})["nodes"]]}, ("zoe",)),
        ({"nodes": [None]}, None),
        ({"nodes": None}, None),
        (None, None),
    ],
)
def test_who_a_review_is_asked_of_is_told_as_far_as_the_token_sees_it(
    told: object, names: tuple[str, ...] | None
) -> None:
    assert item(pull(reviewRequests=told)).review_requests == names


def test_assignees_and_the_decision_are_told_and_an_absent_one_is_unknown() -> None:
    assigned = {"nodes": [{"login": "zoe"}, {"login": "ann"}]}
    known = item(pull(assignees=assigned, reviewDecision="CHANGES_REQUESTED"))

    assert (known.assignees, known.review_decision) == (("zoe", "ann"), "CHANGES_REQUESTED")
    assert (item(pull()).assignees, item(pull()).review_decision) == (None, None)
    assert item(issue(assignees=assigned)).assignees == ("zoe", "ann")
    assert item(issue(assignees={"nodes": []})).assignees == ()
    assert item(issue(reviewRequests=asked({"login": "zoe"}))).review_requests is None


@pytest.mark.parametrize(
    ("node", "path"),
    [
        (None, "nodes[4].__typename"),
        ({}, "nodes[4].__typename"),
        (issue(title=None), "nodes[4].title"),
        (issue(issueState=None), "nodes[4].issueState"),
        (pull(pullState="LOST"), "nodes[4].pullState"),
        (issue(createdAt="2025-12-10T09:53:00"), "nodes[4].createdAt"),
        (issue(comments={"nodes": [{}, {"createdAt": "x"}]}), "nodes[4].comments.nodes[1].createdAt"),
    ],
)
def test_a_node_of_another_shape_is_refused_by_path(node: object, path: str) -> None:
    with pytest.raises(UnexpectedPayload) as caught:
        parse_item(node, "nodes[4]")

    assert caught.value.path == path


def test_drafts_are_no_releases() -> None:
    node = {"tagName": "v1", "url": "u", "publishedAt": at(0), "isPrerelease": True, "isDraft": False}
    release = release_of(parse(ReleaseNode, node, "r"))
    assert release is not None
    assert (release.tag_name, release.name, release.is_prerelease) == ("v1", "v1", True)
    assert release_of(parse(ReleaseNode, node | {"isDraft": True}, "r")) is None
    assert release_of(parse(ReleaseNode, node | {"publishedAt": None}, "r")) is None


FULL_ISSUE = issue(
    id="I_1",
    author=actor("ann"),
    authorAssociation="MEMBER",
    labels={"nodes": [{"name": "rocm"}, {"name": "bug"}]},
    issueState="CLOSED",
    stateReason="COMPLETED",
    createdAt=at(0),
    updatedAt=at(50),
    closedAt=at(40),
    body="words",
    reactions={"totalCount": 4},
    assignees={"nodes": [{"login": "ann"}, {"login": "bob"}]},
    closedBy={"nodes": [{"number": 9, "repository": {"nameWithOwner": REPO}}]},
    issueEvents={"nodes": [event("ClosedEvent", 10), event("ReopenedEvent", 20), event("ClosedEvent", 40)]},
    comments={
        "totalCount": 1,
        "nodes": [{"author": actor("c"), "createdAt": at(5), "body": "b", "url": "u"}],
    },
)
FULL_PULL = pull(
    id="PR_1",
    author=actor("mergify", "Bot"),
    authorAssociation="NONE",
    labels={"nodes": [{"name": "v1"}]},
    pullState="MERGED",
    isDraft=False,
    createdAt=at(0),
    updatedAt=at(50),
    closedAt=at(40),
    mergedAt=at(40),
    mergedBy=actor("bob"),
    body="words",
    additions=7,
    deletions=8,
    changedFiles=1,
    files={"totalCount": 1, "nodes": [{"path": "a.py"}]},
    reactions={"totalCount": 4},
    headRefOid="abc",
    mergeCommit={"oid": "def"},
    closes={"nodes": [{"number": 1, "repository": {"nameWithOwner": REPO}}]},
    pullEvents={
        "nodes": [
            event("ClosedEvent", 10),
            event("ReopenedEvent", 20),
            event("MergedEvent", 40),
            event("ClosedEvent", 40),
        ]
    },
    comments={
        "totalCount": 1,
        "nodes": [{"author": actor("c"), "createdAt": at(5), "body": "b", "url": "u"}],
    },
    reviews={"totalCount": 1, "nodes": [{"author": actor("r"), "submittedAt": at(6), "state": "APPROVED"}]},
    reviewDecision="APPROVED",
    reviewRequests=asked({"login": "zoe"}, {"combinedSlug": "vllm-project/rocm"}),
    assignees={"nodes": [{"login": "ann"}]},
)
REQUIRED = {("__typename",), ("number",), ("title",), ("url",), ("issueState",), ("pullState",)}


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value that could be null instead."""
    if path and path not in REQUIRED:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in parts:
        yield from paths(child, (*path, key))


def with_nulls(node: dict[str, Any], places: list[tuple[str | int, ...]], absent: bool) -> dict[str, Any]:
    node = copy.deepcopy(node)
    for place in places:
        holder: Any = node
        for key in place[:-1]:
            holder = holder[key] if holder is not None and key_in(holder, key) else None
        if holder is not None and key_in(holder, place[-1]):
            if absent and isinstance(holder, dict):
                del holder[place[-1]]
            else:
                holder[place[-1]] = None
    return node


def key_in(holder: object, key: str | int) -> bool:
    return (
        key in holder if isinstance(holder, dict) else isinstance(holder, list) and key in range(len(holder))
    )


@pytest.mark.parametrize("whole", [FULL_ISSUE, FULL_PULL], ids=["issue", "pull request"])
@given(data=st.data())
def test_what_is_null_is_unknown_and_never_a_wrong_known(whole: dict[str, Any], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.sampled_from(list(paths(whole))), max_size=12, unique=True))
    absent = data.draw(st.booleans())

    truth, got = item(whole), item(with_nulls(whole, places, absent))

    people = {truth.author, None, Person(GHOST), Person("mergify")}
    assert got.author in people
    assert (got.state, got.title, got.number, got.kind) == (
        truth.state,
        truth.title,
        truth.number,
        truth.kind,
    )
    for name in (
        "author_association", "is_draft", "state_reason", "created_at", "updated_at", "closed_at",
        "merged_at", "merged_by", "body", "additions", "deletions", "changed_files", "reactions",
        "head", "merge_commit", "comments_total", "review_decision",
    ):  # fmt: skip
        assert getattr(got, name) in (None, getattr(truth, name)), name
    assert got.files in (None, truth.files)
    for names, known in (
        (got.review_requests, truth.review_requests),
        (got.assignees, truth.assignees),
    ):
        assert names is None or (names and set(names) <= set(known or ()))
    assert set(got.labels) <= set(truth.labels)
    assert set(got.linked) <= set(truth.linked)
    assert {(event.name, event.at) for event in got.events} <= {
        (event.name, event.at) for event in truth.events
    }
    assert (got.created_at is not None) == any(event.name == "opened" for event in got.events)
    assert {comment.created_at for comment in got.comments} <= {
        comment.created_at for comment in truth.comments
    }
    assert {review.submitted_at for review in got.reviews} <= {
        review.submitted_at for review in truth.reviews
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(list(FULL_PULL)), children)
    ),
    max_leaves=8,
)


# building that strategy takes a slow machine longer than the whole of the other examples
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(list(FULL_PULL | FULL_ISSUE)), JSON),
    st.sampled_from([FULL_PULL, FULL_ISSUE]),
)
def test_any_json_is_an_item_or_is_refused_by_path(odd: dict[str, Any], base: dict[str, Any]) -> None:
    try:
        outcome = item(json.loads(json.dumps(base | odd))).repo
    except UnexpectedPayload as error:
        outcome = error.path

    assert outcome == REPO or outcome.startswith("node.")
