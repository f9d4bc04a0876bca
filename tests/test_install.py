"""The wheel and the sdist, built here and installed elsewhere: what they hold, and that they do without a checkout.

The fresh environment borrows the running one's libraries by a `.pth` file, so that nothing is fetched. The project
itself is not among them: an editable install works by a `.pth` file of its own, which is not followed from there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
PACKAGES = ("adapters", "bot", "summarizer")
PATIENCE_S = 120


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    _succeed(command)
    return folder


@pytest.fixture(scope="module", params=["*.whl", "*.tar.gz"], ids=["wheel", "sdist"])
def installed(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with the project in it."""
    [file] = built.glob(request.param)
    venv = tmp_path_factory.mktemp("venv")
    _succeed([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    paths = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    [site_packages] = venv.glob("lib/python*/site-packages")
    (site_packages / "borrowed.pth").write_text("\n".join(paths) + "\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "--quiet"]
    alone = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    _succeed([*pip, *alone, str(file)])
    return venv / "bin"


def run(program: Path, arguments: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run it as somebody who has nothing: an empty HOME, in an empty folder, without settings."""
    here = home / "here"
    here.mkdir(parents=True, exist_ok=True)
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LANG": "en_US.UTF-8", "NO_COLOR": "1"}
    return _run([str(program), *arguments], here, env)


def _succeed(command: Sequence[str]) -> None:
    done = _run(command, ROOT, None)
    assert done.returncode == 0, done.stderr


def _run(
    command: Sequence[str], cwd: Path, env: Mapping[str, str] | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - programs of this environment and of those made here
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_the_wheel_holds_every_file_that_the_packages_have(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.partition("/")[0] in PACKAGES}

    assert held == _files(PACKAGES)
    assert {Path(name).suffix for name in held} >= {
        ".graphql",
        ".jinja",
        ".json",
        ".otf",
        ".toml",
        ".yaml",
        ".css",
    }


def test_the_wheel_brings_nothing_else_but_its_own_description(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}

    assert tops == {*PACKAGES, f"vllm_digest-{version('vllm-digest')}.dist-info"}


def test_the_sdist_holds_what_its_tests_and_docs_need(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}

    assert held >= _files((*PACKAGES, "benchmarks", "deploy", "docs", "tests"))
    assert held >= {
        "LICENSE",
        "Makefile",
        "Procfile",
        "README.md",
        "mkdocs.yml",
        "pyproject.toml",
        "requirements.lock",
    }


def test_what_is_installed_is_found_in_the_fresh_environment_alone(installed: Path, tmp_path: Path) -> None:
    asks = f"import {', '.join(PACKAGES)}; print({', '.join(f'{name}.__file__' for name in PACKAGES)}, sep='\\n')"

    told = run(installed / "python", ["-c", asks], tmp_path)

    assert told.returncode == 0, told.stderr
    assert [path for path in told.stdout.split() if not Path(path).is_relative_to(installed.parent)] == []


def test_the_demo_runs_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "vllm-digest", ["run", "--or-demo"], tmp_path)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("# vLLM development report - 2025-12-10\n")
    assert "[#26701](https://github.com/vllm-project/vllm/pull/26701)" in told.stdout
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--version"], f"vllm-digest {version('vllm-digest')}"),
        (["help"], "today "),
        (["help", "lang:zh"], "今天"),
        (["topics", "--demo"], "amd"),
        (["today", "--demo", "--format", "json"], '"schema": 1'),
        (["today", "--demo", "--lang", "zh"], "# vLLM 开发动态报告"),
        (["ask", "any AMD PRs today?", "--demo", "--format", "json"], '"form": "yes_no"'),
        (["prompt", "summary", "today", "--demo"], "=== system"),
    ],
    ids=" ".join,
)
def test_what_a_command_needs_is_inside(
    installed: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    told = run(installed / "vllm-digest", arguments, tmp_path)

    assert told.returncode == 0, told.stderr
    assert says in told.stdout


def _files(folders: Sequence[str]) -> set[str]:
    """The files of the checkout that are part of the project, by their paths."""
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
