"""Measuring: CPU, wall clock and memory of this process and of others, and a loop to compare machines by."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. budget "" is a figure to compare with; within None has no budget."""

    what: str
    value: str
    budget: str = ""
    within: bool | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """What a process took. cpu_s: user and system; rss_mb: its largest resident set; out: its standard output."""

    cpu_s: float
    wall_s: float
    rss_mb: float
    out: str


def at_most(what: str, value: float, budget: float, unit: str = "", digits: int = 0) -> Row:
    """A row that holds `value` against a budget."""
    return Row(what, f"{value:.{digits}f}{unit}", f"<= {budget:g}{unit}", value <= budget)


def at_least(what: str, value: float, budget: float, unit: str = "", digits: int = 1) -> Row:
    """A row that holds `value` against what it should reach."""
    return Row(what, f"{value:.{digits}f}{unit}", f">= {budget:g}{unit}", value >= budget)


def calibration() -> Row:
    """A fixed pure-Python loop: how fast this machine is right now, on the day the budgets were set 0.25 s."""
    started = time.process_time()
    total = 0
    for number in range(3_000_000):
        total += number * number % 7
    return Row("calibration loop (3 million steps of Python)", f"{time.process_time() - started:.2f} s CPU")


def printed(rows: Sequence[Row]) -> int:
    """Print the table. 1 when a budget is exceeded."""
    width = max(len(row.what) for row in rows)
    for row in rows:
        print(f"{row.what:{width}}  {row.value:<24} {row.budget:<10} {_verdict(row)}".rstrip())
    return int(any(row.within is False for row in rows))


def _verdict(row: Row) -> str:
    return "" if row.within is None else "ok" if row.within else "OVER"


def run(arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], times: int = 1) -> Process:
    """Run a command `times` times and keep the run with the least CPU. Raises CalledProcessError when one fails."""
    return min((_once(arguments, cwd, environment) for _ in range(times)), key=lambda process: process.cpu_s)


def _once(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Process:
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own commands
        arguments, cwd=cwd, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    # wait4 tells what this one process took; getrusage would tell of all that ever ended
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(arguments), out, err)
    per_mb = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Process(usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / per_mb, out)
