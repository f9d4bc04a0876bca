"""`vllm-digest verify`: files in, findings and an exit code out, against the mirror where there is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from bot.access import WEB
from bot.grammar import parse
from bot.settings import load_settings
from bot.verifying import open_verifying, read_file
from summarizer.reports import read_report
from tests.bot.demo import demo_services
from tests.bot.shell import vllm_digest

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """# vLLM development report - 2025-12-10

> Window: 2025-12-10 19:59 (UTC+8) ~ 2025-12-10 20:59 (UTC+8)
> Statistics: new issues 0 | closed issues 0 | new PRs 0 | merged PRs 0 | PRs closed unmerged 1

### AMD/ROCm
No AMD updates this period.

### PRs closed without merging
- [#26701](https://github.com/vllm-project/vllm/pull/26701) [ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X \
— rocm,ready — by gronsti-amd (closed: 2025-12-10 20:33 (UTC+8))
"""
SMALL = REPORT.replace("No AMD updates this period.", "#26701 was closed without merging.")


async def test_a_wrong_report_ends_with_two_and_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(REPORT, "utf-8")
    done = await vllm_digest("verify", "report.md", cwd=tmp_path)
    assert (done.code, done.err) == (2, "")
    assert "line 7: “No AMD updates this period" in done.out
    assert "#26701" in done.out
    assert "its own lists only" in done.out


async def test_a_right_report_ends_with_zero_in_the_readers_language(tmp_path: Path) -> None:
    done = await vllm_digest("verify", "-", "lang:zh", cwd=tmp_path, stdin=SMALL)
    assert (done.code, done.err) == (0, "")
    assert "错误 0 处" in done.out


async def test_the_same_comes_as_json(tmp_path: Path) -> None:
    done = await vllm_digest("verify", "-", "--format", "json", cwd=tmp_path, stdin=REPORT)
    told = json.loads(done.out)
    assert (done.code, told["ok"]) == (2, False)
    [finding] = told["findings"]
    assert (finding["severity"], finding["kind"], finding["line"], finding["numbers"]) == (
        "wrong",
        "topic",
        7,
        [26701],
    )
    assert told["unchecked"]["references_not_in_mirror"] is None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("nothing.md", None, "cannot be read"),
        ("empty.md", b"", "is empty"),
        ("binary.md", b"\x89PNG\r\n\x00\xff", "is no text"),
        ("letter.md", b"Dear all,\n\nlunch is at noon.\n", "does not look like a report"),
    ],
)
async def test_what_is_no_report_gets_one_line(
    name: str, content: bytes | None, told: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = await vllm_digest("verify", name, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert name in done.err
    assert told in done.err


async def test_help_tells_of_the_exit_codes(tmp_path: Path) -> None:
    done = await vllm_digest("verify", "--help", cwd=tmp_path)
    assert "2 when something is wrong" in done.out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["md", "text", "jekyll"])
async def test_nothing_is_wrong_in_the_demos_digest(lang: str, form: str, tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        command = parse(f"today lang:{lang} format:{form}", surface="shell", conversation=False)
        reply = await services.commands.reply(command, Context("shell", lang=lang))
    async with open_verifying(load_settings(DIGEST_STATE_DIR=tmp_path), demo=True) as verifying:
        check = await verifying.check(read_report(reply.text))
    assert check.findings == ()
    assert check.looked.held == "whole"


async def test_the_mirror_knows_what_a_report_leaves_out(tmp_path: Path) -> None:
    async with open_verifying(load_settings(DIGEST_STATE_DIR=tmp_path), demo=True) as verifying:
        check = await verifying.check(read_report(SMALL))
    assert {"count_mirror"} <= {each.key for each in check.wrong}
    assert check.looked.unmirrored == 0


async def test_a_repository_that_is_not_mirrored_is_held_against_itself_alone(tmp_path: Path) -> None:
    other = SMALL.replace("vllm-project/vllm", "somebody/else")
    async with open_verifying(load_settings(DIGEST_STATE_DIR=tmp_path), demo=True) as verifying:
        check = await verifying.check(read_report(other), WEB)
    assert check.looked.unmirrored is None
    assert check.findings == ()


def test_a_file_is_read_whatever_its_line_ends_and_mark(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_bytes(b"\xef\xbb\xbf" + REPORT.replace("\n", "\r\n").encode())
    assert [row.number for row in read_file(str(path)).rows] == [26701]
