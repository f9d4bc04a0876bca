"""Actions: what our buttons, menus and modals are called, and how what they carry is put into a custom id.

A custom id holds a hundred characters (docs.discord.com/developers/components/reference, "custom_id"). What has no room
there is kept in the store under a key that the id holds, before the message is sent: see `kept_of`.

An action may be followed by `#` and a word, since custom ids are unique in a message: `vd.ask#2`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import Final

from adapters.chat.pressed import Pressed
from adapters.discord import limits

PREFIX: Final = "vd."

DETAILS: Final = "vd.details"
"""Opens the digest's pages, for who pressed alone."""
PAGE: Final = "vd.page"
"""Turns to another of them."""
SHARE: Final = "vd.share"
"""Posts in the channel what only one person saw."""
FULL: Final = "vd.full"
"""Attaches the whole report as a file."""
THREAD: Final = "vd.thread"
"""Puts the sections into a thread made from the post."""
OTHER_LANGUAGE: Final = "vd.language"
"""Shows the digest in `Pressed.lang`."""
COPY: Final = "vd.copy"
"""Shows the digest as text for pasting."""
REFRESH: Final = "vd.refresh"
"""Asks `Pressed.line` anew, in the message's place."""
RETRY: Final = "vd.retry"
"""The same, after a failure."""
ASK: Final = "vd.ask"
"""Asks `Pressed.line`, as a new message."""
CHOOSE: Final = "vd.choose"
"""Answers a question that was asked back; `Pressed.line` is the choice's number."""
FEEDBACK: Final = "vd.feedback"
"""`Pressed.section` "helpful" is thanked for; "unhelpful" opens the modal of the same name, which asks why."""
PREFS: Final = "vd.prefs"
"""Opens the modal of the same name, with somebody's own defaults."""
OFFER: Final = "vd.offer"
"""Answers `Pressed.line`, a command, to who pressed alone; see `Offer`."""
ZONE: Final = "vd.zone"
"""Opens the modal of the same name, which sets the time zone of `Pressed.section`: a `Scope`. `Pressed.tz` is what
was assumed, and `Pressed.line` is asked again afterwards."""

_KEPT: Final = "="
_BETWEEN: Final = "|"


def custom_id(action: str, pressed: Pressed) -> str:
    """As a component's custom id, or an option's value."""
    written = _written(action, pressed)
    return written if written is not None else f"{action}{_BETWEEN}{_KEPT}{_key(pressed)}"


def kept_of(action: str, pressed: Pressed) -> tuple[str, str] | None:
    """The key and the text that have to be kept for the custom id to mean something; None where it says all itself."""
    return None if _written(action, pressed) is not None else (_key(pressed), _dumped(pressed))


def action_of(custom_id: str) -> str:
    """The action without what follows `#`."""
    return custom_id.partition(_BETWEEN)[0].partition("#")[0]


def key_of(custom_id: str) -> str | None:
    """Under which the rest is kept; None where the id says all itself."""
    rest = custom_id.partition(_BETWEEN)[2]
    return rest.removeprefix(_KEPT) if rest.startswith(_KEPT) else None


def read(custom_id: str) -> Pressed:
    """What an id carries that says all itself. Raises ValueError for what this version did not write."""
    parts = custom_id.split(_BETWEEN)
    line = parts.pop() if len(parts) == 6 and action_of(custom_id) == OFFER else ""
    if len(parts) != 5 or not (parts[3] or "0").isdecimal():
        raise ValueError("no custom id of ours")
    _, handle, lang, page, section = parts
    return Pressed(handle=handle, line=line, lang=lang, page=int(page or 0), section=section)


def read_kept(text: str) -> Pressed:
    """The inverse of the text of `kept_of`. Raises ValueError for what this version did not write."""
    kinds = {field.name: type(field.default) for field in fields(Pressed)}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("nothing of ours") from error
    if not isinstance(told, dict) or not told.keys() <= kinds.keys():
        raise ValueError("nothing of ours")
    if any(type(each) is not kinds[name] for name, each in told.items()) or told.get("page", 0) < 0:
        raise ValueError("nothing of ours")
    return Pressed(**told)


def _written(action: str, pressed: Pressed) -> str | None:
    """None where there is no room for it."""
    # an offer may be pressed long after what is kept has gone: its line stands in the id
    line = (pressed.line,) if pressed.line and action_of(action) == OFFER else ()
    if pressed.tz or (pressed.line and not line):
        return None
    if any(_BETWEEN in each for each in (pressed.handle, pressed.section, *line)):
        return None
    page = str(pressed.page) if pressed.page else ""
    made = _BETWEEN.join((action, pressed.handle, pressed.lang, page, pressed.section, *line))
    return made if len(made) <= limits.CUSTOM_ID and not pressed.handle.startswith(_KEPT) else None


def _dumped(pressed: Pressed) -> str:
    nothing = asdict(Pressed())
    told = {name: each for name, each in asdict(pressed).items() if each != nothing[name]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _key(pressed: Pressed) -> str:
    return hashlib.sha256(_dumped(pressed).encode()).hexdigest()[:32]
