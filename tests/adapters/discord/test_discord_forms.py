"""Forms in Discord: any of them is one that Discord takes, shows what is set, and comes back as what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Feedback
from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.layout import forms
from adapters.discord.layout.feedback import feedback_modal, judged, lacking
from adapters.discord.layout.prefs import chosen, prefs_modal
from adapters.discord.layout.zone import zone_modal, zone_of
from summarizer import languages
from summarizer.windows import known_zone
from tests.adapters.discord.limits_checker import refused_modal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import discord

    from adapters.chat.port import Scope

LANGS = ["en", "zh"]
SCOPES: list[Scope] = ["me", "channel", "server"]
ID = actions.custom_id(actions.PREFS, Pressed(section="me"))
TOPICS = {"amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm"}, "moe": {"en": "MoE", "zh": "混合专家"}}
REPOS = ["vllm-project/vllm", "vllm-project/vllm-ascend"]

hostile = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from(["@everyone", "\u202e\u200b", "`" * 200, "🚀" * 120, "主" * 200, " ", "discord.gg/x"]),
)


def faults_of(form: discord.ui.Modal) -> list[str]:
    """What Discord refuses of it; also what is refused of inputs in a modal alone
    (docs.discord.com/developers/components/reference, "string select" and "text input")."""
    payload = form.to_dict()
    told = refused_modal(payload)
    for part in payload["components"]:
        held = part["component"]
        if held["type"] == 3:
            defaults = sum(bool(option.get("default")) for option in held["options"])
            is_fine = (
                held["min_values"] <= held["max_values"] <= len(held["options"])
                and defaults <= held["max_values"]
                and (held["min_values"] >= 1 or held["required"] is False)
                and not held["disabled"]
            )
        else:
            is_fine = len(held.get("value") or "") <= held["max_length"] <= 4_000 and not held.get("label")
        if part["type"] != 18 or not is_fine:
            told.append(held["custom_id"])
    return told


def inputs(form: discord.ui.Modal) -> dict[str, dict[str, Any]]:
    return {each["component"]["custom_id"]: each["component"] for each in form.to_dict()["components"]}


def shown(form: discord.ui.Modal) -> dict[str, str | list[str]]:
    """What stands in it before anybody touches it."""
    return {
        name: each.get("value") or ""
        if each["type"] == 4
        else [option["value"] for option in each["options"] if option.get("default")]
        for name, each in inputs(form).items()
    }


def submitted(form: discord.ui.Modal, **changed: str | list[str]) -> dict[str, Any]:
    """The interaction's data when it is sent, as Discord tells it, with what stood in it and what was changed."""
    values = {**shown(form), **changed}
    components = []
    for place, (name, each) in enumerate(inputs(form).items()):
        held = {"value": values[name]} if each["type"] == 4 else {"values": values[name]}
        inner = {"type": each["type"], "id": place * 2 + 2, "custom_id": name, **held}
        components.append({"type": 18, "id": place * 2 + 1, "component": inner})
    return {"custom_id": form.custom_id, "components": components}


def preferences(
    lang: str = "en",
    scope: Scope = "me",
    prefs: Mapping[str, str] | None = None,
    repos: Sequence[str] = REPOS,
    topics: Mapping[str, Mapping[str, str]] = TOPICS,
) -> discord.ui.Modal:
    return prefs_modal(ID, languages.load(lang), prefs=prefs or {}, repos=repos, topics=topics, scope=scope)


async def test_no_client_keeps_a_form() -> None:
    for form in (preferences(), feedback_modal("vd.feedback", languages.load("en"))):
        assert form.is_finished()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_form_of_preferences_that_is_sent_as_it_is_changes_nothing(lang: str, scope: Scope) -> None:
    own = {"topic": "amd,moe", "in": "channel", "repo": REPOS[1]} if scope == "me" else {}
    prefs = {"lang": "zh", "tz": "Asia/Kathmandu", **own}
    form = preferences(lang, scope, prefs)

    assert faults_of(form) == []
    assert list(inputs(form)) == ["lang", "tz", *own]
    assert chosen(forms.filled(submitted(form))) == prefs


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_set_is_shown_as_not_set_and_can_be_unset(lang: str) -> None:
    form = preferences(lang)
    menus = {name: each for name, each in inputs(form).items() if each["type"] == 3}

    assert shown(form) == {"lang": ["-"], "tz": "", "topic": [], "in": ["-"], "repo": ["-"]}
    assert chosen(forms.filled(submitted(form))) == dict.fromkeys(("lang", "tz", "topic", "in", "repo"), "")
    assert REPOS[0] in menus["repo"]["options"][0]["label"]
    assert menus["topic"]["max_values"] == len(TOPICS)
    emptied = submitted(preferences(lang, prefs={"lang": "zh", "topic": "amd"}), lang=[], topic=[])
    assert {"lang": "", "topic": ""}.items() <= chosen(forms.filled(emptied)).items()


def test_a_form_shows_what_a_line_has_set_though_no_menu_offers_it() -> None:
    many = {f"topic-{n}": {"en": f"Topic {n}"} for n in range(40)}
    prefs = {"topic": "topic-39,gone", "repo": "elsewhere/else", "lang": "en"}
    form = preferences(prefs=prefs, topics=many, repos=[f"a/{n}" for n in range(60)])

    assert faults_of(form) == []
    told = chosen(forms.filled(submitted(form)))
    assert set(told.pop("topic").split(",")) == {"topic-39", "gone"}
    assert told == {"lang": "en", "tz": "", "in": "", "repo": "elsewhere/else"}


def test_a_repository_that_no_menu_can_hold_is_not_unset_by_the_form() -> None:
    form = preferences(prefs={"repo": f"{'o' * 39}/{'r' * 100}"})

    assert "repo" not in chosen(forms.filled(submitted(form)))


@given(
    st.sampled_from(LANGS),
    st.sampled_from(SCOPES),
    st.dictionaries(st.sampled_from(["lang", "tz", "topic", "in", "repo"]), st.text("ab/,-", max_size=120)),
    st.lists(hostile, max_size=30),
    st.dictionaries(
        st.text("abc-", min_size=1), st.dictionaries(st.sampled_from(LANGS), hostile), max_size=30
    ),
)
@settings(max_examples=60, deadline=None)
def test_any_form_of_preferences_is_one_that_discord_takes(
    lang: str,
    scope: Scope,
    prefs: dict[str, str],
    repos: list[str],
    topics: dict[str, dict[str, str]],
) -> None:
    form = preferences(lang, scope, {"in": "me"} | prefs, repos, topics)

    assert faults_of(form) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("tz", ["Asia/Shanghai", "Asia/Kathmandu", "Etc/GMT-8", "UTC", ""])
def test_a_form_of_a_zone_begins_with_the_one_that_holds(lang: str, scope: Scope, tz: str) -> None:
    form = zone_modal("vd.zone", languages.load(lang), scope=scope, tz=tz)

    assert faults_of(form) == []
    assert form.title == languages.load(lang).text(f"discord.zone.title.{scope}")
    assert zone_of(forms.filled(submitted(form))) == tz
    assert zone_of(forms.filled(submitted(form, other=" Europe/Oslo "))) == "Europe/Oslo"
    assert zone_of(forms.filled(submitted(form, zone=[]))) == ""


def test_every_zone_of_the_menu_exists_and_says_what_people_there_call_their_time() -> None:
    for lang, called in (("en", "China Time"), ("zh", "中国时间")):
        options = inputs(zone_modal("vd.zone", languages.load(lang), scope="me", tz=""))["zone"]["options"]

        assert [known_zone(each["value"]) for each in options] == [each["value"] for each in options]
        assert called in [each.get("description") for each in options]
        assert all("description" in each for each in options if each["value"] != "UTC")


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_of_feedback_comes_back_as_what_it_means(lang: str) -> None:
    words = languages.load(lang)
    form = feedback_modal("vd.feedback", words, [("summary", "Summary"), ("hot", "Hot")])
    sent = submitted(form, opinion=["wrong"], number=" #26701", section=["hot"], reason=" It is for\nMI300. ")
    untouched = forms.filled(submitted(form))

    assert faults_of(form) == []
    assert judged(forms.filled(sent), Pressed("daily-1")) == Feedback(
        "wrong", "daily-1", "hot", 26701, "It is for\nMI300."
    )
    assert lacking(forms.filled(sent), words) == ""
    assert judged(untouched, Pressed()) == Feedback("unhelpful")
    assert lacking(untouched, words) == ""


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", ["the first", "0", "1000000001", "٣", "1 2"])
def test_what_is_no_number_is_asked_for_again(lang: str, number: str) -> None:
    words = languages.load(lang)
    form = feedback_modal("vd.feedback", words)
    sent = forms.filled(submitted(form, number=number))
    wrong = forms.filled(submitted(form, opinion=["wrong"]))

    assert "section" not in inputs(form)
    assert judged(sent, Pressed()).number is None
    assert lacking(sent, words) == lacking(wrong, words) == words.text("errors.feedback.number")


@given(
    st.lists(st.tuples(st.text("abc-", min_size=1, max_size=120), hostile), max_size=40),
    st.sampled_from(LANGS),
    st.text(max_size=2_000),
    st.text(max_size=30),
)
@settings(max_examples=40, deadline=None)
def test_any_form_of_feedback_is_one_that_discord_takes(
    sections: list[tuple[str, str]], lang: str, reason: str, number: str
) -> None:
    sections = [("summary", "Summary"), *sections]
    form = feedback_modal("vd.feedback", languages.load(lang), sections)
    told = judged(forms.filled(submitted(form, reason=reason, number=number)), Pressed("d"))

    assert faults_of(form) == []
    assert len(told.reason) <= 1_000
    assert told.reason in reason
    assert told.number is None or str(told.number) in number


def test_what_is_filled_in_is_read_from_labels_and_from_rows() -> None:
    data = {
        "custom_id": "bug_modal",
        "components": [
            {"type": 10, "id": 1},
            {
                "type": 18,
                "id": 2,
                "component": {"type": 3, "id": 3, "custom_id": "bug", "values": ["butterfly", "ant"]},
            },
            {"type": 18, "id": 4, "component": {"type": 4, "id": 5, "custom_id": "why", "value": "it flies"}},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": ""}]},
            {"type": 18, "id": 6, "component": {"type": 21, "id": 7, "custom_id": "one", "value": None}},
        ],
        "resolved": {},
    }
    values = forms.filled(data)

    assert values == {"bug": ["butterfly", "ant"], "why": "it flies", "old": "", "one": ""}
    assert (forms.choice(values, "bug"), forms.choice(values, "why"), forms.choice(values, "none")) == (
        "butterfly",
        "",
        "",
    )
    assert (forms.text(values, "why"), forms.text(values, "bug"), forms.text(values, "none")) == (
        "it flies",
        "",
        "",
    )
    assert forms.filled({"custom_id": "bare"}) == {}
