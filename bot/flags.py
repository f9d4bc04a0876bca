"""Settings as flags of the shell: `--model openai:gpt-5-mini` for `DIGEST_MODEL`, before the grammar sees the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS = {
    "access": "DIGEST_ACCESS",
    "at": "DIGEST_AT",
    "catchup": "DIGEST_CATCHUP",
    "cost-per-day": "DIGEST_COST_PER_DAY",
    "crosspost": "DIGEST_CROSSPOST",
    "discord-api-url": "DISCORD_API_URL",
    "discord-guild-ids": "DISCORD_GUILD_IDS",
    "fast-model": "DIGEST_FAST_MODEL",
    "github-app-id": "GITHUB_APP_ID",
    "github-budget": "DIGEST_GITHUB_BUDGET",
    "github-graphql-url": "GITHUB_GRAPHQL_URL",
    "github-installation-id": "GITHUB_INSTALLATION_ID",
    "holidays": "DIGEST_HOLIDAYS",
    "keep-days": "DIGEST_KEEP_DAYS",
    "log": "DIGEST_LOG",
    "managers": "DIGEST_MANAGERS",
    "model": "DIGEST_MODEL",
    "model-context": "DIGEST_MODEL_CONTEXT",
    "ops-channel": "DIGEST_OPS_CHANNEL",
    "prices": "DIGEST_PRICES",
    "public-url": "PUBLIC_URL",
    "purge-after": "DIGEST_PURGE_AFTER",
    "rate-per-user": "DIGEST_RATE_PER_USER",
    "repos": "DIGEST_REPOS",
    "slack-api-url": "SLACK_API_URL",
    "slack-client-id": "SLACK_CLIENT_ID",
    "state-dir": "DIGEST_STATE_DIR",
    "sync-every": "DIGEST_SYNC_EVERY",
    "tokens-per-day": "DIGEST_TOKENS_PER_DAY",
    "topics": "DIGEST_TOPICS",
    "topics-file": "DIGEST_TOPICS_FILE",
    "tracing": "DIGEST_TRACING",
    "users": "DIGEST_USERS",
    "web-host": "WEB_HOST",
    "web-port": "WEB_PORT",
    "web-proxies": "WEB_PROXIES",
    "web-rate": "WEB_RATE",
    "web-robots": "WEB_ROBOTS",
}
"""Flag -> variable: every setting that is no secret (other processes can read a command line) and no option of the
grammar (`--lang`, `--tz`)."""


def lift_settings(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments without the settings among them, and those by their variables' names. Raises BadInput for a flag
    without a value."""
    rest: list[str] = []
    settings: dict[str, str] = {}
    waiting = iter(arguments)
    for argument in waiting:
        flag, has_value, value = argument.removeprefix("--").partition("=")
        if not argument.startswith("--") or flag not in FLAGS:
            rest.append(argument)
            continue
        given = value if has_value else next(waiting, None)
        if given is None:
            raise BadInput("option.no_flag_value", flag=f"--{flag}", variable=FLAGS[flag])
        settings[FLAGS[flag]] = given
    return rest, settings
