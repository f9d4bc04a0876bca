"""Pressed: what a button carries, so that it still works when the bot that made it has been restarted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pressed:
    """handle: of the digest, or of the conversation an answer is part of. line: to be answered. lang: a language's
    code. page: of a view, from 0. section: a section's id, or what was pressed of buttons that share an action. tz: a
    zone that was assumed."""

    handle: str = ""
    line: str = ""
    lang: str = ""
    page: int = 0
    section: str = ""
    tz: str = ""
