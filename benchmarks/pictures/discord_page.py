"""Pages: what stands in a Discord channel or thread, and modals, whole, as HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any, Final

from benchmarks.pictures.discord_components import drawn
from benchmarks.pictures.discord_markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.pictures.tokens import Reader

WIDTH: Final = 600
"""Of a page, as of a channel beside the lists of servers, channels and members."""
BOT: Final = "vllm-digest"
ME: Final = "<@1>"
"""The bot's own mention, of which its client knows the name."""
_ONLY_YOU: Final = {
    "en": ("Only you can see this", "Dismiss message"),
    "zh": ("只有你能看到这条消息", "关闭"),
}
_USED: Final = {"en": "used", "zh": "使用了"}
_BUTTONS: Final = {"en": ("Cancel", "Submit"), "zh": ("取消", "提交")}
_WARNING: Final = {
    "en": f"This form will be submitted to {BOT}. Do not share passwords or other sensitive information.",
    "zh": f"此表单将提交给 {BOT}。请勿透露密码或其他敏感信息。",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message. components: of the bot's. author: of a person's, "" for the bot. text: Markdown, of a person's. used:
    the command it answers, and by whom. to: the message that it replies to, by whom and what. only_me: whether one
    person sees it. files: what is attached, by its name."""

    components: tuple[Mapping[str, Any], ...] = ()
    author: str = ""
    text: str = ""
    used: tuple[str, str] | None = None
    to: tuple[str, str] | None = None
    only_me: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


def conversation(messages: Iterable[Said], reader: Reader) -> str:
    """Messages as they stand in a channel. Raises UnknownPartError."""
    return _whole("".join(_message(each, reader) for each in messages), reader, "channel")


def thread(name: str, messages: Iterable[Said], reader: Reader) -> str:
    """Messages as they stand in a thread of that name; the first one's author is that of all of them."""
    said = list(messages)
    body = "".join(_message(each, reader, is_first=not place) for place, each in enumerate(said))
    return _whole(f'<div class="bar"><span>🧵</span> {escape(name)}</div>{body}', reader, "channel")


def modal(form: Mapping[str, Any], reader: Reader) -> str:
    """A form, above a dimmed channel."""
    cancel, submit = _BUTTONS[reader.lang]
    head = (
        f'<div class="top"><span class="face own">v</span><b>{escape(form["title"])}</b><span>✕</span></div>'
    )
    warning = f'<div class="warning">{_WARNING[reader.lang]}</div>'
    foot = (
        f'<div class="foot"><span class="button secondary">{cancel}</span>'
        f'<span class="button primary">{submit}</span></div>'
    )
    body = drawn(form["components"], reader, {})
    return _whole(f'<div class="modal">{head}{warning}{body}{foot}</div>', reader, "dimmed")


def _message(said: Said, reader: Reader, *, is_first: bool = True) -> str:
    own = not said.author
    name = escape(said.author or BOT)
    badge = '<span class="badge">✓ APP</span>' if own else ""
    head = f'<div class="author"><b>{name}</b>{badge}<time>{escape(reader.clock())}</time></div>'
    text = markdown(said.text, reader).replace(escape(ME), f"@{BOT}")
    body = f'<div class="text">{text}</div>' if said.text else ""
    body += drawn(said.components, reader, said.files)
    face = f'<div class="face{" own" if own else ""}">{"v" if own else name[0]}</div>'
    if not is_first:
        head, face = "", '<div class="face none"></div>'
    row = f'<div class="message">{face}<div>{head}{body}{_note(reader) if said.only_me else ""}</div></div>'
    return f'<div class="said{" mine" if said.only_me else ""}">{_above(said, reader)}{row}</div>'


def _above(said: Said, reader: Reader) -> str:
    """What a message answers."""
    if said.used is not None:
        person, command = map(escape, said.used)
        shown = f'<b>{person}</b> {_USED[reader.lang]} <span class="link">{command}</span>'
    elif said.to is not None:
        person, text = map(escape, said.to)
        shown = f"<b>@{person}</b> <span>{text}</span>"
    else:
        return ""
    face = f'<span class="face tiny{" own" if person == BOT else ""}">{person[0]}</span>'
    return f'<div class="above"><span class="spine"></span>{face}{shown}</div>'


def _note(reader: Reader) -> str:
    only, dismiss = _ONLY_YOU[reader.lang]
    return f'<div class="only">👁 {only} • <span class="link">{dismiss}</span></div>'


def _whole(body: str, reader: Reader, kind: str) -> str:
    style = resources(__package__).joinpath("discord.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="{escape(reader.lang)}"><head><meta charset="utf-8">'
        f'<title>{BOT}</title><style>{style}</style></head><body class="{kind}">{body}</body></html>'
    )
