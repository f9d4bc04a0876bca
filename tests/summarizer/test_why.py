"""Why an item is in a digest or not: what is said agrees with the facts, whatever happened to it."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarizer import extract, languages, rubric
from summarizer.assessments import Assessment
from summarizer.counting import MAX_HOT, build_facts
from summarizer.digests import Digest, Generation, Verification
from summarizer.facts import LIST_NAMES
from summarizer.filters import Filter
from summarizer.topics import Mend, Rule, RuleField, Topic, load_topics, match_topics
from summarizer.why import Missing, as_json, as_markdown, explain, explain_missing, first_line
from summarizer.why.findings import Absence, Cause, Fault, Key, Presence
from summarizer.why.moments import heats
from tests.builders import HOUR, NOON, REPO, at, comment, coverage, event, item, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.facts import Facts, ListName
    from summarizer.items import Coverage, EventName, Item
    from summarizer.topics import Reason
    from summarizer.why.findings import Membership, Verdict, Why

RULES = load_topics()
LANGUAGES = [languages.load(code) for code in languages.codes()]
AMD = "amd"
OF_KIND: dict[str, tuple[ListName, ...]] = {
    "issue": ("issues_opened", "issues_closed", "reopened"),
    "pull_request": ("prs_opened", "prs_merged", "prs_closed_unmerged", "reopened"),
}
TITLES = (
    "[ROCm] Fix a kernel", "Support AMD EPYC hosts", "[Core] Speed up by 12%", "[Doc] Typo", "[RFC]: A new scheduler",
    "[Bugfix] Crash with `x` by default",
)  # fmt: skip
LABELS = ("rocm", "bug", "ci/build", "v1")
LOGINS = ("alice", "bob", "gronsti-amd", "carol")


def digest_of(facts: Facts, assessments: dict[int, Assessment] | None = None, lang: str = "en") -> Digest:
    """The digest that code writes of the facts."""
    return Digest(
        id="daily-2025-12-10-0123456789",
        revision=1,
        edition="daily",
        lang=lang,
        title="",
        outcome="normal",
        facts=facts,
        sections=extract.sections(facts, languages.load(lang), "vLLM", (AMD,)),
        verification=Verification(),
        generation=Generation("offline", "full"),
        assessments=rubric.assess_all(facts, facts.items) if assessments is None else assessments,
    )


def facts_of(
    *items: Item,
    filters: Sequence[Filter] = (),
    topics: Sequence[Topic] = RULES.topics,
    seen: Coverage | None = None,
) -> Facts:
    judged = build_facts(repo=REPO, window=HOUR, items=items, coverage=coverage(), topics=topics)
    importance = {number: each.importance for number, each in rubric.assess_all(judged, judged.items).items()}
    return build_facts(
        repo=REPO,
        window=HOUR,
        items=items,
        coverage=seen or coverage(),
        topics=topics,
        filters=filters,
        importance=importance,
    )


def asked(
    one: Item,
    *others: Item,
    negated: bool = False,
    about: Sequence[str] = (),
    filters: Sequence[Filter] = (),
    topics: Sequence[Topic] = RULES.topics,
) -> Why:
    """Why `one` is, or is not, in the digest of the hour, in which the others are as well."""
    digest = digest_of(facts_of(one, *others, filters=filters, topics=topics))
    return explain(digest, one, negated=negated, asked=about, topics=topics)


def verdict(found: Why, place: str) -> Verdict:
    return next(each for each in found.verdicts if each.place == place)


def membership(found: Why, key: str = AMD) -> Membership:
    return next(each for each in found.topics if each.topic.key == key)


def said(found: Why, lang: str = "en") -> str:
    return first_line(found, languages.load(lang))


# --- a day by chance


def day(seed: int, items: int = 14) -> list[Item]:
    """Items of all kinds, with events, comments and reviews before, in and after the hour."""
    chance = random.Random(seed)
    return [_made(chance, number) for number in range(1, items + 1)]


def _made(chance: random.Random, number: int) -> Item:
    is_pull = chance.random() < 0.6
    minutes = sorted(chance.sample(range(-180, 180), 6))
    names: list[EventName] = ["opened"]
    for _ in range(chance.randrange(5)):
        names.append(_next(chance, names[-1], is_pull=is_pull))
    events = tuple(event(name, minute) for name, minute in zip(names, minutes, strict=False))
    first = minutes[0]
    said = sorted(
        minute
        for minute in (chance.randrange(-180, 180) for _ in range(chance.randrange(6)))
        if minute > first
    )
    return item(
        number,
        kind="pull_request" if is_pull else "issue",
        title=chance.choice(TITLES),
        author=chance.choice(LOGINS),
        labels=tuple(chance.sample(LABELS, chance.randrange(3))),
        body=chance.choice((None, "", "It hangs because of ROCm 7.", "GPU 0: AMD EPYC 7763")),
        files=chance.choice((None, ("vllm/a.py",), ("vllm/rocm/a.py", "docs/b.md"))) if is_pull else None,
        linked=tuple(chance.sample(range(1, 15), chance.randrange(2))),
        events=events,
        comments=tuple(
            comment(chance.choice(LOGINS), minute, is_bot=chance.random() < 0.3) for minute in said
        ),
        reviews=tuple(review("bob", minute, is_bot=chance.random() < 0.3) for minute in said[:1] if is_pull),
    )


def _next(chance: random.Random, last: EventName, *, is_pull: bool) -> EventName:
    if last in ("opened", "reopened"):
        closing: tuple[EventName, ...] = ("merged", "closed_unmerged") if is_pull else ("closed",)
        return chance.choice(closing)
    return chance.choice(("reopened", "closed"))


FILTERS = (
    (), (Filter("label", ("rocm", "bug")),), (Filter("topic", ("rocm",)), Filter("is", ("pr",))),
    (Filter("author", ("@bob",), negated=True), Filter("importance", ("3",))), (Filter("path", ("rocm",)),),
)  # fmt: skip
seeds = st.integers(0, 10**6)
unhurried = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])


@unhurried
@given(seeds, st.sampled_from(FILTERS), st.booleans())
def test_what_is_said_of_every_item_and_list_agrees_with_the_facts(
    seed: int, filters: tuple[Filter, ...], negated: bool
) -> None:
    items = day(seed)
    facts = facts_of(*items, filters=filters)
    digest = digest_of(facts)
    for one in items:
        found = explain(digest, one, negated=negated, asked=(), topics=RULES.topics)
        standing = {
            name for name in OF_KIND[one.kind] if any(row.number == one.number for row in facts.lists[name])
        }
        is_hot = any(hot.number == one.number for hot in facts.hot)
        assert {each.place for each in found.verdicts if each.stands} == standing | (
            {"hot"} if is_hot else set()
        )
        assert {each.place for each in found.verdicts} == {*OF_KIND[one.kind], "hot"}
        assert (found.presence == "listed") == bool(standing)
        assert (found.presence in ("absent", "not_yet")) == (one.number not in facts.items)
        if one.number in facts.items:
            passed = all(each.passed for each in found.filters)
            assert passed == (one.number in facts.shown)
            tiers = {each.topic.key: each.tier for each in found.topics if each.tier is not None}
            assert tiers == {
                key: "about" if one.number in ledger.about else "tagged"
                for key, ledger in facts.ledgers.items()
                if one.number in ledger.reasons
            }
            assert {each.section for each in found.cited} == {
                section.id for section in digest.sections if one.number in section.cites
            }


@unhurried
@given(seeds, st.sampled_from(FILTERS))
def test_every_reason_for_not_standing_in_a_list_is_true(seed: int, filters: tuple[Filter, ...]) -> None:
    items = day(seed)
    facts = facts_of(*items, filters=filters)
    digest = digest_of(facts)
    for one in items:
        found = explain(digest, one, negated=True, asked=(), topics=RULES.topics)
        for each in found.verdicts:
            if not each.stands:
                _check(each, one, facts)
        if found.presence == "absent":
            life = found.life
            assert life is not None
            assert not life.inside
            assert one.as_of(HOUR.until) is not None
        if found.presence == "not_yet":
            assert one.created_at is not None
            assert one.created_at >= HOUR.until


def _check(each: Verdict, one: Item, facts: Facts) -> None:
    names = {
        "issues_opened": {"opened"}, "prs_opened": {"opened"}, "prs_merged": {"merged"}, "reopened": {"reopened"},
        "issues_closed": {"closed", "closed_unmerged"}, "prs_closed_unmerged": {"closed", "closed_unmerged"},
    }.get(each.place)  # fmt: skip
    people = [said.created_at for said in one.comments if not said.author.is_bot]
    own = [happened.at for happened in one.events if happened.name in names] if names is not None else people
    inside = [when for when in own if when in HOUR]
    changes = [happened for happened in one.events if happened.name != "opened" and happened.at in HOUR]
    merged = [
        happened.at for happened in one.events if happened.name == "merged" and happened.at < HOUR.until
    ]
    match each.cause:
        case "never":
            assert own == []
        case "before":
            assert inside == []
            assert each.at == max(when for when in own if when < HOUR.since)
        case "after":
            assert each.at == min(own)
            assert min(own) >= HOUR.until
        case "filtered":
            assert inside
            assert one.number not in facts.shown
        case "then_closed" | "then_reopened":
            assert inside
            assert changes[-1].name.startswith(each.cause.removeprefix("then_"))
            assert each.at == changes[-1].at
        case "then_merged":
            assert inside
            assert each.at in merged
        case "merged":
            assert each.at in merged
            assert each.at >= HOUR.since
        case "was_merged":
            assert inside
            assert each.at == merged[-1]
            assert each.at < max(inside)
        case "bots_only":
            assert inside == []
            assert any(said.created_at in HOUR for said in one.comments)
        case "below":
            assert inside
            assert len(facts.hot) == MAX_HOT
        case other:
            pytest.fail(f"{other} has no place in data that is whole")


@unhurried
@given(seeds)
def test_the_heat_ranks_threads_as_the_facts_do(seed: int) -> None:
    facts = facts_of(*day(seed, items=30))
    ranked = heats(facts)

    told = [(number, each.comments, each.participants) for number, each in ranked.items()]
    assert told[:MAX_HOT] == [(hot.number, hot.comments_in_window, hot.participants) for hot in facts.hot]
    assert [each.place for each in ranked.values()] == [*range(1, len(ranked) + 1)]


@unhurried
@given(seeds)
def test_the_parts_of_the_points_add_up_to_what_the_rubric_gives(seed: int) -> None:
    facts = facts_of(*day(seed))
    for one in facts.items.values():
        points, judged = rubric.breakdown(one, facts), rubric.assess(one, facts)
        for parts, score in ((points.importance, judged.importance), (points.insight, judged.insight)):
            assert sum(part.points for part in parts.parts) == pytest.approx(parts.points)
            assert max(0, min(10, int(parts.points + 0.5))) == score
            for language in LANGUAGES:
                assert all(language.has(f"why.signal.{part.signal}") for part in parts.parts)


@unhurried
@given(seeds, st.sampled_from(FILTERS), st.booleans(), st.sampled_from(((), (AMD,))))
def test_every_answer_can_be_told_in_every_language_and_fits_a_screen(
    seed: int, filters: tuple[Filter, ...], negated: bool, about: tuple[str, ...]
) -> None:
    items = day(seed, items=5)
    digest = digest_of(facts_of(*items, filters=filters))
    for one in items:
        found = explain(digest, one, negated=negated, asked=about, topics=RULES.topics)
        for language in LANGUAGES:
            told = as_markdown(found, language)
            assert len(told.splitlines()) < 65
            assert told.startswith(f"[#{one.number}]({one.url})")
        shape = as_json(found, said(found), "en")
        assert json.loads(json.dumps(shape)) == shape


# --- windows and lists

OPENED = event("opened", -90)


def test_what_was_closed_and_reopened_is_only_reopened() -> None:
    found = asked(item(kind="issue", events=(OPENED, event("closed", 5), event("reopened", 9))), negated=True)

    assert verdict(found, "reopened").stands
    assert (verdict(found, "issues_closed").cause, verdict(found, "issues_closed").at) == (
        "then_reopened",
        at(9),
    )
    assert "it was reopened 2025-12-10 12:09, and only the last change of state counts" in as_markdown(
        found, LANGUAGES[0]
    )


def test_what_was_merged_is_not_closed_as_well() -> None:
    found = asked(item(events=(OPENED, event("merged", 5))), negated=True)

    assert verdict(found, "prs_merged").stands
    assert verdict(found, "prs_closed_unmerged").cause == "merged"
    assert "which is not also a close" in as_markdown(found, LANGUAGES[0])


def test_nothing_happened_names_what_did_before_and_after() -> None:
    found = asked(item(events=(OPENED, event("merged", 70)), comments=(comment("bob", -30),)), negated=True)

    assert found.presence == "absent"
    assert said(found) == (
        "#1 is not in the digest of 2025-12-10: nothing happened to it in the window 2025-12-10 12:00 ~ 13:00 (UTC)."
        " Its last event before was: a comment 2025-12-10 11:30; the next: merged 2025-12-10 13:10."
    )
    assert "When the window ended it was open; now it is merged." in as_markdown(found, LANGUAGES[0])


def test_what_did_not_exist_yet_says_when_it_was_opened() -> None:
    found = asked(item(events=(event("opened", 61),)))

    assert found.presence == "not_yet"
    assert "it was opened after that window, 2025-12-10 13:01" in said(found)
    assert found.scores is None


def test_comments_by_bots_alone_make_nothing_hot() -> None:
    found = asked(item(events=(OPENED,), comments=(comment("mergify", 5, is_bot=True),)))

    assert found.presence == "moved_by_bots"
    assert verdict(found, "hot").cause == "bots_only"
    assert "only bots stirred it: 1 comment by a bot" in said(found)


def test_a_thread_below_the_hottest_is_told_its_place() -> None:
    talk = tuple(comment("bob", minute) for minute in range(3))
    others = [item(number, events=(OPENED,), comments=talk) for number in range(2, 2 + MAX_HOT)]
    found = asked(item(events=(OPENED,), comments=talk[:1]), *others)

    assert found.presence == "stirred"
    assert found.heat is not None
    assert (found.heat.place, found.heat.of) == (MAX_HOT + 1, MAX_HOT + 1)
    assert f"place {MAX_HOT + 1} of {MAX_HOT + 1} threads" in as_markdown(found, LANGUAGES[0])


def test_what_became_known_after_the_digest_was_made_is_no_nothing() -> None:
    digest = digest_of(facts_of(item(events=(OPENED,))))
    found = explain(
        digest, item(events=(OPENED, event("merged", 5))), negated=True, asked=(), topics=RULES.topics
    )

    assert found.presence == "known_later"
    assert verdict(found, "prs_merged").cause == "known_later"
    assert "which was made before this was known: merged 2025-12-10 12:05" in said(found)


def test_a_release_by_its_commits_says_so() -> None:
    early, late = item(1, events=(OPENED, event("merged", -20))), item(2, events=(OPENED, event("merged", 5)))
    facts = build_facts(
        repo=REPO,
        window=HOUR,
        items=(early, late),
        coverage=coverage(),
        topics=RULES.topics,
        merged=frozenset({1}),
    )
    inside, outside = (
        explain(digest_of(facts), one, negated=True, asked=(), topics=RULES.topics) for one in (early, late)
    )

    assert (verdict(inside, "prs_merged").stands, verdict(inside, "prs_merged").cause) == (True, "by_commits")
    assert "the release holds its merge commit" in said(inside)
    assert verdict(outside, "prs_merged").cause == "not_in_release"


@pytest.mark.parametrize("lang", languages.codes())
@pytest.mark.parametrize(
    "reason", ["deleted", "transferred", "no_item", "forgotten", "newer", "older", "unknown"]
)
def test_what_the_mirror_does_not_hold_says_why(reason: str, lang: str) -> None:
    missing = Missing(reason, at=NOON, since=NOON, days=60)  # type: ignore[arg-type]
    found = explain_missing(digest_of(facts_of()), 99, missing, negated=True, asked=())
    told = as_markdown(found, languages.load(lang), "repo:o/r")

    assert "#99" in told
    assert len(told.splitlines()) == 1
    assert ("`sync since:60d repo:o/r`" in told) == (reason == "older")
    assert as_json(found, told, lang)["missing"]["reason"] == reason


def test_what_is_gone_but_in_the_kept_digest_is_told_from_there() -> None:
    digest = digest_of(facts_of(item(events=(event("opened", 5),))))
    found = explain_missing(digest, 1, Missing("deleted", at=at(90)), negated=False, asked=())

    assert found.presence == "listed"
    assert "It is gone from GitHub since." in as_markdown(found, LANGUAGES[0])


def test_data_with_gaps_says_that_more_may_have_happened() -> None:
    facts = facts_of(item(events=(OPENED,)), seen=coverage("items", expected=9, seen=1))
    found = explain(digest_of(facts), item(events=(OPENED,)), negated=True, asked=(), topics=RULES.topics)

    assert "⚠️ The data of this window has gaps, so more may have happened" in as_markdown(found, LANGUAGES[0])


# --- topics


def told_reasons(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    return [(each.rule, each.value) for each in reasons]


def test_the_rules_that_matched_are_told_with_what_they_met() -> None:
    found = asked(
        item(title="[ROCm] Fix", labels=("rocm",), author="gronsti-amd", events=(event("opened", 5),))
    )

    assert told_reasons(membership(found).reasons) == [
        ("title", "ROCm"),
        ("label", "rocm"),
        ("author", "gronsti-amd"),
    ]
    assert said(found) == (
        "#1 is in the digest of 2025-12-10: opened 2025-12-10 12:05."
        " It is in the AMD/ROCm section (about it): its title has `ROCm`."
    )
    chinese = said(found, "zh")
    assert chinese.endswith("它在 AMD/ROCm 生态一节中（直接相关）：标题含 `ROCm`。")


def test_a_tagged_item_says_that_it_is_tagged() -> None:
    found = asked(item(labels=("rocm",), events=(event("opened", 5),)), about=(AMD,))

    assert said(found).startswith("#1 concerns AMD/ROCm indirectly: its label is `rocm`.")


def test_why_not_says_for_every_field_what_did_not_match() -> None:
    found = asked(
        item(labels=("bug",), body="A thought.", events=(event("opened", 5),)), about=(AMD,), negated=True
    )

    faults = {each.field: each.fault for each in membership(found).misses}
    assert faults == {
        "title": "none", "label": "none", "path": "unknown", "organisation": "none", "body": "none", "linked": "empty",
    }  # fmt: skip
    assert said(found).startswith(
        "#1 does not belong to AMD/ROCm: no rule of the topic matches what is known of it."
    )
    told = as_markdown(found, LANGUAGES[0])
    assert "Labels: `bug`, not `rocm`" in told
    assert "Paths: not fetched" in told
    assert "`topic amd add 1`" in told


def rules(*made: Rule) -> tuple[Topic, ...]:
    return (Topic(AMD, {"en": "AMD"}, (), made),)


def test_what_an_exception_undid_is_told_with_both() -> None:
    topics = rules(Rule("title", ("amd",), "about", ("epyc",)))
    found = asked(item(title="AMD EPYC hosts", events=(event("opened", 5),)), about=(AMD,), topics=topics)

    [miss] = membership(found).misses
    assert (miss.fault, miss.values, miss.undone) == ("except", ("AMD",), ("EPYC",))
    assert "`AMD` would match, but not beside `EPYC`" in said(found)


def test_too_small_a_part_of_the_paths_is_told_with_the_part_that_is_needed() -> None:
    topics = rules(Rule("path", ("rocm",), "about", share=0.5))
    files = ("rocm/a.py", "b.py", "c.py")
    found = asked(item(files=files, events=(event("opened", 5),)), about=(AMD,), topics=topics)

    [miss] = membership(found).misses
    assert (miss.fault, miss.values, miss.share) == ("share", ("rocm/a.py",), 0.5)
    assert "at least 50% of the paths have to" in as_markdown(found, LANGUAGES[0])


def test_words_that_stand_only_in_an_environment_dump_are_told_as_such() -> None:
    body = "It fails.\n\n```\nCollecting environment information...\nROCM used to build PyTorch: N/A\nMI300X\n```\n"
    topics = rules(Rule("body", (r"MI3\d\d",), "about"))
    found = asked(item(body=body, events=(event("opened", 5),)), about=(AMD,), topics=topics)

    [miss] = membership(found).misses
    assert (miss.fault, miss.values) == ("dump", ("MI300",))
    assert "stands only in an environment dump" in said(found)


def test_links_to_what_is_not_about_it_are_told() -> None:
    topics = rules(Rule("title", ("rocm",), "about"), Rule("linked", (), "tagged"))
    one, other = item(1, linked=(2,), events=(event("opened", 5),)), item(2, events=(event("opened", 6),))
    found = asked(one, other, about=(AMD,), topics=topics)

    assert [(each.field, each.fault, each.values) for each in membership(found).misses] == [
        ("title", "none", ("A change",)),
        ("linked", "linked", ("#2",)),
    ]


def test_links_that_the_window_does_not_hold_do_not_count() -> None:
    topics = rules(Rule("linked", (), "tagged"))
    found = asked(item(1, linked=(2,), events=(event("opened", 5),)), about=(AMD,), topics=topics)

    assert [(each.fault, each.values) for each in membership(found).misses] == [("unknown", ("#2",))]
    assert "Links: with #2, which this window does not hold" in as_markdown(found, LANGUAGES[0])


def test_an_item_outside_of_the_window_belongs_by_the_items_it_is_linked_with() -> None:
    topics = rules(Rule("title", ("rocm",), "about"), Rule("linked", (), "tagged"))
    one, other = item(1, linked=(2,), events=(OPENED,)), item(2, title="[ROCm] x", events=(OPENED,))
    digest = digest_of(facts_of(topics=topics))
    found = explain(digest, one, negated=False, asked=(AMD,), topics=topics, partners=(other,))

    assert membership(found).tier == "tagged"
    assert told_reasons(membership(found).reasons) == [("linked", "#2")]


def mended(*mends: Mend) -> tuple[Topic, ...]:
    return RULES.mended(mends).topics


def test_who_put_an_item_there_when_and_why() -> None:
    topics = mended(Mend(AMD, "add", 1, None, "Ann", at(7), "a *hidden* kernel", REPO))
    found = asked(item(events=(event("opened", 5),)), topics=topics)

    assert (membership(found).tier, membership(found).by_rules) == ("about", None)
    told = as_markdown(found, LANGUAGES[0])
    assert "Ann put it there (2025-12-10 12:07): a *hidden\\* kernel" in told
    assert "The rules alone do not put it there." in told


def test_what_people_took_out_is_told_with_what_the_rules_say() -> None:
    topics = mended(Mend(AMD, "remove", 1, None, "Ann", at(7), "", REPO))
    found = asked(
        item(title="[ROCm] x", events=(event("opened", 5),)), topics=topics, about=(AMD,), negated=True
    )

    assert (membership(found).tier, membership(found).by_rules, membership(found).misses) == (
        None,
        "about",
        (),
    )
    assert said(found).startswith("#1 does not belong to AMD/ROCm: Ann took it out (2025-12-10 12:07).")
    assert "The rules alone: about it, title has `ROCm`." in as_markdown(found, LANGUAGES[0])


# --- filters, points, sections


def test_a_filter_says_what_it_looked_at() -> None:
    filters = (Filter("label", ("rocm",)), Filter("is", ("pr",)))
    found = asked(item(labels=("bug", "ci"), events=(event("opened", 5),)), filters=filters)

    assert [(each.passed, each.seen) for each in found.filters] == [
        (False, ("bug", "ci")),
        (True, ("pr", "open")),
    ]
    assert said(found) == "#1 is not in the digest of 2025-12-10: it does not pass `label:rocm`."
    assert "`label:rocm`: does not pass; it has `bug`, `ci`." in as_markdown(found, LANGUAGES[0])


def test_a_models_judgement_stands_beside_codes_own() -> None:
    one = item(title="[Doc] Typo", events=(OPENED, event("merged", 5)))
    facts = facts_of(one)
    code = rubric.assess(one, facts)
    judged = {1: Assessment(1, "docs", 7, 2, by_model=True)}
    found = explain(digest_of(facts, judged), one, negated=False, asked=(), topics=RULES.topics)

    assert found.scores is not None
    assert (found.scores.used.importance, found.scores.code.importance) == (7, code.importance)
    assert found.scores.key == "key"
    told = as_markdown(found, LANGUAGES[0])
    assert "Importance 7 of 10, by the model" in told
    assert f"Importance {code.importance} of 10, by code:" in told


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (item(title="[Doc] Typo", events=(OPENED, event("merged", 5))), "below"),
        (item(events=(event("opened", 5),)), "not_merged"),
        (item(kind="issue", events=(event("opened", 5),)), "issue"),
    ],
)
def test_no_key_pr_says_why(one: Item, key: str) -> None:
    scores = asked(one).scores

    assert scores is not None
    assert scores.key == key


# --- sentences


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)
def test_there_is_a_sentence_for_everything_that_can_be_found(language: languages.Language) -> None:
    standing = {"stands", "by_commits", "never"}
    keys = [f"cause.{each}" for each in get_args(Cause) if each not in standing]
    keys += [f"first.{each}" for each in get_args(Presence) if each != "missing"]
    keys += [f"missing.{each}" for each in get_args(Absence)]
    keys += [f"section.{each}" for each in ("filtered", "absent", "not_yet", "known_later", "moved_by_bots")]
    keys += [f"score.{each}" for each in get_args(Key)]
    keys += [f"miss.{each}" for each in get_args(Fault)]
    keys += [f"field.{each}" for each in get_args(RuleField)]
    keys += [f"{form}.{each}" for form in ("because", "reason") for each in (*get_args(RuleField), "mend")]
    keys += [f"put.{each}" for each in LIST_NAMES]

    assert [key for key in keys if not language.has(f"why.{key}")] == []


# --- what strangers write

HOSTILE = "[x](https://evil.example) @everyone <b>*a*</b> `code` #7 | {{ 7 }} \u202e"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)
def test_strangers_words_show_and_do_nothing_else(language: languages.Language) -> None:
    one = replace(
        item(
            title=f"[ROCm] {HOSTILE}",
            labels=(HOSTILE, "rocm"),
            files=(HOSTILE, "rocm/`a`.py"),
            events=(event("opened", 5),),
        ),
        body=HOSTILE,
    )
    topics = mended(Mend(AMD, "add", 1, None, HOSTILE, at(7), HOSTILE, REPO))
    told = as_markdown(asked(one, topics=topics, about=(AMD,), negated=True), language)

    spans = [each for token in PARSER.parse(told) for each in token.children or ()]
    assert {each.attrs["href"] for each in spans if each.type == "link_open"} <= {one.url, f"{one.url[:-1]}7"}
    assert {each.content for each in spans if each.type == "html_inline"} <= {"<!-- -->"}
    assert not any(each.type in ("em_open", "s_open", "image") for each in spans)
    shown = "".join(each.content for each in spans if each.type in ("text", "html_inline"))
    assert "\u202e" not in told
    assert "@everyone" not in re.sub(r"`[^`]*`", "", told)
    assert "@everyone" not in shown


def test_a_topic_of_the_rules_is_matched_as_everywhere_else() -> None:
    one = item(title="[ROCm] x", events=(event("opened", 5),))
    [ledger] = [match_topics((one,), RULES.topics)[AMD]]

    assert membership(asked(one)).reasons == ledger.reasons[1]
