"""Buttons: what may be pressed below a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import shortened
from adapters.chat.pressed import Pressed
from adapters.discord import actions, limits
from adapters.discord.markdown import characters
from adapters.discord.messages import Button, Menu, Option
from summarizer import languages
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.discord.messages import Row
    from summarizer.languages import Language

_THUMBS: Final = {"helpful": "👍", "unhelpful": "👎"}


def below_post(
    language: Language,
    *,
    handle: str,
    line: str,
    page_url: str,
    is_threaded: bool,
    has_more: bool,
    is_quiet: bool,
) -> tuple[Row, ...]:
    """Below a digest that a channel reads. page_url: of the whole digest as a page, "" for none; the button attaches it
    as a file then. has_more: whether there is anything to unfold. is_quiet: whether one row has to do."""
    own = Pressed(handle=handle)
    shown: list[Button] = []
    if has_more:
        shown.append(_button("details", actions.DETAILS, own, language, is_main=True))
        if not is_threaded:
            label = language.text("discord.digest.button.thread")
            shown.append(Button(label, actions.THREAD, own))
    shown.append(_other_language(language, handle))
    if page_url and len(page_url) <= limits.URL:
        shown.append(Button(language.text("chat.digest.button.full"), url=page_url))
    else:
        shown.append(_button("full", actions.FULL, own, language))
    if line:
        shown.append(_refresh(language, handle, line))
    thumbs = [
        Button(
            language.text(f"chat.button.{opinion}"),
            actions.FEEDBACK,
            Pressed(handle=handle, section=opinion),
            emoji=emoji,
        )
        for opinion, emoji in _THUMBS.items()
    ]
    if is_quiet and len(shown) + len(thumbs) <= limits.BUTTONS:
        return ((*shown, *thumbs),)
    copy = [_button("copy", actions.COPY, own, language)] if has_more else []
    return (tuple(shown), (*thumbs, *copy))


def below_only_me(language: Language, *, handle: str, line: str, has_more: bool) -> tuple[Row, ...]:
    """Below a digest that one person reads. has_more: whether there is anything to unfold."""
    own = Pressed(handle=handle)
    shown = [_button("details", actions.DETAILS, own, language, is_main=True)] if has_more else []
    shown += [
        _button("full", actions.FULL, own, language),
        _button("share", actions.SHARE, Pressed(handle=handle, line=line), language),
        _other_language(language, handle),
    ]
    if line:
        shown.append(_refresh(language, handle, line))
    return (tuple(shown),)


def turning(language: Language, *, handle: str, page: int, pages: int) -> tuple[Row, ...]:
    """To the page before and the next one, which keep their places; nothing for a single page. page: from 0."""
    if pages < 2:
        return ()
    shown = {"previous": page - 1, "next": page + 1}
    return (
        tuple(
            Button(
                language.text(f"chat.digest.button.{name}"),
                f"{actions.PAGE}#{name}",
                Pressed(handle=handle, page=max(place, 0)),
                is_disabled=not 0 <= place < pages,
            )
            for name, place in shown.items()
        ),
    )


def jumping(language: Language, *, handle: str, sections: Sequence[tuple[str, str, int]]) -> tuple[Row, ...]:
    """A menu of sections, (id, title, page from 0), that leads to their pages; nothing for a single one."""
    if len(sections) < 2:
        return ()
    options = tuple(
        # the section's id, since two of a page would have the same value without it
        Option(label(title, limits.OPTION), Pressed(handle=handle, page=page, section=key))
        for key, title, page in sections[: limits.OPTIONS]
    )
    return (Menu(f"{actions.PAGE}#jump", language.text("chat.digest.button.jump"), options),)


def label(text: str, most: int) -> str:
    """Plain words on one line, as the platform takes them outside of Markdown. most: characters."""
    shown = shortened(neutralize(text), most)
    return shown if characters(shown) <= most else shortened(shown, most // 2)


def _button(name: str, action: str, pressed: Pressed, language: Language, *, is_main: bool = False) -> Button:
    label = language.text(f"chat.digest.button.{name}")
    return Button(label, action, pressed, "primary" if is_main else "secondary")


def _refresh(language: Language, handle: str, line: str) -> Button:
    return _button("refresh", actions.REFRESH, Pressed(handle=handle, line=line), language)


def _other_language(language: Language, handle: str) -> Button:
    """The next language there is, by its own name."""
    codes = languages.codes()
    other = codes[(codes.index(language.code) + 1) % len(codes)]
    name = languages.load(other).text("language.name")
    return Button(name, actions.OTHER_LANGUAGE, Pressed(handle=handle, lang=other))
