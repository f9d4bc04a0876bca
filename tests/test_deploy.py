"""What the project is deployed with: systemd's units, the image and the compose file, as far as no engine is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
PROGRAM = "/opt/vllm-digest/bin/vllm-digest"
GRACE_S = 25
"""How long a process takes at most to finish what it has; see docs/operating.md."""

PROCESSES = set(re.findall(r"^(\w+): vllm-digest \1$", (ROOT / "Procfile").read_text("utf-8"), re.MULTILINE))
LOCK = re.compile(r"^\S.*?(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
"""A package of a lock, with its hashes."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    return loaded


def test_systemd_understands_every_line_of_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not there: nobody looked at the units of deploy/systemd")
    units = []
    for unit in UNITS.iterdir():
        name = unit.name.replace("@.", "@web.")
        text = unit.read_text("utf-8").replace(PROGRAM, str(shutil.which("true")))
        (tmp_path / unit.name).write_text(text, "utf-8")
        units.append(str(tmp_path / name))

    told = _run([analyze, "verify", "--man=no", *units])

    assert (told.returncode, told.stderr) == (0, "")


def test_the_units_start_what_the_procfile_names() -> None:
    target = (UNITS / "vllm-digest.target").read_text("utf-8")
    one, each = ((UNITS / f"vllm-digest{at}.service").read_text("utf-8") for at in ("", "@"))

    assert set(re.findall(r"vllm-digest@(\w+)\.service", target)) == PROCESSES
    assert f"ExecStart={PROGRAM} run\n" in one
    assert f"ExecStart={PROGRAM} %i\n" in each


@pytest.mark.parametrize("name", ["vllm-digest.service", "vllm-digest@.service"])
def test_a_unit_gives_a_process_the_time_that_it_needs_to_stop(name: str) -> None:
    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", (UNITS / name).read_text("utf-8"), re.MULTILINE)

    assert int(seconds) > GRACE_S


def test_the_compose_file_starts_what_the_procfile_names(compose: dict[str, Any]) -> None:
    ours = {name: service for name, service in compose["services"].items() if name != "redis"}

    assert set(ours) == PROCESSES
    assert {name: service["command"] for name, service in ours.items()} == {name: name for name in ours}
    assert all(int(service["stop_grace_period"].rstrip("s")) > GRACE_S for service in ours.values())
    # only the web has a page for the image's health check
    assert {name for name, service in ours.items() if service.get("healthcheck") != {"disable": True}} == {
        "web"
    }


def test_the_compose_file_sets_nothing_but_what_is_a_setting(compose: dict[str, Any]) -> None:
    names = {str(field.validation_alias) for field in Settings.model_fields.values()}

    assert {name for name in compose["services"]["web"]["environment"] if name not in names} == set()


def test_the_image_gets_what_it_is_built_from_and_no_more() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = {
        path
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for path in line.split()[1:-1]
    }
    ignored, *allowed = [
        line
        for line in (ROOT / ".containerignore").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]

    assert ignored == "*"
    assert {line.removeprefix("!") for line in allowed if line.startswith("!")} == copied
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    assert (ROOT / ".dockerignore").read_bytes() == (ROOT / ".containerignore").read_bytes()


@pytest.mark.parametrize("name", ["requirements.lock", "build.lock"])
def test_the_image_is_made_of_the_versions_and_hashes_that_the_tests_ran_with(name: str) -> None:
    locked = set(LOCK.findall((ROOT / "requirements.lock").read_text("utf-8")))
    taken = set(LOCK.findall((DEPLOY / name).read_text("utf-8")))

    assert taken
    assert taken - locked == set()


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
