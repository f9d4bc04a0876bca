"""A report is checked by the topics as people mended them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settings import load_settings
from bot.verifying import open_verifying
from summarizer.reports import read_report
from summarizer.topics import Mend
from tests.bot.scenes import MORNING, REPO

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """# vLLM development report - 2025-12-10

> Window: 2025-12-10 19:59 (UTC+8) ~ 2025-12-10 20:59 (UTC+8)

### AMD/ROCm
No AMD updates this period.

### PRs closed without merging
- [#26701](https://github.com/vllm-project/vllm/pull/26701) [ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X \
— rocm,ready — by gronsti-amd (closed: 2025-12-10 20:33 (UTC+8))
"""


async def test_a_denial_is_right_once_people_took_the_item_out(tmp_path: Path) -> None:
    async with open_verifying(load_settings(DIGEST_STATE_DIR=tmp_path), demo=True) as verifying:
        before = await verifying.check(read_report(REPORT))
        out = Mend("amd", "remove", 26701, None, "Ann", MORNING, repo=REPO)
        await verifying.store.mends.add(REPO, out, proposed=False)
        after = await verifying.check(read_report(REPORT))

    assert "topic" in {finding.key for finding in before.wrong}
    assert "topic" not in {finding.key for finding in after.wrong}
