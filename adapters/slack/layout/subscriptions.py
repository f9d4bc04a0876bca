"""Subscriptions: the list of them that the home shows, with what can be done to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.chat import Subscribed
from adapters.chat.pressed import Pressed
from adapters.slack import actions, blocks, rich
from adapters.slack.actions import dump
from adapters.slack.blocks import Block

if TYPE_CHECKING:
    from summarizer.languages import Language

_MOST: Final = 15
"""Subscriptions that are shown, two blocks each; ours, far below what a view holds."""
_MOMENT: Final = "{date_short_pretty} {time}"
_LINE: Final = 200
"""Characters of an order that are shown; ours."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """listed: of `Desk.subscriptions`. said: what was done to one of them last, as blocks. problem: why they cannot be
    told, "" where they can."""

    listed: Sequence[Subscribed] = ()
    said: Sequence[Block] = ()
    problem: str = ""


def subscribed(language: Language, subscriptions: Subscriptions, command: str) -> list[Block]:
    """The section: what was done last, each subscription, and the button that makes another."""
    made = [blocks.header(language.text("chat.home.subscriptions")), *subscriptions.said]
    if subscriptions.problem:
        made.append(blocks.context(rich.escaped(subscriptions.problem)))
    elif not subscriptions.listed:
        made.append(blocks.context(rich.escaped(language.text("chat.home.no_subscriptions"))))
    for each in subscriptions.listed[:_MOST]:
        made += [_told(each, language), _buttons(each, language)]
    if (left := len(subscriptions.listed) - _MOST) > 0:
        more = language.text("chat.home.more_subscriptions", n=left, command=command)
        made.append(blocks.context(more))
    new = language.text("chat.subscribing.title")
    return [*made, blocks.actions(blocks.button(new, actions.SUBSCRIBE, dump(Pressed()), style="primary"))]


def _told(subscribed: Subscribed, language: Language) -> Block:
    between = str(language.get("digest.between"))
    told = [_where(subscribed.where, language), language.text(f"subscriptions.state.{subscribed.state}")]
    if subscribed.next_due is not None:
        at = rich.moment(subscribed.next_due, f"{subscribed.next_due:%Y-%m-%d %H:%M %Z}", _MOMENT)
        told.append(language.text("chat.home.next", at=at))
    order = " ".join(subscribed.line.replace("`", "'").split())[:_LINE]
    return blocks.section(
        f"*{rich.escaped(subscribed.id)}*{between}`{rich.escaped(order)}`\n{between.join(told)}"
    )


def _where(where: str, language: Language) -> str:
    """A place whose name nobody told stands there as `Destination` writes it; a channel's id is a name to Slack, which
    shows it to those who may know it."""
    found = _PLACE.fullmatch(where)
    if found is None:
        return rich.escaped(where)
    return language.text("subscriptions.where.me") if found["is_person"] else f"<#{found['id']}>"


_PLACE: Final = re.compile(r"slack:[A-Z0-9]+/(?P<is_person>@?)(?P<id>[A-Z0-9]+)(?:/[0-9.]+)?")


def _buttons(subscribed: Subscribed, language: Language) -> Block:
    """What can be done to it. A watch has no last period to show."""
    is_watch = subscribed.id.startswith("w")
    shown = {
        "pause": ("pause", language.text("chat.home.pause")),
        "resume": ("resume", language.text("chat.offers.resume")),
        "now": ("test", language.text("chat.offers.now")),
        "end": ("unwatch" if is_watch else "unsubscribe", language.text("chat.home.end")),
    }
    del shown["resume" if subscribed.state == "active" else "pause"]
    if is_watch:
        del shown["now"]
    return blocks.actions(
        *(
            blocks.button(label, f"{actions.OFFER}#{name}", dump(Pressed(line=f"{verb} {subscribed.id}")))
            for name, (verb, label) in shown.items()
        )
    )
