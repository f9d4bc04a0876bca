"""Who is told by /metrics, by the settings of a running bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.serving import metrics_of
from bot.settings import load_settings
from tests.adapters.web.visiting import Shelf, visiting
from tests.bot.telemetry.test_scraping import NOW

if TYPE_CHECKING:
    from tests.bot.running import Host

TOKEN = "sixteen-characters-and-more"
BRINGS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({"WEB_HOST": "::1"}, {}, 200),
        ({}, {"Forwarded": "for=192.0.2.7"}, 404),
        ({"WEB_HOST": "0.0.0.0"}, {}, 404),  # noqa: S104 - what is told apart
        ({"PUBLIC_URL": "https://digest.example.org"}, {}, 404),
        ({"WEB_HOST": "0.0.0.0", "METRICS_TOKEN": TOKEN}, BRINGS, 200),  # noqa: S104
        ({"PUBLIC_URL": "https://digest.example.org", "METRICS_TOKEN": TOKEN}, BRINGS, 200),
        ({"METRICS_TOKEN": TOKEN}, {"X-Forwarded-For": "192.0.2.7", **BRINGS}, 200),
        ({"METRICS_TOKEN": TOKEN}, {}, 401),
        ({"METRICS_TOKEN": TOKEN}, {"Authorization": "Bearer another"}, 401),
    ],
)
async def test_the_settings_say_who_may_scrape(
    host: Host, settings: dict[str, str], headers: dict[str, str], status: int
) -> None:
    async with host.bot(None, NOW) as bot:
        routes = metrics_of(load_settings(DIGEST_TZ="UTC", **settings), bot)
        async with visiting(Shelf(), extra_routes=routes) as client:
            answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status
    assert answer.text.startswith("# HELP vllm_digest_") == (status == 200)
    assert TOKEN not in answer.text
