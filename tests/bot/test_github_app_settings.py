"""The three settings of a GitHub App: all or none, the key as text or as a file, and none of it ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.clock import Clock
from bot.settings import Settings, load_settings
from bot.wiring import _source
from summarizer.errors import NotConfigured
from tests.servers.github.app import APP_ID, INSTALLATION_ID, pem

if TYPE_CHECKING:
    from pathlib import Path

APP = {"GITHUB_APP_ID": APP_ID, "GITHUB_INSTALLATION_ID": INSTALLATION_ID}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def problems(**given: str) -> list[str]:
    """What is told of the settings, each as the variable and what is wrong with it."""
    with pytest.raises(NotConfigured) as caught:
        load_settings(**given)
    told = caught.value.values["problems"]
    assert isinstance(told, tuple)
    return [str(problem) for problem in told]


def key(**given: str) -> str:
    settings = load_settings(**APP, **given)
    assert settings.github_app_key is not None
    return settings.github_app_key.get_secret_value()


def test_the_key_is_its_own_text_in_many_lines_or_in_one() -> None:
    assert key(GITHUB_APP_KEY=pem()) == pem()
    assert key(GITHUB_APP_KEY=pem().replace("\n", "\\n")) == pem()


def test_the_key_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(pem())

    assert key(GITHUB_APP_KEY=str(tmp_path / "app.pem")) == pem()


@pytest.mark.parametrize("value", ["MIIEowIBAAKCAQEA" * 100, "/no/such/secretfile.pem", "nul\0secret"])
def test_what_is_neither_a_key_nor_a_file_is_told_without_being_shown(value: str) -> None:
    [problem] = problems(**APP, GITHUB_APP_KEY=value)

    assert problem.startswith("GITHUB_APP_KEY: neither a key in PEM form")
    assert "MIIE" not in problem
    assert "secret" not in problem


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("secretsecret")

    [problem] = problems(**APP, GITHUB_APP_KEY=str(tmp_path / "note.txt"))

    assert problem.startswith("GITHUB_APP_KEY: the file holds no key")
    assert "secretsecret" not in problem


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"GITHUB_APP_ID": APP_ID}, ["GITHUB_APP_KEY", "GITHUB_INSTALLATION_ID"]),
        ({"GITHUB_INSTALLATION_ID": INSTALLATION_ID}, ["GITHUB_APP_ID", "GITHUB_APP_KEY"]),
        (APP, ["GITHUB_APP_KEY"]),
    ],
    ids=["id", "installation", "no key"],
)
def test_half_an_app_is_told_with_all_that_lacks(given: dict[str, str], lacking: list[str]) -> None:
    told = problems(**given)

    assert [problem.partition(":")[0] for problem in told] == lacking
    assert all("not set, and needed beside" in problem for problem in told)


def test_half_an_app_is_told_beside_everything_else_that_is_wrong() -> None:
    told = problems(GITHUB_APP_ID=APP_ID, DIGEST_TZ="Mars/Base", GITHUB_APP_KEY="/no/such/file")

    assert [problem.partition(":")[0] for problem in told] == [
        "GITHUB_APP_KEY",
        "GITHUB_INSTALLATION_ID",
        "DIGEST_TZ",
    ]


@pytest.mark.parametrize("name", ["GITHUB_APP_ID", "GITHUB_INSTALLATION_ID"])
def test_an_id_that_is_none_is_told_without_being_shown(name: str) -> None:
    [problem] = problems(**APP | {name: "-----BEGIN secret"}, GITHUB_APP_KEY=pem())

    assert problem.startswith(f"{name}: an id expected")
    assert "secret" not in problem


def test_the_key_is_not_in_the_representation() -> None:
    assert "PRIVATE KEY" not in repr(load_settings(**APP, GITHUB_APP_KEY=pem()))


async def test_where_an_app_is_set_up_a_token_beside_it_is_not_used() -> None:
    settings = load_settings(
        **APP, GITHUB_APP_KEY="-----BEGIN RSA PRIVATE KEY-----\nno key", GITHUB_TOKEN="ghp_testsonly"
    )

    with pytest.raises(NotConfigured) as caught:
        async with _source(settings, Clock.at(None), demo=False, one_shot=False):
            pass

    assert caught.value.key == "github_app.key"  # so it is the app that was taken
