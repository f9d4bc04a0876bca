"""A model's draft: what it made up is dropped and told, and where the rules are sure they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.questions.drafts import query_of
from summarizer.questions.schema import PartDraft, QueryDraft, SideDraft
from tests.bot.questions.asking import LABELS, LOGINS, RULES, read

if TYPE_CHECKING:
    from bot.questions.reading import Reading


def _of(text: str, **draft: object) -> Reading:
    return query_of(
        QueryDraft.model_validate(draft),
        RULES,
        read(text),
        text=text,
        is_login=lambda word: word.lower() in LOGINS,
        is_label=lambda word: word.lower() in LABELS,
    )


def test_a_draft_says_what_the_rules_did_not_understand() -> None:
    found = _of(
        "what has been going into kernel fusion, flurbs, lately",
        kind="pull_request",
        events=["merged"],
        topics=["ROCm"],
        window="week last",
        words=["Kernel fusion"],
        people=[PartDraft(role="reviewer", login="mgoin")],
        organisations=["amd"],
        labels=["bug"],
        paths=["csrc/"],
        order="largest",
        limit=5,
        form="count",
    )

    assert found.query.as_dict() == {
        "kind": "pull_request",
        "events": ["merged"],
        "topics": ["amd"],
        "window": "week last",
        "words": ["kernel", "fusion"],
        "people": ["reviewer:mgoin"],
        "organisations": ["amd"],
        "labels": ["bug"],
        "paths": ["csrc/"],
        "order": "largest",
        "limit": 5,
        "form": "count",
    }
    assert (found.unread, found.problems, found.assumed) == (("flurbs",), (), ())


@pytest.mark.parametrize(
    ("draft", "dropped", "problem"),
    [
        ({"topics": ["unicorns"]}, "unicorns", "topics.unknown"),
        ({"labels": ["unicorn"]}, "unicorn", "reading.unknown_label"),
        ({"people": [PartDraft(role="author", login="unicorn")]}, "unicorn", "reading.unknown_login"),
        ({"window": "next unicorn"}, "next unicorn", "reading.unknown_window"),
    ],
)
def test_what_the_sentence_names_and_there_is_not_is_dropped_and_told(
    draft: dict[str, Any], dropped: str, problem: str
) -> None:
    found = _of(f"flurbs {dropped}", events=["merged"], **draft)

    assert found.query.as_dict().keys() <= {"events", "window"}
    assert dropped in found.unread
    assert problem in [each.key for each in found.problems]


@pytest.mark.parametrize(
    "draft",
    [
        {"topics": ["unicorns"]},
        {"labels": ["unicorn"]},
        {"people": [PartDraft(role="author", login="unicorn")]},
        {"window": "next unicorn"},
        {"window": "2025-13-45"},
        {"organisations": ["unicorn"]},
        {"without": ["topic:unicorn"]},
        {"without": ["unicorn"]},
        {"unread": ["unicorn", "<!channel>", "flur"]},
    ],
)
@pytest.mark.parametrize("text", ["flurbs", "有什么 flurbs 吗"])
def test_what_a_model_makes_up_is_dropped_without_a_word(text: str, draft: dict[str, Any]) -> None:
    found = _of(text, events=["merged"], **draft)

    assert found.query.as_dict() == {"events": ["merged"], "window": "week this"}
    assert (found.unread, found.problems) == (("flurbs",), ())


@pytest.mark.parametrize(
    "draft", [{"organisations": ["Unicorn"]}, {"without": ["unicorn"]}, {"unread": ["UNICORN"]}]
)
def test_what_cannot_be_used_is_told_where_the_sentence_has_it(draft: dict[str, Any]) -> None:
    found = _of("flurbs of the ｕｎｉｃｏｒｎ", events=["merged"], **draft)

    assert any(word.casefold() == "unicorn" for word in found.unread)


def test_a_draft_does_not_erase_what_the_rules_could_not_read() -> None:
    found = _of("flurbs wubble about AMD", topics=["amd"], words=["flurb"], events=["merged"], unread=[])

    assert found.query.words == ("flurb",)
    assert found.unread == ("wubble",)


@pytest.mark.parametrize(
    ("text", "unread"), [("were all flurbs merged?", "all"), ("flurbs 都合并了吗？", "都")]
)
def test_a_draft_does_not_make_some_of_all(text: str, unread: str) -> None:
    found = _of(text, events=["merged"], words=["flurbs"], form="yes_no")

    assert unread in found.unread


def test_what_is_left_out_by_its_state_stays_left_out() -> None:
    found = _of("flurbs other than those that are in", without=["is:merged"], kind="pull_request")

    assert "-is:merged" in found.query.as_dict()["filters"]


def test_the_rules_are_right_about_what_they_are_sure_of() -> None:
    found = _of(
        'flurb #26701 with "a b" last week without bots label:rocm',
        numbers=[1, 2],
        phrases=["nothing"],
        window="today",
        without=["topic:ci"],
    )

    assert found.query.as_dict() == {
        "window": "week last",
        "numbers": [26701],
        "phrases": ["a b"],
        "filters": ["label:rocm", "-is:bot", "-topic:ci"],
    }


def test_a_window_that_cannot_be_is_not_replaced_by_the_models() -> None:
    found = _of("flurbs merged on 2025-13-45", events=["merged"], window="today")

    assert found.query.as_dict() == {"events": ["merged"]}
    assert [each.key for each in found.problems] == ["window.no_such_day"]


def test_a_comparison_needs_another_side() -> None:
    one = _of("flurbs", topics=["amd"], form="compare", window="week this")
    two = _of(
        "flurbs", topics=["amd"], form="compare", window="week this", against=SideDraft(topics=["nvidia"])
    )

    assert one.query.as_dict() == {"topics": ["amd"], "window": "week this"}
    assert two.query.as_dict() == {
        "topics": ["amd"],
        "window": "week this",
        "form": "compare",
        "against": {"topics": ["nvidia"], "window": "week this"},
    }


def test_values_that_there_are_not_are_nothing() -> None:
    found = _of(
        "flurbs",
        kind="unicorn",
        events=["eaten", "merged"],
        states=["odd"],
        order="odd",
        form="odd",
        limit=-3,
    )

    assert found.query.as_dict() == {"events": ["merged"], "window": "week this"}


def test_where_a_draft_adds_nothing_what_the_rules_could_not_read_stays_unread() -> None:
    alone = read("merged flurbs about AMD")
    found = _of("merged flurbs about AMD", events=["merged"], topics=["amd"])

    assert found.query == alone.query
    assert found.unread == alone.unread == ("flurbs",)


def test_an_empty_draft_is_what_the_rules_read() -> None:
    alone = read("how is the weather in Berlin?")
    found = _of("how is the weather in Berlin?")

    assert (found.query, found.unread) == (alone.query, alone.unread)


def test_a_nod_stays_one_and_no_question_becomes_one() -> None:
    assert _of("thanks!", events=["merged"]).nod == "thanks"
    assert _of("AMD PRs", is_question=False) == read("AMD PRs")
