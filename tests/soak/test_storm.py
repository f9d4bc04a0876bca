"""Whatever is killed, nothing that was due is lost or said twice. `make soak` is the same for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.soak.storm import Plan, storm

if TYPE_CHECKING:
    from pathlib import Path


async def test_kills_and_faults_lose_nothing_double_nothing_and_leave_no_gap(tmp_path: Path) -> None:
    async with storm(Plan(kills=12, deliveries=24, channels=3, rest_s=300.0), tmp_path) as running:
        report = await running.run()

    assert report.is_good, (str(report), report.lost, report.doubled, report.apart, report.forgotten)
    assert sum(report.kills.values()) >= 12
    assert report.delivered >= 24
