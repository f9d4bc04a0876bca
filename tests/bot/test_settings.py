"""Settings come from the environment, `.env` and flags; what is wrong is said before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import AliasChoices

from bot.flags import FLAGS, lift_settings
from bot.settings import Settings, load_env_file, load_settings
from summarizer.errors import BadInput, NotConfigured
from summarizer.spending import Caps, Price

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def test_every_setting_has_a_working_default() -> None:
    settings = load_settings()

    assert (settings.repos, settings.tz, settings.model) == (
        ("vllm-project/vllm",),
        "Asia/Shanghai",
        "offline",
    )


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("DIGEST_REPOS", "a/b, c/d", "repos", ("a/b", "c/d")),
        ("DIGEST_SYNC_EVERY", "2m", "sync_every", 120),
        ("DIGEST_SYNC_EVERY", "90", "sync_every", 90),
        ("DIGEST_TRACING", "yes", "tracing", True),
        ("DIGEST_LANG", "zh", "lang", "zh"),
        ("DIGEST_MODEL", "", "model", "offline"),
        ("DIGEST_PRICES", "openai:m=0.25/2.00/0.02", "prices", {"openai:m": Price(0.25, 2.0, 0.02)}),
        ("DIGEST_TOKENS_PER_DAY", "5_000_000", "caps", Caps(tokens=5_000_000)),
        ("DIGEST_COST_PER_DAY", "2.50", "caps", Caps(usd=2.5)),
        ("DIGEST_CROSSPOST", "yes", "crosspost", True),
        ("DISCORD_API_URL", "http://127.0.0.1:9/api/v10/", "discord_api_url", "http://127.0.0.1:9/api/v10"),
    ],
)
def test_a_variable_sets_its_field(
    name: str, value: str, field: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    assert getattr(load_settings(), field) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGEST_REPOS", "not a repo"),
        ("DIGEST_TZ", "Mars/Base"),
        ("DIGEST_LANG", "tlh"),
        ("DIGEST_SYNC_EVERY", "often"),
        ("DIGEST_LOG", "loud"),
        ("DIGEST_MODEL_CONTEXT", "12"),
        ("DIGEST_PRICES", "openai:m=cheap"),
        ("DIGEST_TOKENS_PER_DAY", "0"),
        ("DIGEST_TOKENS_PER_DAY", "many"),
        ("DIGEST_COST_PER_DAY", "-1"),
        ("DIGEST_COST_PER_DAY", "inf"),
        ("GITHUB_GRAPHQL_URL", "nowhere"),
        ("DIGEST_CROSSPOST", "perhaps"),
        ("DISCORD_API_URL", "discord.com"),
        ("DISCORD_GUILD_IDS", "12,vLLM"),
        ("DISCORD_GUILD_IDS", ","),
        ("DISCORD_TOKEN", "MTIz.only-two"),
        ("DISCORD_TOKEN", "Bot MTIz.abc.def"),
        ("WEB_AUTH", "letmein-letmein-letmein"),
        ("WEB_AUTH", "token:short"),
        ("WEB_AUTH", "header:"),
        ("WEB_AUTH", "header:X Forwarded Email"),
        ("WEB_PROXIES", "the proxy"),
        ("WEB_RATE", "often"),
        ("WEB_ROBOTS", "perhaps"),
        ("METRICS_TOKEN", "short"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(NotConfigured) as caught:
        load_settings()

    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    assert [str(problem).partition(": ")[0] for problem in problems] == [name]


@pytest.mark.parametrize(
    ("prices", "unknown"),
    [(None, "openai:m=INPUT/OUTPUT,openai:s=INPUT/OUTPUT"), ("openai:m=1/2", "openai:s=INPUT/OUTPUT")],
)
def test_a_cap_on_the_cost_of_a_model_of_unknown_price_says_what_to_write(
    prices: str | None, unknown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_MODEL", "openai:m")
    monkeypatch.setenv("DIGEST_FAST_MODEL", "openai:s")
    monkeypatch.setenv("DIGEST_COST_PER_DAY", "5")
    monkeypatch.setenv("DIGEST_TZ", "Mars/Base")
    if prices:
        monkeypatch.setenv("DIGEST_PRICES", prices)

    with pytest.raises(NotConfigured) as caught:
        load_settings()

    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    assert {str(problem).partition(": ")[0] for problem in problems} == {"DIGEST_TZ", "DIGEST_COST_PER_DAY"}
    [problem] = [str(each) for each in problems if "DIGEST_COST_PER_DAY" in str(each)]
    assert f"write DIGEST_PRICES={unknown}" in problem


def test_a_cap_on_the_cost_needs_no_price_of_what_is_not_set_or_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_COST_PER_DAY", "5")
    assert load_settings().caps == Caps(usd=5.0)

    monkeypatch.setenv("DIGEST_MODEL", "openai:own")
    monkeypatch.setenv("DIGEST_PRICES", "openai:own=0/0")
    assert load_settings().caps == Caps(usd=5.0)


def test_secrets_are_not_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_verysecretverysecret")
    monkeypatch.setenv("REDIS_URL", "redis://:verysecret@localhost/0")

    assert "verysecret" not in repr(load_settings())


def test_the_env_file_fills_in_what_the_environment_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_TZ", "UTC")
    monkeypatch.setenv("DIGEST_MODEL", "set and deleted, so that it is restored after the test")
    monkeypatch.delenv("DIGEST_MODEL")
    (tmp_path / ".env").write_text("DIGEST_TZ=Asia/Tokyo\nDIGEST_MODEL=openai:some-model\n")

    load_env_file(tmp_path / ".env")

    settings = load_settings()
    assert (settings.tz, settings.model) == ("UTC", "openai:some-model")


def test_flags_name_settings_that_exist_and_no_secret() -> None:
    known = {_variable(field.validation_alias) for field in Settings.model_fields.values()}

    assert set(FLAGS.values()) <= known
    assert known - set(FLAGS.values()) == {
        "CACHE_REDIS_URL",
        "DIGEST_LANG",
        "DIGEST_SECRET_KEY",
        "DIGEST_TZ",
        "DISCORD_TOKEN",
        "GITHUB_APP_KEY",
        "GITHUB_TOKEN",
        "METRICS_TOKEN",
        "REDIS_URL",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "WEB_AUTH",
    }


def _variable(alias: object) -> str:
    """The name that comes first, where a setting has several."""
    return str(alias.choices[0] if isinstance(alias, AliasChoices) else alias)


def test_flags_are_lifted_out_of_a_line_in_both_spellings() -> None:
    rest, given = lift_settings(["today", "--model", "openai:m", "--state-dir=/x y", "--format", "md"])

    assert rest == ["today", "--format", "md"]
    assert given == {"DIGEST_MODEL": "openai:m", "DIGEST_STATE_DIR": "/x y"}
    assert load_settings(**given).model == "openai:m"


def test_a_flag_without_a_value_is_refused() -> None:
    with pytest.raises(BadInput, match="no_flag_value"):
        lift_settings(["today", "--model"])


def test_discord_is_reached_with_a_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().has_discord

    monkeypatch.setenv("DISCORD_TOKEN", "MTIz.abc-_.def")
    monkeypatch.setenv("DISCORD_GUILD_IDS", "12, 345,12")

    settings = load_settings()
    assert (settings.has_discord, settings.has_platform, settings.has_slack) == (True, True, False)
    assert settings.discord_guild_ids == (12, 345)
    assert settings.discord_api_url == "https://discord.com/api/v10"
    assert settings.crosspost is False


def test_a_new_line_behind_a_discord_token_does_no_harm() -> None:
    token = load_settings(DISCORD_TOKEN=" MTIz.abc.def\n").discord_token

    assert token is not None
    assert token.get_secret_value() == "MTIz.abc.def"


def test_what_is_neither_yes_nor_no_is_told_in_plain_words() -> None:
    with pytest.raises(NotConfigured, match="DIGEST_CROSSPOST: yes or no expected"):
        load_settings(DIGEST_CROSSPOST="perhaps")


def test_ids_of_servers_without_a_token_are_half_a_discord() -> None:
    with pytest.raises(NotConfigured, match="DISCORD_TOKEN: not set, and needed beside DISCORD_GUILD_IDS"):
        load_settings(DISCORD_GUILD_IDS="12")


@pytest.mark.parametrize(
    "token", ["MTIzverysecret", "Bot MTIz.very.secret", "MTIz.very.sec ret", "MTIz.very.秘密"]
)
def test_a_discord_token_of_the_wrong_shape_is_told_and_never_quoted(token: str) -> None:
    for name in ("DISCORD_TOKEN", "DISCORD_GUILD_IDS"):
        with pytest.raises(NotConfigured) as caught:
            load_settings(**{name: token})

        told = str(caught.value)
        assert name in told
        assert "very" not in told
        assert "MTIz" not in told


def test_visitors_sign_in_by_a_token_or_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_AUTH", "token:verysecret:verysecret")
    monkeypatch.setenv("PUBLIC_URL", "https://digest.example.org/vllm/")
    by_token = load_settings()
    monkeypatch.setenv("WEB_AUTH", "header:X-Forwarded-Email")
    monkeypatch.setenv("WEB_PROXIES", "10.1.0.0/16, 192.0.2.7")
    through_proxy = load_settings()

    assert by_token.doors.fits("verysecret:verysecret")
    assert by_token.doors.is_secure
    assert "verysecret" not in repr((by_token, by_token.doors))
    assert (through_proxy.doors.token, through_proxy.doors.header) == ("", "X-Forwarded-Email")
    assert [str(each) for each in through_proxy.web_proxies] == ["10.1.0.0/16", "192.0.2.7/32"]
    assert not load_settings(WEB_AUTH="header:X-User").doors.fits("")


@pytest.mark.parametrize(("name", "value"), [("WEB_AUTH", "hunter2hunter2"), ("METRICS_TOKEN", "hunter2")])
def test_no_message_quotes_what_lets_people_in(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(NotConfigured) as caught:
        load_settings()

    assert value not in str(caught.value.values)
