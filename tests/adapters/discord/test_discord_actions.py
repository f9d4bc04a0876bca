"""What a button carries comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.modals import opens_modal
from summarizer import languages
from tests.adapters.discord.pressing import forged, id_of, in_language, post, told
from tests.adapters.discord.whole import whole

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

short = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ACTIONS = [
    each
    for name, each in vars(actions).items()
    if name.isupper() and isinstance(each, str) and each.startswith(actions.PREFIX) and name != "PREFIX"
]


@given(st.builds(Pressed, short, short, st.sampled_from(["", "en", "zh"]), st.integers(0, 99), short, short))
def test_what_is_pressed_comes_back_as_it_was(pressed: Pressed) -> None:
    made = actions.custom_id(actions.PAGE, pressed)
    kept = actions.kept_of(actions.PAGE, pressed)

    assert len(made) <= 100
    assert actions.action_of(made) == actions.PAGE
    assert (actions.key_of(made) is None) == (kept is None)
    assert pressed == (actions.read(made) if kept is None else actions.read_kept(kept[1]))


@pytest.mark.parametrize(
    "custom_id", ["", "vd.page", "vd.page|x", "vd.page|a|en|-1|", "vd.page|a|en|x|", "vd.page|a|en|1||"]
)
def test_an_id_of_another_version_is_refused(custom_id: str) -> None:
    with pytest.raises(ValueError, match="no custom id of ours"):
        actions.read(custom_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "null",
        '{"page": -1}',
        '{"page": "1"}',
        '{"page": true}',
        '{"line": 1}',
        '{"o": ""}',
        "[" * 9_000,
    ],
)
def test_what_was_kept_by_another_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing of ours"):
        actions.read_kept(text)


def test_every_action_begins_alike_and_is_another() -> None:
    assert len(set(ACTIONS)) == len(ACTIONS) > 10


@pytest.mark.parametrize(
    ("custom_id", "opens"),
    [
        (actions.custom_id(actions.FEEDBACK, Pressed("daily-1", section="unhelpful")), True),
        (actions.custom_id(actions.FEEDBACK, Pressed("daily-1", section="helpful")), False),
        (actions.custom_id(f"{actions.FEEDBACK}#unhelpful", Pressed("x" * 100, section="unhelpful")), True),
        (f"{actions.FEEDBACK}|x", False),
        (actions.custom_id(actions.PREFS, Pressed()), True),
        (actions.custom_id(actions.ZONE, Pressed()), True),
        (actions.custom_id(actions.PAGE, Pressed(section="unhelpful")), False),
    ],
)
def test_only_a_form_waits_with_its_acknowledgement(custom_id: str, opens: bool) -> None:
    assert opens_modal(custom_id) is opens


FORGED = (
    "",
    "|",
    "|x",
    "|../../etc|klingon|9999999|x",
    "|gone|zz|1|",
    f"|={'0' * 32}",
    "|=../cache",
    "|" + "|" * 60,
)


async def test_a_forged_id_of_any_action_is_told_and_harms_nothing(host: Host, server: DiscordServer) -> None:
    person = server.ben
    gone = languages.load("zh").text("errors.digest.gone").split("`")[0]
    async with whole(host, server, DIGEST_RATE_PER_USER="1000/s"):
        message = await post(person)
        before = message.text, message.edits
        for action in [*ACTIONS, "vd.later"]:
            for rest in FORGED:
                custom_id = forged(message, f"{action}{rest}"[:100])
                pressed = person.press(message, custom_id)
                await pressed.acknowledged()
                if pressed.modal is not None:
                    assert action in (actions.PREFS, actions.ZONE)
                    assert (await told(person.submit(pressed.modal))).only_for == person.id
                    continue
                refusal = await told(pressed)
                # what is asked back before all is answered before all
                assert refusal.only_for in (
                    person.id,
                    0 if action in (actions.ASK, actions.CHOOSE) else person.id,
                )
                assert gone in refusal.text
    assert (message.text, message.edits) == before


@pytest.mark.parametrize("other", ["", "klingon", "../en"])
async def test_a_language_that_there_is_none_of_is_the_digests_own(
    host: Host, server: DiscordServer, other: str
) -> None:
    async with whole(host, server):
        message = await post(server.ann)
        handle = actions.read(id_of(message, actions.COPY)).handle
        with capture_logs() as logs:
            for action in (actions.OTHER_LANGUAGE, actions.DETAILS):
                custom_id = forged(message, actions.custom_id(f"{action}#x", Pressed(handle, lang=other)))
                shown = await told(server.ann.press(message, custom_id))
                assert in_language(shown.text) == "en"
                assert "#101" in shown.text

    assert not [each for each in logs if each["event"] == "bug"]
