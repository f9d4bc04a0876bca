"""Mends: what people decide about a topic's ledger goes before its rules, and a topic file may hold it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from summarizer import languages
from summarizer.counting import build_facts
from summarizer.errors import NotConfigured
from summarizer.jsonform import schema
from summarizer.render import render
from summarizer.reports import Holding, check, read_report
from summarizer.topics import Mend, Reason, Rule, Topic, export, load_topics, match_topics
from summarizer.topics.mends import UNDATED, mending
from summarizer.topics.rules import TopicRules
from tests.builders import NOON, REPO, at, item
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from summarizer.items import Item
    from summarizer.topics import Ledger
    from summarizer.topics.mends import Action

X = Topic(
    "x",
    {"en": "X"},
    (),
    (
        Rule("title", ("x",), "about"),
        Rule("label", ("x",), "tagged"),
        Rule("author", ("xavier",), "about"),
        Rule("organisation", (".+-x",), "tagged", organisation="X Inc."),
        Rule("linked", (), "tagged"),
    ),
)
RULES = TopicRules((X, Topic("y", {"en": "Y"}, (), (Rule("title", ("y",), "about"),))), "a" * 64)
HEAD = '[[topic]]\nkey = "x"\ntitle = { en = "X" }\n[[topic.rule]]\non = "title"\nmatch = ["x"]\n'


def on_item(action: Action, number: int, minutes: float = 0, **changes: object) -> Mend:
    return replace(Mend("x", action, number, None, "shell", at(minutes)), **changes)  # type: ignore[arg-type]


def on_person(action: Action, login: str, minutes: float = 0, **changes: object) -> Mend:
    return replace(Mend("x", action, None, login, "shell", at(minutes)), **changes)  # type: ignore[arg-type]


def ledger(*mends: Mend, items: list[Item]) -> Ledger:
    return match_topics(items, RULES.mended(mends).topics)["x"]


# --- what a mend means


def test_a_mend_is_on_a_number_or_on_a_login() -> None:
    for number, login in ((None, None), (1, "ann")):
        with pytest.raises(ValueError, match="number or on a login"):
            Mend("x", "add", number, login, "shell", NOON)


def test_an_added_item_is_about_the_topic_whatever_the_rules_say_and_tells_who_said_so() -> None:
    found = ledger(
        on_item("add", 1),
        on_item("add", 2, by="slack-user:U1", because="it is X at heart"),
        items=[item(1), item(2, labels=("x",)), item(3)],
    )

    assert (found.about, found.tagged) == ((1, 2), ())
    assert found.reasons == {
        1: (Reason("mend", "shell", "about"),),
        2: (Reason("mend", "slack-user:U1: it is X at heart", "about"), Reason("label", "x", "tagged")),
    }


def test_a_removed_item_is_no_member_by_any_rule_and_by_no_link() -> None:
    items = [item(1, title="x", linked=(2,)), item(2, title="x"), item(3, labels=("x",), linked=(2,))]

    assert ledger(items=items).about == (1, 2)
    found = ledger(on_item("remove", 1), items=items)
    assert (found.about, found.tagged) == ((2,), (3,))
    assert 1 not in found.reasons


def test_a_removed_item_brings_nobody_in_by_a_link_and_an_added_one_does() -> None:
    items = [item(1, title="x"), item(2, linked=(1,)), item(3), item(4, linked=(3,))]

    found = ledger(on_item("remove", 1), on_item("add", 3), items=items)

    assert (found.about, found.tagged) == ((3,), (4,))
    assert found.reasons[4] == (Reason("linked", "#3", "tagged"),)


def test_what_an_added_person_writes_is_tagged_and_about_where_a_rule_says_so() -> None:
    items = [
        item(1, author="Ann"),
        item(2, author="ann", title="x"),
        item(3, author="bob"),
        item(4, author=None),
    ]

    found = ledger(on_person("add", "ann"), items=items)

    assert (found.about, found.tagged) == ((2,), (1,))
    assert found.reasons[1] == (Reason("mend", "shell", "tagged"),)


def test_that_a_removed_person_wrote_it_is_no_reason_and_all_others_are() -> None:
    items = [
        item(1, author="bob-x"),
        item(2, author="Bob-X", title="x"),
        item(3, author="bob-x", labels=("x",)),
        item(4, author="amy-x"),
        item(5, author="xavier"),
    ]

    found = ledger(on_person("remove", "bob-x"), on_person("remove", "xavier"), items=items)

    assert (found.about, found.tagged) == ((2,), (3, 4))
    assert [reason.rule for reason in found.reasons[2]] == ["title"]


def test_an_app_is_one_author_with_and_without_its_mark() -> None:
    items = [item(1, author="renovate[bot]"), item(2, author="renovate")]

    assert ledger(on_person("add", "Renovate"), items=items).tagged == (1, 2)
    assert ledger(on_person("add", "renovate[bot]"), items=items).tagged == (1, 2)


def test_a_decision_on_the_item_goes_before_one_on_its_author() -> None:
    items = [item(1, author="ann"), item(2, author="bob-x")]

    found = ledger(
        on_item("remove", 1),
        on_person("add", "ann", 5),
        on_item("add", 2),
        on_person("remove", "bob-x", 5),
        items=items,
    )

    assert (found.about, found.tagged) == ((2,), ())


@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_decision_on_a_target_counts(turned: bool) -> None:
    mends = [
        on_item("add", 1, 1),
        on_item("remove", 1, 2),
        on_person("remove", "ANN", 1),
        on_person("add", "ann", 2),
    ]

    found = ledger(*(mends[::-1] if turned else mends), items=[item(1), item(2, author="ann")])

    assert (found.about, found.tagged) == ((), (2,))


def test_of_decisions_at_the_same_time_the_later_told_counts() -> None:
    assert ledger(on_item("remove", 1), on_item("add", 1), items=[item(1)]).about == (1,)
    assert RULES.mended([on_item("add", 1)]).mended([on_item("remove", 1)]).topics[0].mends == (
        on_item("remove", 1),
    )


def test_a_mend_of_another_repository_or_topic_changes_nothing_here() -> None:
    elsewhere = [
        on_item("add", 1, repo="other/repo"),
        on_item("add", 1, topic="y"),
        on_item("add", 1, topic="z"),
    ]

    assert ledger(*elsewhere, items=[item(1)]).about == ()
    assert ledger(on_item("add", 1, repo=REPO.upper()), items=[item(1)]).about == (1,)
    # what holds everywhere and is newer goes before what held here
    both = (on_item("add", 1, 1, repo=REPO), on_item("remove", 1, 2))
    assert ledger(*both, items=[item(1)]).about == ()


def test_a_single_item_knows_its_mended_topics() -> None:
    topics = RULES.mended([on_item("add", 1), on_item("remove", 2), on_person("add", "ann")]).topics

    def belongs(one: Item) -> list[str]:
        return [key for key, ledger in match_topics((one,), topics).items() if one.number in ledger.reasons]

    assert belongs(item(1)) == ["x"]
    assert belongs(item(2, title="x y")) == ["y"]
    assert belongs(item(3, author="ann")) == ["x"]


def test_what_was_decided_about_an_item_can_be_told_even_of_one_that_is_out() -> None:
    out, person = on_item("remove", 1, because="only mentions it"), on_person("add", "ann")
    held = mending((out, person), REPO)

    assert held.of(item(1, author="Ann")) == (out, person)
    assert held.of(item(2, author="bob")) == ()


# --- the hash


def test_the_hash_tells_what_the_mends_mean_and_not_who_made_them_when() -> None:
    one = RULES.mended([on_item("add", 1), on_person("add", "Ann")])
    same = RULES.mended(
        [on_person("add", "ann", 9, by="terminal"), on_item("remove", 1), on_item("add", 1, 3, because="so")]
    )

    assert one.hash == same.hash != RULES.hash
    assert RULES.mended([]) == RULES
    assert RULES.mended([on_item("add", 1, topic="unknown")]) == RULES
    different = [
        [on_item("add", 1)],
        [on_item("add", 2)],
        [on_item("remove", 1)],
        [on_person("add", "ann")],
        [on_item("add", 1, topic="y")],
        [on_item("add", 1, repo="a/b")],
    ]
    assert len({RULES.mended(mends).hash for mends in different}) == len(different)


def test_the_hash_does_not_depend_on_how_the_mends_came_together() -> None:
    mends = [on_item("add", 1), on_item("remove", 2), on_person("add", "ann")]

    assert RULES.mended(mends[:1]).mended(mends[1:]).hash == RULES.mended(mends).hash
    assert RULES.mended([*mends, on_item("add", 2, repo=REPO, minutes=-1)]).hash == RULES.mended(mends).hash
    everywhere_and_here = RULES.mended([*mends, on_item("remove", 2, 9, repo=REPO)])
    assert everywhere_and_here.hash == RULES.mended(mends).hash


# --- digests


@pytest.mark.parametrize("lang", languages.codes())
def test_a_digest_tells_of_a_mend_in_words_and_its_json_keeps_the_published_form(lang: str) -> None:
    hostile = "@everyone <b>merged</b> by `bob` #1 [x](https://evil.example) | 99%"
    plain = facts_of(ITEMS, WINDOWS["17:53-18:53"])
    [number, *_] = [number for number in sorted(plain.items) if number not in plain.ledgers["amd"].reasons]
    mend = Mend("amd", "add", number, None, "slack-user:U1", NOON, hostile)
    topics = load_topics().mended([mend]).topics
    facts = build_facts(
        repo=plain.repo, window=plain.window, items=ITEMS, coverage=plain.coverage, topics=topics
    )
    digest = digest_of(facts, lang)

    text = render(digest, "md", languages.load(lang))
    assert languages.load(lang).text("extract.topic.rule.mend") in text
    assert "evil" not in text
    holding = Holding(tuple(facts.items.values()), facts.items)
    assert check(read_report(text), topics, holding).findings == ()
    page = json.loads(render(digest, "json", languages.load(lang)))
    Draft202012Validator(schema()).validate(page)
    told = page["topics"]["amd"]["reasons"][str(number)][0]
    assert told == {"rule": "mend", "value": mend.told, "tier": "about", "organisation": None}


# --- the topic file


def load(text: str) -> TopicRules:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_text(text, "utf-8")
        return load_topics(path)


def test_a_file_may_hold_mends() -> None:
    text = (
        '[project]\nrepo = "Acme/Engine"\nname = "Engine"\n'
        + HEAD
        + '[[mend]]\ntopic = "x"\nadd = [26701, "@octocat"]\nremove = [7]\nbecause = "so"\nby = "ann"\n'
        + '[[mend]]\ntopic = "x"\nremove = ["@bob_acme"]\nrepo = "acme/site"\n'
    )

    assert load(text).topics[0].mends == (
        Mend("x", "add", 26701, None, "ann", UNDATED, "so", "acme/engine"),
        Mend("x", "remove", 7, None, "ann", UNDATED, "so", "acme/engine"),
        Mend("x", "add", None, "octocat", "ann", UNDATED, "so", "acme/engine"),
        Mend("x", "remove", None, "bob_acme", "mine.toml", UNDATED, "", "acme/site"),
    )


def test_mends_of_a_file_change_its_hash_by_what_they_mean_and_yield_to_any_that_are_kept() -> None:
    plain, mended = load(HEAD), load(HEAD + '[[mend]]\ntopic = "x"\nadd = [1]\nby = "ann"\n')

    assert plain.mended([on_item("add", 1)]).hash == mended.hash != plain.hash
    kept = mended.mended([on_item("remove", 1)])
    assert match_topics([item(1)], kept.topics)["x"].about == ()
    assert match_topics([item(1)], mended.topics)["x"].about == (1,)


def test_in_a_file_the_last_on_a_target_counts() -> None:
    tables = ['[[mend]]\ntopic = "x"\nadd = [1]\n', '[[mend]]\ntopic = "x"\nremove = [1]\n']

    assert [each.action for each in load(HEAD + "".join(tables)).topics[0].mends] == ["remove"]
    assert [each.action for each in load(HEAD + "".join(tables[::-1])).topics[0].mends] == ["add"]


@pytest.mark.parametrize(
    ("table", "key", "place"),
    [
        ("mend = 1", "topics.value", "mend"),
        ("[[mend]]\nadd = [1]", "topics.value", "mend[0].topic"),
        ('[[mend]]\ntopic = "nothing"\nadd = [1]', "topics.value", "mend[0].topic"),
        ('[[mend]]\ntopic = "x"', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nadd = []', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nadd = 1', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nadd = [0]', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nadd = [true]', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nadd = [1.5]', "topics.value", "mend[0].add"),
        ('[[mend]]\ntopic = "x"\nremove = ["octocat"]', "topics.value", "mend[0].remove"),
        ('[[mend]]\ntopic = "x"\nremove = ["@a b"]', "topics.value", "mend[0].remove"),
        ('[[mend]]\ntopic = "x"\nadd = [1]\nbecause = 1', "topics.value", "mend[0].because"),
        ('[[mend]]\ntopic = "x"\nadd = [1]\nby = ""', "topics.value", "mend[0].by"),
        ('[[mend]]\ntopic = "x"\nadd = [1]\nrepo = "engine"', "topics.value", "mend[0].repo"),
        ('[[mend]]\ntopic = "x"\nadd = [1]\nat = 2025-12-10', "topics.field", "mend[0]"),
        ('[[mend]]\ntopic = "x"\nadd = [1]\nremove = [1]', "topics.mend_both", "mend[0]"),
        ('[[mend]]\ntopic = "x"\nadd = ["@A"]\nremove = ["@a[bot]"]', "topics.mend_both", "mend[0]"),
    ],
)
def test_a_mistake_in_a_mend_is_told_with_its_place(table: str, key: str, place: str) -> None:
    text = table + "\n" + HEAD if table.startswith("mend") else HEAD + table + "\n"
    with pytest.raises(NotConfigured) as caught:
        load(text)

    assert (caught.value.key, caught.value.values["place"]) == (key, place)
    for code in languages.codes():
        assert place in languages.load(code).text(f"errors.{key}", **caught.value.values)


LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SPOKEN = LINES.filter(lambda text: bool(text.strip()))
MENDS = st.lists(
    st.builds(
        lambda topic, action, target, by, minutes, because, repo: Mend(
            topic,
            action,
            target if isinstance(target, int) else None,
            target if isinstance(target, str) else None,
            by,
            at(minutes),
            because if because.strip() else "",
            repo,
        ),
        st.sampled_from(["x", "y"]),
        st.sampled_from(["add", "remove"]),
        st.integers(1, 9) | st.sampled_from(["ann", "Bob_acme", "ci[bot]"]),
        SPOKEN,
        st.integers(0, 5),
        LINES,
        st.sampled_from(["", "a/b", "vllm-project/vllm"]),
    ),
    max_size=8,
)


@given(MENDS)
def test_what_is_exported_means_the_same_when_a_file_holds_it(mends: list[Mend]) -> None:
    plain = load(HEAD + HEAD.replace('"x"', '"y"'))

    read = load(HEAD + HEAD.replace('"x"', '"y"') + export(mends, plain.topics))

    assert read.hash == plain.mended(mends).hash
    for mended, topic in zip(plain.mended(mends).topics, read.topics, strict=True):
        assert topic.mends == tuple(replace(mend, at=UNDATED) for mend in mended.mends)


def test_what_is_exported_of_a_topic_that_is_not_there_is_a_comment() -> None:
    text = export([on_item("add", 1, topic="gone\n[[mend]]")], RULES.topics)

    assert text == '# there is no topic "gone\\n[[mend]]": add "#1"\n'
    assert load(HEAD + text).topics[0].mends == ()
    assert export([], RULES.topics) == ""


def test_half_a_character_is_exported_as_what_a_file_can_hold() -> None:
    text = export([on_item("add", 1, because="a\ud83d\x7fb")], RULES.topics)

    assert load(HEAD + text).topics[0].mends[0].because == "a?\x7fb"
