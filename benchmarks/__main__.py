"""`make bench`: a table that a stranger can rerun. Request counts are exact; times and memory depend on the machine,
so a calibration loop stands beside them."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.day import measure_day
from benchmarks.measure import Row, calibration
from bot.logs import set_up_logs


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    rows = [calibration(), *asyncio.run(measure_day())]
    width = max(len(row.what) for row in rows)
    for row in rows:
        print(f"{row.what:{width}}  {row.value:<24} {row.budget:<10} {_verdict(row)}".rstrip())
    return int(any(row.within is False for row in rows))


def _verdict(row: Row) -> str:
    return "" if row.within is None else "ok" if row.within else "OVER"


if __name__ == "__main__":
    sys.exit(main())
