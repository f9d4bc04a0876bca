"""`make bench`: a table that a stranger can rerun. Request counts are exact; times and memory depend on the machine,
so a calibration loop stands beside them."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.ask import measure_ask
from benchmarks.day import measure_day
from benchmarks.delivering import measure_delivering
from benchmarks.discord import measure_discord
from benchmarks.finding import measure_finding
from benchmarks.measure import Row, calibration, printed
from benchmarks.mirror import measure_mirror
from benchmarks.pages import measure_pages
from benchmarks.search import measure_search
from benchmarks.slack import measure_slack
from benchmarks.writer import measure_writer
from bot.logs import set_up_logs


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    return printed(asyncio.run(_measured()))


async def _measured() -> list[Row]:
    rows = [calibration()]
    for measure in (
        measure_day,
        measure_mirror,
        measure_search,
        measure_finding,
        measure_writer,
        measure_ask,
        measure_slack,
        measure_discord,
        measure_delivering,
        measure_pages,
    ):
        sys.stderr.write(f"{measure.__name__} ...\n")
        rows += await measure()
    return rows


if __name__ == "__main__":
    sys.exit(main())
