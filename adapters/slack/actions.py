"""Actions: what our buttons, views and shortcuts are called, and what a button carries.

An id may be followed by `#` and a word, since ids are unique in a block: `vd.choose#2`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Final

from adapters.chat.pressed import Pressed
from adapters.slack import limits

PREFIX: Final = "vd."

DETAILS: Final = "vd.details"
"""Opens the digest's pages in a view."""
PAGE: Final = "vd.page"
"""Turns to another of them."""
SEND_ALL: Final = "vd.send_all"
"""Sends the whole digest as a direct message."""
SHARE: Final = "vd.share"
"""Posts in the channel what only one person saw."""
FULL: Final = "vd.full"
"""Attaches the whole report, or opens its page."""
THREAD: Final = "vd.thread"
"""Puts the sections into the post's thread."""
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
OFFER: Final = "vd.offer"
"""Does what `Pressed.line` says, for who pressed alone. Its word is the offer's name, at home what is done."""
SUBSCRIBE: Final = "vd.subscribe"
"""Opens the view of the same name, where somebody orders digests on a schedule; in its metadata `Pressed.handle` is the
channel in which that was begun."""
FEEDBACK: Final = "vd.feedback"
"""`Pressed.section` "helpful" is thanked for; "unhelpful" opens the view of the same name, which asks why."""
PREFS: Final = "vd.prefs"
"""Opens the view of the same name, where somebody sets their own defaults."""
FIELD: Final = "vd.field"
"""What is filled in in a view, which is not sent before the view is."""
EXPLAIN: Final = "vd.explain"
"""The shortcut of a message that links to a pull request or an issue."""


def dump(pressed: Pressed) -> str:
    """As a button's value. A line that has no room is left out: half of one would ask for something else."""
    value = _dumped(pressed)
    if len(value) > limits.VALUE:
        value = _dumped(replace(pressed, line=""))
    if len(value) > limits.VALUE:
        raise ValueError("too long for a button")
    return value


def load(value: str) -> Pressed:
    """The inverse of `dump`. Raises ValueError for what this version did not write."""
    try:
        told = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError("no value of ours") from error
    kinds = {field.name: type(field.default) for field in fields(Pressed)}
    if not isinstance(told, dict) or not told.keys() <= kinds.keys():
        raise ValueError("no value of ours")
    if any(type(each) is not kinds[name] for name, each in told.items()) or told.get("page", 0) < 0:
        raise ValueError("no value of ours")
    return Pressed(**told)


def _dumped(pressed: Pressed) -> str:
    nothing = asdict(Pressed())
    told = {name: each for name, each in asdict(pressed).items() if each != nothing[name]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
