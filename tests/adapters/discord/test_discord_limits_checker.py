"""The checker of limits finds what Discord would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.discord.limits_checker import IS_COMPONENTS_V2, refused, refused_modal, texts


def button(label: str = "Open", custom_id: str = "vd.x", **others: object) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id, **others}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def select(count: int = 1, **others: object) -> dict[str, Any]:
    options = [{"label": f"{place}", "value": f"{place}"} for place in range(count)]
    return {"type": 3, "custom_id": "vd.page", "options": options, **others}


def layout(*components: dict[str, Any], **others: object) -> dict[str, Any]:
    return {"flags": IS_COMPONENTS_V2, "components": list(components), **others}


def container(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 17, "components": list(components)}


def picture(name: str) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}, "description": "alt"}]}


def modal(*components: dict[str, Any], title: str = "Why?") -> dict[str, Any]:
    return {"title": title, "custom_id": "vd.feedback", "components": list(components)}


def label(name: str = "Reason", component: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": 18, "label": name, "component": component or {"type": 4, "custom_id": name, "style": 2}}


@pytest.mark.parametrize(
    "payload",
    [
        layout(container(text("x" * 2_000), text("🚀" * 1_000), picture("chart.png")), row(button())),
        layout(row(*(button(custom_id=f"vd.{each}") for each in range(5)))),
        layout(*[text("x")] * 40),
        layout(row(select(25, placeholder="x" * 150))),
        {"content": "x" * 2_000, "components": [row(button())]},
        {"embeds": [{"description": "x" * 4_096}, {"description": "x" * 1_904}]},
        {"embeds": [{"image": {"url": "attachment://chart.png"}}]},
        {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "url": "https://github.com/"})]},
    ],
)  # fmt: skip
def test_what_is_within_the_limits_is_taken(payload: dict[str, Any]) -> None:
    assert refused(payload, files=["chart.png"]) == []


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"content": " "},
        {"content": "x" * 2_001},
        {"content": "🚀" * 1_001},
        {"embeds": [{"description": "x" * 4_097}]},
        {"embeds": [{"description": "x" * 4_000}, {"description": "x" * 2_001}]},
        {"embeds": [{"description": "x"}] * 11},
        {"embeds": [{}]},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]},
        {"embeds": [{"fields": [{"name": "x", "value": ""}]}]},
        {"embeds": [{"image": {"url": "attachment://none.png"}}]},
        {"content": "x", "components": [text("x")]},
        {"content": "x", "components": [row(button(custom_id=f"vd.{each}")) for each in range(6)]},
        {"content": "x", "nonce": "x" * 26},
        layout(),
        layout(text("")),
        layout(text("x"), content="x"),
        layout(text("x"), embeds=[{"description": "x"}]),
        layout(*[text("x")] * 41),
        layout(container(*[text("x")] * 40)),
        layout(text("x" * 2_001), text("x" * 2_000)),
        layout(container(container(text("x")))),
        layout(container()),
        layout(button()),
        layout(row()),
        layout(row(*(button(custom_id=f"vd.{each}") for each in range(6)))),
        layout(row(button(), select())),
        layout(row(button(), button())),
        layout(row(button(label=""))),
        layout(row(button(label="x" * 81))),
        layout(row(button(custom_id="x" * 101))),
        layout(row(button(url="https://github.com/"))),
        layout(row({"type": 2, "style": 5, "label": "x", "url": "ftp://github.com/"})),
        layout(row(select(0))),
        layout(row(select(26))),
        layout(row(select(placeholder="x" * 151))),
        layout(row(select(options=[{"label": "x", "value": "x"}] * 2))),
        layout(row(select(options=[{"label": "x" * 101, "value": "x"}]))),
        layout(row(select(options=[{"label": "x", "value": "x" * 101}]))),
        layout(row(select(options=[{"label": "x", "value": "x", "description": "x" * 101}]))),
        layout(picture("none.png")),
        layout({"type": 13, "file": {"url": "attachment://none.md"}}),
    ],
)
def test_what_is_over_a_limit_is_refused(payload: dict[str, Any]) -> None:
    assert len(refused(payload)) == 1


def test_more_than_ten_files_are_refused() -> None:
    assert refused({"content": "x"}, files=[f"{each}.md" for each in range(11)])


def test_a_modal_within_the_limits_is_taken() -> None:
    assert refused_modal(modal(label("a"), label("b", select()), text("x"))) == []


@pytest.mark.parametrize(
    "payload",
    [
        modal(),
        modal(*(label(f"{each}") for each in range(6))),
        modal(label(), title="x" * 46),
        modal(label("x" * 46, {"type": 4, "custom_id": "x"})),
        modal(row(button())),
        modal(label(component={"type": 4, "custom_id": "x", "placeholder": "x" * 101})),
    ],
)
def test_a_modal_over_a_limit_is_refused(payload: dict[str, Any]) -> None:
    assert len(refused_modal(payload)) == 1


def test_texts_are_all_that_is_read_as_markdown() -> None:
    embed = {"title": "b", "fields": [{"name": "c", "value": "d"}]}

    assert texts({"content": "a", "embeds": [embed]}) == ["a", "b", "c", "d"]
    assert texts(layout(container(text("e")), text("f"))) == ["e", "f"]
