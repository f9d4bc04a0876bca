"""The program as a shell starts it: a process of its own, with an environment of the test's."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a process ended."""

    code: int
    out: str
    err: str


async def vllm_digest(*arguments: str, cwd: Path, stdin: str = "", **environment: str) -> Finished:
    """Run `vllm-digest ARGUMENTS` in the folder `cwd`, which holds its state too; nothing of this process's
    environment is passed on but the path."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(cwd),
            "DIGEST_STATE_DIR": str(cwd / "state"),
            "LANG": "en_US.UTF-8",
            **environment,
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_S):
        out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())
