"""Buttons: what may be pressed below a digest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.slack import actions, blocks, limits
from adapters.slack.actions import dump
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Offer
    from adapters.slack.blocks import Block
    from summarizer.languages import Language

_OPTION_VALUE: Final = 150
"""Of an option (docs.slack.dev/reference/block-kit/composition-objects/option-object)."""
_PAGE: Final = f"{actions.PREFIX}link"
"""A button that the client itself follows; there is nothing for us to do."""


def below_post(
    language: Language, *, handle: str, line: str, page_url: str, is_threaded: bool, is_quiet: bool
) -> list[Block]:
    """Below a digest that a channel reads. page_url: of the whole digest as a page, "" for none; the button attaches
    it as a file then. is_quiet: whether there is nothing to unfold or to copy."""
    own, anew = dump(Pressed(handle=handle)), dump(Pressed(handle=handle, line=line))
    full = _label("full", language)
    shown = [
        blocks.button(full, _PAGE, own, url=page_url) if page_url else blocks.button(full, actions.FULL, own)
    ]
    if not is_threaded and not is_quiet:
        shown.append(blocks.button(_label("thread", language), actions.THREAD, own))
    shown.append(_other_language(language, handle))
    if not is_quiet:
        shown.append(blocks.button(_label("copy", language), actions.COPY, own))
    if line:
        shown.append(blocks.button(_label("refresh", language), actions.REFRESH, anew))
    return [blocks.actions(*shown), blocks.feedback_buttons(own, language)]


def below_only_me(language: Language, *, handle: str, line: str, is_quiet: bool) -> list[Block]:
    """Below a digest that one person reads. is_quiet: whether there is nothing to send."""
    own, anew = dump(Pressed(handle=handle)), dump(Pressed(handle=handle, line=line))
    shown = [
        blocks.button(_label("details", language), actions.DETAILS, own, style="primary"),
        *([] if is_quiet else [blocks.button(_label("send_all", language), actions.SEND_ALL, own)]),
        blocks.button(_label("share", language), actions.SHARE, anew),
        _other_language(language, handle),
    ]
    if line:
        shown.append(blocks.button(_label("refresh", language), actions.REFRESH, anew))
    return [blocks.actions(*shown)]


def offered(offers: Sequence[Offer], language: Language) -> list[Block]:
    """What may be wanted next, as a row of buttons; nothing for no offers. One whose line has no room is left out."""
    names = Counter(each.name for each in offers)
    shown = []
    for place, each in enumerate(offers[: limits.ACTIONS]):
        label, value = language.text(f"chat.offers.{each.name}"), dump(Pressed(line=each.line))
        if names[each.name] > 1:  # what they are about tells them apart
            label = f"{label} {each.line.rpartition(' ')[2]}"
        if actions.load(value).line == each.line:
            shown.append(blocks.button(label, f"{actions.OFFER}#{each.name}-{place}", value))
    return [blocks.actions(*shown)] if shown else []


def turning(language: Language, *, handle: str, page: int, pages: int) -> list[Block]:
    """To the page before and the next one, of those that there are. page: from 0."""
    places = {"previous": page - 1, "next": page + 1}
    shown = [
        blocks.button(
            _label(name, language), f"{actions.PAGE}#{name}", dump(Pressed(handle=handle, page=place))
        )
        for name, place in places.items()
        if 0 <= place < pages
    ]
    return [blocks.actions(*shown)] if shown else []


def jumping(language: Language, *, handle: str, sections: Sequence[tuple[str, str, int]]) -> list[Block]:
    """A menu of sections, (id, title, page from 0), that leads to their pages; nothing for a single one."""
    if len(sections) < 2:
        return []
    options = []
    for key, title, page in sections[: limits.OPTIONS]:
        # values that differ, so that a client can tell which of two sections of a page was chosen
        value = dump(Pressed(handle=handle, page=page, section=key))
        if len(value) > _OPTION_VALUE:
            value = dump(Pressed(handle=handle, page=page))
        options.append({"text": blocks.plain_text(title, limits.OPTION), "value": value})
    menu: Block = {
        "type": "static_select",
        "action_id": f"{actions.PAGE}#jump",
        "placeholder": blocks.plain_text(_label("jump", language), limits.PLACEHOLDER),
        "options": options,
    }
    return [blocks.actions(menu)]


def _other_language(language: Language, handle: str) -> Block:
    """The next language there is, by its own name."""
    codes = languages.codes()
    other = codes[(codes.index(language.code) + 1) % len(codes)]
    name = languages.load(other).text("language.name")
    return blocks.button(name, actions.OTHER_LANGUAGE, dump(Pressed(handle=handle, lang=other)))


def _label(name: str, language: Language) -> str:
    return language.text(f"chat.digest.button.{name}")
