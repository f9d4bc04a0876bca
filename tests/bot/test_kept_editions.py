"""Editions are kept as they are shown, without what people wrote in their items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.layout.digest import payload
from adapters.slack.layout.digest import in_channel
from summarizer import languages
from summarizer.pictures import panel
from summarizer.render import render
from tests.bot.talk import TERMINAL, talking

if TYPE_CHECKING:
    from tests.bot.running import Host


@pytest.mark.parametrize("lang", languages.codes())
async def test_a_kept_digest_is_shown_as_it_was_made_and_holds_no_texts(lang: str, host: Host) -> None:
    async with talking(host) as bot:
        made = (await bot.commands(f"2026-03-24 lang:{lang} tz:UTC", TERMINAL)).digest
        assert made is not None
        await bot.editions.keep(made)
        kept = await bot.editions.kept(made.facts.repo, made.id, lang)

    assert kept is not None
    words = languages.load(lang)
    for format_ in ("md", "json", "text", "jekyll"):
        assert render(kept, format_, words) == render(made, format_, words)
    assert in_channel(kept, words, handle="h", line="l") == in_channel(made, words, handle="h", line="l")
    assert payload(kept, words, handle="h", line="l") == payload(made, words, handle="h", line="l")
    assert panel(kept.facts, words) == panel(made.facts, words)
    assert any(comment.body for item in made.facts.items.values() for comment in item.comments)
    assert not any(comment.body for item in kept.facts.items.values() for comment in item.comments)
