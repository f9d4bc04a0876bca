"""Pages: messages, views and homes, whole, as HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any, Final

from benchmarks.pictures.blocks import drawn, text_object
from benchmarks.pictures.tokens import Reader, mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.pictures.blocks import Files

BOT: Final = "vllm-digest"
_ONLY_YOU: Final = {"en": "Only visible to you", "zh": "仅对你可见"}
_REPLIES: Final = {"en": "Thread", "zh": "消息列"}


@dataclass(frozen=True, slots=True)
class Said:
    """A message. author: "" for the bot. markdown: what was streamed, above the blocks. only_me: whether one person
    sees it. text: mrkdwn, of a person."""

    blocks: tuple[Mapping[str, Any], ...] = ()
    author: str = ""
    text: str = ""
    markdown: str = ""
    only_me: bool = False


def conversation(messages: Iterable[Said], reader: Reader, files: Files) -> str:
    """Messages as they stand in a channel. Raises UnknownPartError."""
    return _whole("".join(_message(each, reader, files) for each in messages), reader, "channel")


def thread(messages: Iterable[Said], reader: Reader, files: Files) -> str:
    """Messages as they stand in a thread."""
    body = "".join(_message(each, reader, files) for each in messages)
    return _whole(f'<div class="bar">{_REPLIES[reader.lang]}</div>{body}', reader, "channel")


def modal(view: Mapping[str, Any], reader: Reader, files: Files) -> str:
    """A modal view, which stands above a dimmed channel."""
    buttons = "".join(
        f'<span class="button {style}">{text_object(view[name], reader)}</span>'
        for name, style in (("close", "default"), ("submit", "done"))
        if name in view
    )
    head = f'<div class="top"><b>{text_object(view["title"], reader)}</b><span>✕</span></div>'
    # a form is shown whole, what is only to be read as far as it fits
    body = (
        f'<div class="body{" form" if "submit" in view else ""}">{drawn(view["blocks"], reader, files)}</div>'
    )
    return _whole(f'<div class="modal">{head}{body}<div class="foot">{buttons}</div></div>', reader, "dimmed")


def home(view: Mapping[str, Any], reader: Reader, files: Files) -> str:
    """The Home tab of the app."""
    tabs = '<div class="tabs"><b>Home</b><span>Messages</span><span>About</span></div>'
    return _whole(
        f'<div class="bar">{BOT}</div>{tabs}{drawn(view["blocks"], reader, files)}', reader, "channel"
    )


def _message(said: Said, reader: Reader, files: Files) -> str:
    own = not said.author
    name = escape(said.author or BOT)
    badge = '<span class="badge">APP</span>' if own else ""
    head = f'<div class="author"><b>{name}</b>{badge}<time>{escape(reader.clock())}</time></div>'
    text = f'<div class="block">{mrkdwn(said.text, reader)}</div>' if said.text else ""
    streamed = [{"type": "markdown", "text": said.markdown}] if said.markdown else []
    note = f'<div class="only">{_ONLY_YOU[reader.lang]}</div>' if said.only_me else ""
    body = f"{note}{head}{text}{drawn([*streamed, *said.blocks], reader, files)}"
    face = '<div class="face own">v</div>' if own else f'<div class="face">{name[0]}</div>'
    return f'<div class="message{" mine" if said.only_me else ""}">{face}<div>{body}</div></div>'


def _whole(body: str, reader: Reader, kind: str) -> str:
    style = resources(__package__).joinpath("slack.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="{escape(reader.lang)}"><head><meta charset="utf-8">'
        f'<title>{BOT}</title><style>{style}</style></head><body class="{kind}">{body}</body></html>'
    )
