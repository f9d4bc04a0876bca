"""Settings: the environment, `.env`, or a flag of the same name; one class, checked whole at start.

`docs/settings.md` explains each to those who set them.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from summarizer import languages
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

REPO = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
"""owner/name as GitHub allows them: docs.github.com/en/rest/repos (owner: 39 letters, digits, single hyphens)."""

Words = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list."""


class Settings(BaseSettings):
    """Everything that can be set. Durations are seconds; None switches a part off."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    github_token: SecretStr | None = Field(None, validation_alias="GITHUB_TOKEN")
    github_graphql_url: str = Field("https://api.github.com/graphql", validation_alias="GITHUB_GRAPHQL_URL")
    repos: Words = Field(("vllm-project/vllm",), validation_alias="DIGEST_REPOS")
    lang: str = Field("auto", validation_alias="DIGEST_LANG")
    tz: str = Field("Asia/Shanghai", validation_alias="DIGEST_TZ")
    topics_file: Path | None = Field(None, validation_alias="DIGEST_TOPICS_FILE")
    topics: Words = Field(("amd",), validation_alias="DIGEST_TOPICS")
    model: str = Field("offline", validation_alias="DIGEST_MODEL")
    fast_model: str | None = Field(None, validation_alias="DIGEST_FAST_MODEL")
    model_context: int | None = Field(None, validation_alias="DIGEST_MODEL_CONTEXT", ge=2048)
    tracing: bool = Field(False, validation_alias="DIGEST_TRACING")
    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    sync_every: Annotated[int, NoDecode] = Field(60, validation_alias="DIGEST_SYNC_EVERY", ge=1)
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

    @field_validator("github_graphql_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("an address that begins with https:// expected")
        return value

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
        return Settings(**overrides)  # type: ignore[arg-type]  # by the variables' names
    except ValidationError as error:
        problems = tuple(
            f"{_name(problem['loc'])}: {_reason(problem)}" for problem in error.errors(include_input=False)
        )
        raise NotConfigured(
            "settings.invalid", problems=problems
        ) from None  # the cause would print the values


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "?"


def _reason(problem: ErrorDetails) -> str:
    return str(problem["msg"]).removeprefix("Value error, ")
