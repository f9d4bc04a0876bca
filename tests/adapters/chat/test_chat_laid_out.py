"""Laid out: one layout for all who ask for the same digest, and a new one once it has changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

from adapters.chat.laid_out import MOST, LaidOut
from summarizer.languages import load
from tests.adapters.slack.shown_digests import reference_day

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language

ENGLISH = load("en")


class Making:
    """Makes texts. goes_on: what each waits for; fails: how many of the first do."""

    def __init__(self, *, fails: int = 0) -> None:
        self.made: list[str] = []
        self.goes_on = Event()
        self.goes_on.set()
        self.fails = fails

    def __call__(self, digest: Digest, language: Language, *, handle: str, line: str) -> str:
        assert self.goes_on.wait(5)
        self.made.append(f"{handle} {line} {language.code} {digest.revision}")
        if len(self.made) <= self.fails:
            raise ZeroDivisionError
        return self.made[-1]


async def test_all_who_ask_for_the_same_get_one_layout() -> None:
    making = Making()
    making.goes_on.clear()
    laid_out = LaidOut(making)

    asking = [
        asyncio.create_task(laid_out.get(reference_day(), ENGLISH, handle="h", line="today"))
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    making.goes_on.set()
    told = await asyncio.gather(*asking)
    later = await laid_out.get(reference_day(), ENGLISH, handle="h", line="today")

    assert {*told, later} == {"h today en 1"}
    assert len(making.made) == 1


async def test_what_differs_is_laid_out_by_itself() -> None:
    making = Making()
    laid_out = LaidOut(making)
    day = reference_day()

    await laid_out.get(day, ENGLISH, handle="h", line="today")
    await laid_out.get(day, ENGLISH, handle="h", line="")
    await laid_out.get(day, ENGLISH, handle="other", line="today")
    await laid_out.get(reference_day("zh"), load("zh"), handle="h", line="today")
    changed = await laid_out.get(replace(day, revision=2), ENGLISH, handle="h", line="today")

    assert changed == "h today en 2"
    assert len(making.made) == 5


async def test_a_layout_that_failed_is_tried_anew() -> None:
    laid_out = LaidOut(Making(fails=1))

    with pytest.raises(ZeroDivisionError):
        await laid_out.get(reference_day(), ENGLISH, handle="h", line="")

    assert await laid_out.get(reference_day(), ENGLISH, handle="h", line="") == "h  en 1"


async def test_who_gives_up_does_not_take_it_from_the_others() -> None:
    making = Making()
    making.goes_on.clear()
    laid_out = LaidOut(making)
    impatient, patient = (
        asyncio.create_task(laid_out.get(reference_day(), ENGLISH, handle="h", line="")) for _ in range(2)
    )
    await asyncio.sleep(0)

    impatient.cancel()
    await asyncio.wait((impatient,))
    making.goes_on.set()

    assert await patient == "h  en 1"
    assert len(making.made) == 1


async def test_no_more_are_kept_than_there_is_room_for() -> None:
    making = Making()
    laid_out = LaidOut(making)

    for place in range(MOST + 1):
        await laid_out.get(reference_day(), ENGLISH, handle=str(place), line="")
    await laid_out.get(reference_day(), ENGLISH, handle=str(MOST), line="")
    kept = len(making.made)
    await laid_out.get(reference_day(), ENGLISH, handle="0", line="")

    assert (kept, len(making.made)) == (MOST + 1, MOST + 2)
