"""Messages as layouts, embeds and contents: each is what Discord takes and shows all of the message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.http import MultipartParameters, handle_message_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.discord import actions, views
from adapters.discord.markdown import characters, escaped
from adapters.discord.messages import Button, File, Image, Menu, Message, Option, Rule, Text
from adapters.discord.packing import pack
from tests.adapters.discord.discord_reader import read
from tests.adapters.discord.hostile_words import hostile
from tests.adapters.discord.limits_checker import refused, texts, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG = Pressed(line="today topic:amd " * 20)
CHART = File("chart.png", b"png", alt="A chart")
REPORT = File("report.md", b"# Report")


def payload_of(
    *,
    view: discord.ui.LayoutView | discord.ui.View | None = None,
    embeds: Sequence[discord.Embed] = (),
    content: str | None = None,
    files: Sequence[discord.File] = (),
) -> dict[str, Any]:
    """What discord.py sends for it."""
    with handle_message_parameters(
        content=content,
        view=view or discord.utils.MISSING,
        embeds=list(embeds) or discord.utils.MISSING,
        files=list(files) or discord.utils.MISSING,
        flags=discord.MessageFlags(components_v2=True)
        if view and view.has_components_v2()
        else discord.utils.MISSING,
    ) as parameters:
        return payload_in(parameters)


def payload_in(parameters: MultipartParameters) -> dict[str, Any]:
    if parameters.payload is not None:
        return dict(parameters.payload)
    assert parameters.multipart is not None
    return dict(json.loads(parameters.multipart[0]["value"]))


def everything() -> Message:
    return Message(
        parts=(Text("# Today"), Rule(), Text("One."), Image("chart.png", "A chart"), Text("Two.")),
        rows=(
            (
                Button("Details", actions.DETAILS, Pressed(handle="h1"), style="primary"),
                Button("Again", actions.ASK, LONG),
            ),
            (Button("Page", url="https://github.com/vllm-project/vllm", emoji="🔗"),),
            Menu(
                actions.PAGE,
                "Section",
                (Option("One", Pressed(page=1), about="first"), Option("Two", Pressed(page=2))),
            ),
        ),
        colour=0x336699,
        notice="Today in vllm",
    )  # fmt: skip


async def test_a_layout_shows_all_parts_in_a_container_of_the_messages_colour() -> None:
    payload = payload_of(view=views.as_layout(everything()))

    (container,) = payload["components"]
    assert refused(payload, files=["chart.png"]) == []
    assert container["accent_color"] == 0x336699
    assert [each["type"] for each in container["components"]] == [10, 14, 10, 12, 10, 1, 1, 1]
    assert texts(payload) == ["# Today", "One.", "Two."]
    assert container["components"][3]["items"][0]["description"] == "A chart"


async def test_a_layout_without_a_colour_has_no_container() -> None:
    payload = payload_of(view=views.as_layout(Message((Text("One."),), rows=((Button("x", actions.FULL),),))))

    assert [each["type"] for each in payload["components"]] == [10, 1]


async def test_what_can_be_pressed_says_what_is_done() -> None:
    payload = payload_of(view=views.as_layout(everything()))

    pressed = [each for each in walk(payload["components"]) if each["type"] == 2]
    (menu,) = [each for each in walk(payload["components"]) if each["type"] == 3]
    assert [each.get("custom_id") for each in pressed] == [
        actions.custom_id(actions.DETAILS, Pressed(handle="h1")),
        actions.custom_id(actions.ASK, LONG),
        None,
    ]
    assert [each["style"] for each in pressed] == [1, 2, 5]
    assert pressed[2]["url"] == "https://github.com/vllm-project/vllm"
    assert pressed[2]["emoji"]["name"] == "🔗"
    assert actions.action_of(menu["custom_id"]) == actions.PAGE
    assert [actions.read(each["value"]).page for each in menu["options"]] == [1, 2]
    assert [each.get("description") for each in menu["options"]] == ["first", None]


def test_what_an_id_has_no_room_for_is_to_be_kept() -> None:
    menu = Menu(actions.CHOOSE, "Which?", (Option("a", LONG), Option("b", Pressed(section="b"))))
    message = Message(
        (Text("x"),), rows=((Button("a", actions.ASK, LONG), Button("b", url="https://x.org")), menu)
    )

    kept = views.kept_of(message)

    assert [actions.read_kept(each) for each in kept.values()] == [LONG]
    assert set(kept) == {actions.key_of(actions.custom_id(actions.ASK, LONG))}


async def test_an_attached_file_is_shown_below_the_parts_and_a_picture_only_once() -> None:
    payload = payload_of(view=views.as_layout(everything(), [CHART, REPORT]))

    shown = [each["file"]["url"] for each in walk(payload["components"]) if each["type"] == 13]
    assert shown == ["attachment://report.md"]
    assert refused(payload, files=["chart.png", "report.md"]) == []


def test_raw_components_are_those_that_are_sent() -> None:
    assert views.components_of(everything())[0]["type"] == 17
    assert (
        refused({"flags": 1 << 15, "components": views.components_of(everything())}, files=["chart.png"])
        == []
    )


async def test_views_are_stopped_so_that_no_client_keeps_them() -> None:
    below = views.as_view(everything())

    assert below is not None
    assert below.is_finished()
    assert views.as_layout(everything()).is_finished()


async def test_embeds_show_the_same_with_the_picture_where_it_stands() -> None:
    embeds, below = views.as_embeds(everything())

    payload = payload_of(embeds=embeds, view=below)
    assert refused(payload, files=["chart.png"]) == []
    assert [each.get("description") for each in payload["embeds"]] == ["# Today\nOne.", "Two."]
    assert payload["embeds"][0]["image"]["url"] == "attachment://chart.png"
    assert {each["color"] for each in payload["embeds"]} == {0x336699}
    assert [len(row["components"]) for row in payload["components"]] == [2, 1, 1]


async def test_a_picture_alone_is_an_embed() -> None:
    embeds, below = views.as_embeds(Message((Image("chart.png", ""),)))

    assert [each.image.url for each in embeds] == ["attachment://chart.png"]
    assert below is None


def test_contents_show_the_texts_and_a_message_without_any_its_notice() -> None:
    assert views.as_contents(everything()) == ["# Today\nOne.\n\nTwo."]
    assert views.as_contents(Message((Image("chart.png", ""),), notice="A *chart*")) == ["A \\*chart\\*"]
    assert views.as_contents(Message((Image("chart.png", ""),))) == []


@settings(deadline=None, max_examples=10)
@given(told=st.lists(hostile.map(escaped).filter(bool), min_size=1, max_size=20), has_colour=st.booleans())
async def test_a_full_message_fits_in_each_form_and_loses_nothing(told: list[str], has_colour: bool) -> None:
    full = pack(told * (4_000 // sum(map(characters, told)) + 1), budget=3_900)[0]
    message = Message((Text(full), Rule(), Text("- end")), colour=0 if has_colour else None)

    layout = payload_of(view=views.as_layout(message))
    embeds = payload_of(embeds=views.as_embeds(message)[0])
    contents = [payload_of(content=each) for each in views.as_contents(message)]

    assert [refused(each) for each in (layout, embeds, *contents)] == [[]] * (2 + len(contents))
    seen = "".join((read(full).text + "end").split())
    assert "".join("".join(read(each).text for each in texts(embeds)).split()) == seen
    assert "".join("".join(read(each["content"]).text for each in contents).split()) == seen


def rows_of(count: int) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button("x", f"{actions.ASK}#{place}"),) for place in range(count))


@pytest.mark.parametrize(
    "message",
    [
        Message(()),
        Message((Text(""),)),
        Message((Text(" \n"),)),
        Message((Text("x" * 2_000), Text("🚀" * 1_001))),
        Message((Text("x"),) * 41),
        Message((Text("x"),) * 40, colour=0),
        Message((Text("x"),), rows=((),)),
        Message((Text("x"),), rows=(tuple(Button("x", f"vd.ask#{place}") for place in range(6)),)),
        Message((Text("x"),), rows=((Button("x", actions.ASK), Button("y", actions.ASK)),)),
        Message((Text("x"),), rows=((Button("", actions.ASK),),)),
        Message((Text("x"),), rows=((Button("x" * 81, actions.ASK),),)),
        Message((Text("x"),), rows=((Button("x", url=f"https://github.com/{'x' * 500}"),),)),
        Message((Text("x"),), rows=(Menu(actions.PAGE, "x", ()),)),
        Message((Text("x"),), rows=(Menu(actions.PAGE, "x", (Option("x", Pressed()),) * 2),)),
        Message((Text("x"),), rows=(Menu(actions.PAGE, "x" * 151, (Option("x", Pressed()),)),)),
        Message((Text("x"),), rows=(Menu(actions.PAGE, "x", (Option("x" * 101, Pressed()),)),)),
        Message((Text("x"),), rows=(Menu(actions.PAGE, "x", (Option(" ", Pressed()),)),)),
    ],
)  # fmt: skip
async def test_a_message_over_the_limits_is_refused_before_discord_does(message: Message) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - ours and discord.py's
        views.as_layout(message)


async def test_embeds_over_the_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="6000"):
        views.as_embeds(Message((Text("x" * 3_500), Text("y" * 3_500))))
    with pytest.raises(ValueError, match="5 rows"):
        views.as_embeds(Message((Text("x"),), rows=rows_of(6)))


def test_attachments_carry_their_names_data_and_words() -> None:
    first, second = views.attachments([CHART, REPORT])

    assert (first.filename, first.description, first.fp.read()) == ("chart.png", "A chart", b"png")
    assert (second.filename, second.description) == ("report.md", None)


def test_more_than_ten_attachments_are_refused() -> None:
    with pytest.raises(ValueError, match="10 files"):
        views.attachments([REPORT] * 11)
