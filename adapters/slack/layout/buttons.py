"""Buttons: what may be pressed below a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import actions, blocks
from adapters.slack.actions import Pressed, dump
from summarizer import languages

if TYPE_CHECKING:
    from adapters.slack.blocks import Block
    from summarizer.languages import Language


def below_post(
    language: Language, *, handle: str, line: str, page_url: str, is_threaded: bool
) -> list[Block]:
    """Below a digest that a channel reads. page_url: of the whole digest as a page, "" for none; the button attaches
    it as a file then."""
    own, anew = dump(Pressed(handle=handle)), dump(Pressed(handle=handle, line=line))
    full = _label("full", language)
    shown = [
        blocks.button(full, f"{actions.FULL}#page", own, url=page_url)
        if page_url
        else blocks.button(full, actions.FULL, own)
    ]
    if not is_threaded:
        shown.append(blocks.button(_label("thread", language), actions.THREAD, own))
    shown.append(_other_language(language, handle))
    shown.append(blocks.button(_label("copy", language), actions.COPY, own))
    if line:
        shown.append(blocks.button(_label("refresh", language), actions.REFRESH, anew))
    return [blocks.actions(*shown), blocks.feedback_buttons(own, language)]


def below_only_me(language: Language, *, handle: str, line: str) -> list[Block]:
    """Below a digest that one person reads."""
    own, anew = dump(Pressed(handle=handle)), dump(Pressed(handle=handle, line=line))
    shown = [
        blocks.button(_label("details", language), actions.DETAILS, own, style="primary"),
        blocks.button(_label("send_all", language), actions.SEND_ALL, own),
        blocks.button(_label("share", language), actions.SHARE, anew),
        _other_language(language, handle),
    ]
    if line:
        shown.append(blocks.button(_label("refresh", language), actions.REFRESH, anew))
    return [blocks.actions(*shown)]


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


def _other_language(language: Language, handle: str) -> Block:
    """The next language there is, by its own name."""
    codes = languages.codes()
    other = codes[(codes.index(language.code) + 1) % len(codes)]
    name = languages.load(other).text("language.name")
    return blocks.button(name, actions.OTHER_LANGUAGE, dump(Pressed(handle=handle, lang=other)))


def _label(name: str, language: Language) -> str:
    return language.text(f"slack.digest.button.{name}")
