"""Settings: the environment, `.env`, or a flag of the same name; one class, checked whole at start.

`docs/settings.md` explains each to those who set them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adapters.chat.delivering import Destination
from adapters.discord.access import TOKEN
from adapters.web.doors import LOCAL, Doors
from bot.access import Access
from bot.logs import keep_secrets
from bot.managers import Managers
from bot.rules import Rate, Users
from summarizer import languages
from summarizer.errors import NotConfigured
from summarizer.models import OFFLINE
from summarizer.spending import Caps, Price, parse_prices

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from adapters.chat.delivering import Platform

REPO = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
"""owner/name as GitHub allows them: docs.github.com/en/rest/repos (owner: 39 letters, digits, single hyphens)."""

TOGETHER = (
    ("GITHUB_APP_ID", "GITHUB_APP_KEY", "GITHUB_INSTALLATION_ID"),
    ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "DIGEST_SECRET_KEY"),
)
"""Settings that are set all or not at all."""

_DISCORD_ID = re.compile(r"\d{1,20}", re.ASCII)
"""Unsigned numbers of 64 bits (docs.discord.com/developers/reference, "Snowflakes")."""

_PLACE = re.compile(r"(slack|discord):(\w+)/(\w+)", re.ASCII)

_PEM = "-----BEGIN "

_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")

SHORTEST_TOKEN = 16
"""Characters of what lets people in."""


@dataclass(frozen=True, slots=True)
class _Lacks:
    """Stands where a value of a group is missing."""

    why: str


Words = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list."""


class Settings(BaseSettings):
    """Everything that can be set. Durations are seconds; None switches a part off."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    github_token: SecretStr | None = Field(None, validation_alias="GITHUB_TOKEN")
    github_app_id: str | None = Field(None, validation_alias="GITHUB_APP_ID")
    github_app_key: SecretStr | None = Field(None, validation_alias="GITHUB_APP_KEY")
    github_installation_id: str | None = Field(None, validation_alias="GITHUB_INSTALLATION_ID")
    github_graphql_url: str = Field("https://api.github.com/graphql", validation_alias="GITHUB_GRAPHQL_URL")
    repos: Words = Field(("vllm-project/vllm",), validation_alias="DIGEST_REPOS")
    access: Annotated[Access, NoDecode] = Field(Access(), validation_alias="DIGEST_ACCESS")
    managers: Annotated[Managers, NoDecode] = Field(Managers(), validation_alias="DIGEST_MANAGERS")
    lang: str = Field("auto", validation_alias="DIGEST_LANG")
    tz: str = Field("Asia/Shanghai", validation_alias="DIGEST_TZ")
    topics_file: Path | None = Field(None, validation_alias="DIGEST_TOPICS_FILE")
    topics: Words = Field(("amd",), validation_alias="DIGEST_TOPICS")
    model: str = Field("offline", validation_alias="DIGEST_MODEL")
    fast_model: str | None = Field(None, validation_alias="DIGEST_FAST_MODEL")
    model_context: int | None = Field(None, validation_alias="DIGEST_MODEL_CONTEXT", ge=2048)
    prices: Annotated[Mapping[str, Price], NoDecode] = Field({}, validation_alias="DIGEST_PRICES")
    tokens_per_day: int | None = Field(None, validation_alias="DIGEST_TOKENS_PER_DAY", ge=1)
    cost_per_day: float | None = Field(
        None, validation_alias="DIGEST_COST_PER_DAY", gt=0, allow_inf_nan=False
    )
    tracing: bool = Field(False, validation_alias="DIGEST_TRACING")
    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_client_id: str | None = Field(None, validation_alias="SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = Field(None, validation_alias="SLACK_CLIENT_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", validation_alias="SLACK_API_URL")
    discord_token: SecretStr | None = Field(None, validation_alias="DISCORD_TOKEN")
    discord_api_url: str = Field("https://discord.com/api/v10", validation_alias="DISCORD_API_URL")
    discord_guild_ids: Annotated[tuple[int, ...], NoDecode] = Field((), validation_alias="DISCORD_GUILD_IDS")
    crosspost: bool = Field(False, validation_alias="DIGEST_CROSSPOST")
    secret_key: SecretStr | None = Field(None, validation_alias="DIGEST_SECRET_KEY")
    users: Annotated[Users, NoDecode] = Field(Users(), validation_alias="DIGEST_USERS")
    rate_per_user: Annotated[Rate, NoDecode] = Field(Rate(), validation_alias="DIGEST_RATE_PER_USER")
    web_host: str = Field("127.0.0.1", validation_alias="WEB_HOST")
    web_port: int = Field(8080, validation_alias=AliasChoices("WEB_PORT", "PORT"), ge=0, le=65_535)
    public_url: str | None = Field(None, validation_alias="PUBLIC_URL")
    web_auth: SecretStr | None = Field(None, validation_alias="WEB_AUTH")
    web_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        LOCAL, validation_alias="WEB_PROXIES"
    )
    web_rate: Annotated[Rate, NoDecode] = Field(Rate(1_200.0, 1_200), validation_alias="WEB_RATE")
    web_robots: bool = Field(False, validation_alias="WEB_ROBOTS")
    metrics_token: SecretStr | None = Field(None, validation_alias="METRICS_TOKEN")
    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    cache_redis_url: SecretStr | None = Field(None, validation_alias="CACHE_REDIS_URL")
    github_budget: float = Field(0.8, validation_alias="DIGEST_GITHUB_BUDGET", gt=0, le=1)
    keep_days: int = Field(180, validation_alias="DIGEST_KEEP_DAYS", ge=1, le=36_500)
    sync_every: Annotated[int, NoDecode] = Field(60, validation_alias="DIGEST_SYNC_EVERY", ge=1)
    ops_channel: Annotated[Destination | None, NoDecode] = Field(None, validation_alias="DIGEST_OPS_CHANNEL")
    catchup: Literal["once", "newest", "skip"] = Field("once", validation_alias="DIGEST_CATCHUP")
    holidays: str = Field("", validation_alias="DIGEST_HOLIDAYS")
    purge_after: Annotated[timedelta, NoDecode] = Field(
        timedelta(days=30), validation_alias="DIGEST_PURGE_AFTER"
    )
    at: str | None = Field(None, validation_alias="DIGEST_AT")
    state_dir_setting: Path | None = Field(None, validation_alias="DIGEST_STATE_DIR")
    log: Literal["debug", "info", "warning", "error"] | None = Field(None, validation_alias="DIGEST_LOG")

    @field_validator("repos", "topics", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("repos")
    @classmethod
    def _name_with_owner(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [repo for repo in value if not REPO.fullmatch(repo)]
        if wrong or not value:
            raise ValueError(f"owner/name expected, not {', '.join(wrong) or 'nothing'}")
        return value

    @field_validator("access", mode="before")
    @classmethod
    def _readers(cls, value: object) -> object:
        return Access.parse(value) if isinstance(value, str) else value

    @field_validator("managers", mode="before")
    @classmethod
    def _who_manages(cls, value: object) -> object:
        return Managers.parse(value) if isinstance(value, str) else value

    @field_validator("users", mode="before")
    @classmethod
    def _who_asks(cls, value: object) -> object:
        return Users.parse(value) if isinstance(value, str) else value

    @field_validator("rate_per_user", "web_rate", mode="before")
    @classmethod
    def _how_often(cls, value: object) -> object:
        return Rate.parse(value) if isinstance(value, str) else value

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            from adapters.secrets import Box  # cryptography is slow to load

            Box(value.get_secret_value())  # which refuses a short one, and quotes none
        return value

    @field_validator("web_auth", "metrics_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """No message quotes what may be a secret."""
        text = value.get_secret_value() if value else ""
        kind, _, rest = text.partition(":")
        if text and info.field_name == "web_auth" and kind not in ("token", "header"):
            raise ValueError("token:SECRET or header:NAME expected, such as header:X-Forwarded-Email")
        if info.field_name == "web_auth" and kind == "header" and not _HEADER.fullmatch(rest):
            raise ValueError("the name of a header expected after header:, such as X-Forwarded-Email")
        secret = rest if info.field_name == "web_auth" else text
        if text and kind != "header" and len(secret) < SHORTEST_TOKEN:
            raise ValueError(
                f"at least {SHORTEST_TOKEN} characters expected, since whoever guesses it is let in;"
                " `openssl rand -hex 32` makes one"
            )
        return value

    @field_validator("web_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        try:
            return tuple(ip_network(part, strict=False) for part in parts)
        except ValueError as error:
            raise ValueError(
                f"a comma list of addresses or networks expected, such as 127.0.0.1,10.0.0.0/8: {error}"
            ) from None

    @field_validator("ops_channel", mode="before")
    @classmethod
    def _place(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = _PLACE.fullmatch(value.strip())
        if found is None:
            raise ValueError("slack:T0123/C0123 or discord:SERVER/CHANNEL expected, with the ids of both")
        return Destination(cast("Platform", found[1]), found[2], found[3])

    @field_validator("holidays")
    @classmethod
    def _country(cls, value: str) -> str:
        if not value:
            return value
        from bot.schedule.rest import countries  # a library that is slow to load

        if value.upper() not in countries():
            raise ValueError(f"a country's two letters expected, such as CN or US, not {value!r}")
        return value.upper()

    @field_validator("purge_after", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = re.fullmatch(r"(\d{1,5})\s*d?", value.strip(), re.ASCII)
        if found is None:
            raise ValueError(f"a number of days such as 30d expected, not {value!r}")
        return timedelta(days=int(found[1]))

    @field_validator("discord_guild_ids", mode="before")
    @classmethod
    def _server_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        if not ids or any(not _DISCORD_ID.fullmatch(each) for each in ids):
            # not quoted, since it may be a secret in the wrong place
            raise ValueError(
                "a comma list of server ids expected, which are numbers (“Copy Server ID” in Discord)"
            )
        return tuple(dict.fromkeys(map(int, ids)))

    @field_validator("discord_token", mode="before")
    @classmethod
    def _trimmed(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value  # a secret's file ends with a new line

    @field_validator("discord_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError(
                "a bot token expected: three parts with dots between them, and neither “Bot”, quotes nor spaces"
                " around it"
            )
        return value

    @field_validator("prices", mode="before")
    @classmethod
    def _per_million(cls, value: object) -> object:
        return parse_prices(value) if isinstance(value, str) else value

    @field_validator("cost_per_day")
    @classmethod
    def _of_known_prices(cls, value: float | None, info: ValidationInfo) -> float | None:
        """What costs nobody knows how much cannot be capped; fields that are wrong themselves are not here."""
        prices, models = info.data.get("prices"), (info.data.get("model"), info.data.get("fast_model"))
        if value is None or prices is None or models[0] == OFFLINE:
            return value
        unknown = [name for name in dict.fromkeys(models) if name and name not in prices]
        if unknown:
            wanted = ",".join(f"{name}=INPUT/OUTPUT" for name in unknown)
            raise ValueError(
                f"the price of {' and '.join(unknown)} is not known: write DIGEST_PRICES={wanted}"
                f"{' beside the prices there' if prices else ''}, in USD per million tokens"
                " (0/0 for a server of your own)"
            )
        return value

    @field_validator("github_app_id", "github_installation_id")
    @classmethod
    def _identifier(cls, value: str | None, info: ValidationInfo) -> str | None:
        shape = r"\d+" if info.field_name == "github_installation_id" else r"[A-Za-z0-9._-]+"
        if value is not None and not re.fullmatch(shape, value, re.ASCII):
            # not quoted, since it may be a secret in the wrong place
            raise ValueError("an id expected, as the app's pages on GitHub show it")
        return value

    @field_validator("github_app_key", mode="before")
    @classmethod
    def _key_text(cls, value: object) -> object:
        """The key itself, where a file's path is given; no message quotes either, since both may be a secret."""
        if not isinstance(value, str):
            return value
        if _PEM in value:
            return value.replace("\\n", "\n")  # the way to write it in one line
        try:
            text = Path(value.strip()).expanduser().read_text("utf-8")
        except (OSError, ValueError, RuntimeError):
            raise ValueError(
                f"neither a key in PEM form ({_PEM}...) nor the path of a file that can be read"
            ) from None
        if _PEM not in text:
            raise ValueError(f"the file holds no key in PEM form ({_PEM}...)")
        return text

    @model_validator(mode="before")
    @classmethod
    def _all_or_none(cls, values: dict[str, object]) -> dict[str, object]:
        """Nothing is half configured: what a group lacks is a wrong value, listed with all others that are wrong."""
        for group in TOGETHER:
            given = [name for name in group if values.get(name) is not None]
            if given:
                lacks = _Lacks(f"not set, and needed beside {', '.join(given)}")
                values = dict.fromkeys(group, lacks) | values
        return values

    @field_validator("*", mode="before")
    @classmethod
    def _present(cls, value: object) -> object:
        if isinstance(value, _Lacks):
            raise ValueError(value.why)
        return value

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {value!r}; use a name such as Asia/Shanghai or UTC") from error
        return value

    @field_validator("lang")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value != "auto" and value not in languages.codes():
            raise ValueError(f"auto or one of {', '.join(languages.codes())} expected, not {value!r}")
        return value

    @field_validator("sync_every", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        if isinstance(value, str) and (found := re.fullmatch(r"(\d{1,6})\s*([smh]?)", value.strip())):
            return int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]
        if isinstance(value, str):
            raise ValueError(f"a duration such as 60s, 5m or 1h expected, not {value!r}")
        return value

    @field_validator("github_graphql_url", "slack_api_url", "discord_api_url", "public_url")
    @classmethod
    def _web_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^/\s?#]+(?:/[^\s?#]*)?", value):
            raise ValueError("an address that begins with https:// expected")
        if value is not None and info.field_name == "slack_api_url":
            return value.rstrip("/") + "/"  # where its SDK puts a method's name
        if value is not None and info.field_name in ("discord_api_url", "public_url"):
            return value.rstrip("/")
        return value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _kind_of_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """The two are easily taken for each other; a message quotes neither."""
        begins = "xapp-" if info.field_name == "slack_app_token" else "xox"
        if value is not None and not value.get_secret_value().startswith(begins):
            other = "an app-level token (xapp-)" if begins == "xapp-" else "a bot token (xoxb-)"
            raise ValueError(f"{other} expected")
        return value

    @model_validator(mode="after")
    def _whole_slack(self) -> Settings:
        """Slack is reached by a token and a way in, or not at all."""
        ways_in = self.slack_app_token is not None or self.slack_signing_secret is not None
        workspaces = self.slack_bot_token is not None or self.slack_client_id is not None
        if workspaces and not ways_in:
            raise ValueError(
                "SLACK_APP_TOKEN: not set, and needed beside SLACK_BOT_TOKEN or SLACK_CLIENT_ID"
                " (Socket Mode); or SLACK_SIGNING_SECRET (HTTP)"
            )
        if self.slack_bot_token is not None and self.slack_client_id is not None:
            raise ValueError(
                "SLACK_BOT_TOKEN: set beside SLACK_CLIENT_ID; the one is for one workspace, the other for many"
            )
        if self.slack_client_id is not None and not (self.public_url or "").startswith("https://"):
            raise ValueError(
                "PUBLIC_URL: an address that begins with https:// is needed beside SLACK_CLIENT_ID,"
                " where workspaces install the app"
            )
        if ways_in and not workspaces:
            raise ValueError(
                "SLACK_BOT_TOKEN: not set, and needed beside SLACK_APP_TOKEN or SLACK_SIGNING_SECRET;"
                " or SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and DIGEST_SECRET_KEY for many workspaces"
            )
        return self

    @model_validator(mode="after")
    def _whole_discord(self) -> Settings:
        if self.discord_guild_ids and self.discord_token is None:
            raise ValueError("DISCORD_TOKEN: not set, and needed beside DISCORD_GUILD_IDS")
        return self

    @property
    def doors(self) -> Doors:
        """How visitors of the pages sign in."""
        kind, _, rest = self.web_auth.get_secret_value().partition(":") if self.web_auth else ("", "", "")
        return Doors(
            token=rest if kind == "token" else "",
            header=rest if kind == "header" else "",
            proxies=self.web_proxies,
            is_secure=(self.public_url or "").startswith("https://"),
        )

    @property
    def caps(self) -> Caps:
        """What a day may take of all models together."""
        return Caps(self.tokens_per_day, self.cost_per_day)

    @property
    def has_token(self) -> bool:
        """Whether GitHub can be asked: with a token, or as an app."""
        return self.github_token is not None or self.github_app_id is not None

    @property
    def has_slack(self) -> bool:
        """Whether there is a Slack to be reached."""
        return self.slack_bot_token is not None or self.slack_client_id is not None

    @property
    def has_discord(self) -> bool:
        """Whether there is a Discord to be reached."""
        return self.discord_token is not None

    @property
    def has_platform(self) -> bool:
        """Whether there is any chat platform to be reached."""
        return self.has_slack or self.has_discord

    @property
    def platform_modules(self) -> tuple[str, ...]:
        """What the chat platforms load once they are reached."""
        return tuple(f"adapters.{name}.service" for name in self._platforms)

    @property
    def courier_modules(self) -> tuple[str, ...]:
        """What posting there loads."""
        return tuple(f"adapters.{name}.courier" for name in self._platforms)

    @property
    def _platforms(self) -> tuple[str, ...]:
        reached = {"slack": self.has_slack, "discord": self.has_discord}
        return tuple(name for name, is_reached in reached.items() if is_reached)

    @cached_property
    def state_dir(self) -> Path:
        """Where the embedded server keeps its data: the setting, or the platform's state folder."""
        if self.state_dir_setting is not None:
            return self.state_dir_setting.expanduser().absolute()
        import platformdirs

        return platformdirs.user_state_path("vllm-digest", appauthor=False)


def load_env_file(path: Path) -> None:
    """Put what `.env` says into the environment, where it is not set already; no file, nothing to do.

    The providers' packages read their keys from the environment alone, so it is not enough to read the file here.
    """
    from dotenv import load_dotenv

    try:
        load_dotenv(path)
    except UnicodeDecodeError as error:
        raise NotConfigured("settings.env_file", path=str(path)) from error


def load_settings(**overrides: object) -> Settings:
    """The settings of this process; overrides go before the environment, by the variables' names.

    Raises NotConfigured that lists every setting that is wrong, and how.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]  # by the variables' names
    except ValidationError as error:
        problems = tuple(
            ": ".join(filter(None, (_name(problem["loc"]), _reason(problem))))
            for problem in error.errors(include_input=False)
        )
        raise NotConfigured(
            "settings.invalid", problems=problems
        ) from None  # the cause would print the values
    keep_secrets(settings)
    return settings


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else ""


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] == "bool_parsing":
        return "yes or no expected"
    return str(problem["msg"]).removeprefix("Value error, ")
