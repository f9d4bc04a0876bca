"""Who works where and who is a bot: what a topic file may say of people, and what comes of it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from summarizer import languages
from summarizer.counting import build_facts
from summarizer.errors import NotConfigured
from summarizer.items import Person
from summarizer.topics import Reason, load_topics, mark_bots, match_topics
from tests.builders import HOUR, REPO, comment, coverage, event, item, review

if TYPE_CHECKING:
    from pathlib import Path

    from summarizer.topics import Ledger, TopicRules

TOPIC = '[[topic]]\nkey = "x"\ntitle = { en = "X" }\n[[topic.rule]]\n'
AMD = TOPIC + 'on = "organisation"\nmatch = ["amd"]\n'
ACME = '[[organisation]]\nkey = "acme"\ntitle = "Acme Inc."\nlogins = ["Wile-E"]\npatterns = [".+-acme"]\n'


def load(tmp_path: Path, text: str) -> TopicRules:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return load_topics(path)


def ledger(rules: TopicRules, *authors: str) -> Ledger:
    items = [item(number, author=author) for number, author in enumerate(authors, start=1)]
    return match_topics(items, rules.topics)["x"]


# --- organisations


def test_an_organisation_s_people_are_tagged_and_the_reason_names_both(tmp_path: Path) -> None:
    rules = load(tmp_path, ACME + TOPIC + 'on = "organisation"\nmatch = ["acme"]\n')

    found = ledger(rules, "wile-e", "rr-ACME", "acme", "someone")

    assert (found.about, found.tagged) == ((), (1, 2))
    assert found.reasons == {
        1: (Reason("author", "wile-e", "tagged", "Acme Inc."),),
        2: (Reason("author", "rr-ACME", "tagged", "Acme Inc."),),
    }


def test_a_login_is_no_expression(tmp_path: Path) -> None:
    rules = load(
        tmp_path, ACME.replace("Wile-E", "wile[bot]") + TOPIC + 'on = "organisation"\nmatch = ["acme"]\n'
    )

    assert ledger(rules, "wile[bot]", "wileb", "wile").tagged == (1,)


def test_a_rule_may_name_several_organisations_and_leave_out_a_person(tmp_path: Path) -> None:
    rule = 'on = "organisation"\nmatch = ["acme", "nvidia"]\nexcept = ["b-.+"]\ntier = "about"\n'

    found = ledger(load(tmp_path, ACME + TOPIC + rule), "a-acme", "a-nvidia", "b-acme", "b-nvidia")

    assert found.about == (1, 2)
    assert [reasons[0].organisation for reasons in found.reasons.values()] == ["Acme Inc.", "NVIDIA"]


def test_a_file_adds_its_people_to_an_organisation_that_is_there(tmp_path: Path) -> None:
    added = '[[organisation]]\nkey = "amd"\nlogins = ["newcomer"]\n'

    found = ledger(load(tmp_path, added + AMD), "newcomer", "AndreasKaratzas", "x-amd")

    assert found.tagged == (1, 2, 3)
    assert {reasons[0].organisation for reasons in found.reasons.values()} == {"AMD"}
    assert ledger(load(tmp_path, AMD), "newcomer").tagged == ()


def test_a_file_may_call_an_organisation_otherwise(tmp_path: Path) -> None:
    renamed = '[[organisation]]\nkey = "amd"\ntitle = "Advanced Micro Devices"\nlogins = ["newcomer"]\n'

    found = ledger(load(tmp_path, renamed + AMD), "x-amd")

    assert found.reasons[1] == (Reason("author", "x-amd", "tagged", "Advanced Micro Devices"),)


def test_people_are_part_of_what_a_file_means(tmp_path: Path) -> None:
    plain = load(tmp_path, AMD).hash

    assert load(tmp_path, '[[organisation]]\nkey = "amd"\nlogins = ["newcomer"]\n' + AMD).hash != plain
    assert load(tmp_path, '[people]\nbots = ["our-ci"]\n' + AMD).hash != plain
    assert load(tmp_path, "# people\n\n" + AMD).hash == plain


def test_the_bundled_organisations_pass_the_checks_that_they_are_spared_at_start(tmp_path: Path) -> None:
    bundled = (files("summarizer.topics") / "organisations.toml").read_text("utf-8")

    assert load(tmp_path, bundled + AMD).topics == load(tmp_path, AMD).topics


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        (ACME + ACME + AMD, "topics.twice", "acme"),
        (ACME.replace("acme", "A C") + AMD, "topics.value", "organisation[0].key"),
        (ACME.replace("title", "name") + AMD, "topics.field", "name"),
        (ACME.replace('title = "Acme Inc."\n', "") + AMD, "topics.value", "organisation acme, title"),
        (ACME.replace("Wile-E", "Wile E") + AMD, "topics.value", "organisation acme, logins"),
        ('[[organisation]]\nkey = "b"\ntitle = "B"\n' + AMD, "topics.value", "organisation b, logins"),
        (ACME.replace(".+-acme", ".+-(acme") + AMD, "topics.regex", "organisation acme, patterns 1"),
        (ACME.replace(".+-acme", ".*") + AMD, "topics.matches_all", "organisation acme, patterns 1"),
        (AMD.replace("amd", "amt"), "topics.value", "amd, nvidia"),
        (AMD.replace("match", "except"), "topics.match", "topic x, rule 1"),
        ('[people]\nrobots = ["x"]\n' + AMD, "topics.field", "robots"),
        ('[people]\nbots = "x"\n' + AMD, "topics.value", "people.bots"),
        ('[people]\nbots = ["@x y"]\n' + AMD, "topics.value", "people.bots"),
        ("people = 1\n" + AMD, "topics.value", "people"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(tmp_path: Path, text: str, key: str, hint: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        load(tmp_path, text)

    assert raised.value.key == key
    for code in languages.codes():
        sentence = languages.load(code).text(f"errors.{key}", **raised.value.values)
        assert "mine.toml" in sentence
        assert hint in sentence


# --- bots


def test_bots_of_the_file_are_marked_wherever_they_did_something(tmp_path: Path) -> None:
    bots = load(tmp_path, '[people]\nbots = ["Our-CI", "helper[bot]"]\n' + AMD).bots
    stored = item(
        author="our-ci",
        events=(event("opened", 1, "our-ci"), event("merged", 3, "helper")),
        merged_by="helper",
        comments=(comment("ann", 2), comment("our-ci", 4)),
        reviews=(review("OUR-CI", 5),),
    )

    (marked,) = mark_bots([stored], bots)

    assert marked.author == Person("our-ci", is_bot=True)
    assert marked.merged_by == Person("helper", is_bot=True)
    assert [each.actor.is_bot for each in marked.events if each.actor] == [True, True]
    assert [each.author.is_bot for each in marked.comments] == [False, True]
    assert [each.author.is_bot for each in marked.reviews] == [True]


def test_bots_of_the_file_are_left_out_of_heat_and_participants() -> None:
    stored = item(events=(event("opened", 1, "alice"),), comments=(comment("our-ci", 2), comment("ann", 3)))

    facts = build_facts(
        repo=REPO, window=HOUR, items=mark_bots([stored], frozenset({"our-ci"})), coverage=coverage()
    )

    assert (facts.counts.comments, facts.counts.participants) == (1, 2)
    assert facts.hot[0].participants == ("ann",)


def test_where_nobody_is_listed_items_stay_as_they_are() -> None:
    items = [item(1, author="our-ci"), item(2)]

    assert mark_bots(items, frozenset()) is items
    assert [each is stored for each, stored in zip(mark_bots(items, {"other"}), items, strict=True)] == [
        True,
        True,
    ]
