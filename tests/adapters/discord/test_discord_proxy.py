"""Proxies: those of the environment hold for Discord too."""

from __future__ import annotations

import pytest

from adapters.discord.requests import proxy_of


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def test_there_is_none_where_none_is_named(environment: pytest.MonkeyPatch) -> None:
    assert proxy_of("https://discord.com/api/v10") is None


def test_that_of_the_address_is_taken(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")

    assert proxy_of("https://discord.com/api/v10") == "http://proxy.example.org:3128"
    assert proxy_of("http://127.0.0.1:8080/api/v10") is None


def test_what_is_to_be_reached_without_one_is(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    environment.setenv("NO_PROXY", "discord.com")

    assert proxy_of("https://discord.com/api/v10") is None
