"""`make soak`: the storm at full length. Ends with 1 where something was lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.soak.storm import Plan, storm


async def main() -> int:
    """Run it and tell what became of it."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--deliveries", type=int, default=2_000)
    parser.add_argument("--channels", type=int, default=10, help="on each platform")
    parser.add_argument("--pace", type=int, default=600, help="told seconds in a real one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where logs and data stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        plan = Plan(
            given.kills,
            given.deliveries,
            channels=given.channels,
            pace=given.pace,
            between=(0.5, 3.0),
            rest_s=600.0,
            seed=given.seed,
        )
        async with storm(plan, given.keep or Path(folder)) as running:
            report = await running.run()
    sys.stdout.write(f"{report}\n")
    for name in ("lost", "doubled", "apart", "forgotten"):
        for each in getattr(report, name)[:20]:
            sys.stdout.write(f"  {name}: {each}\n")
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
