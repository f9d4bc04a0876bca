"""Setting up: asks for what is missing, tries each answer as it is given, and puts it into `.env`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.model_keys import try_key
from bot import envfile
from bot.doctor import told
from bot.filling import Filling
from summarizer.errors import BadInput, NotConfigured
from summarizer.markup import one_line
from summarizer.models import OFFLINE, ChatModels, ModelSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.filling import Asking

GITHUB_URL = "https://api.github.com/graphql"
SLACK_URL = "https://slack.com/api/"
DISCORD_URL = "https://discord.com/api/v10"
REPO = "vllm-project/vllm"

_MODEL = re.compile(r"[^\s:]+(?::\S+)?")
_GUILD_IDS = re.compile(r"\d{1,20}(?:\s*,\s*\d{1,20})*", re.ASCII)
_PUBLIC = re.compile(r"https://[^/\s?#]+(?:/[^\s?#]*)?")
_SERVER = re.compile(r"https?://[^/\s?#]+(?:/[^\s?#]*)?")


def missing(given: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that a bot on a chat platform needs and that are not given: Slack's, unless Discord is the only
    one."""
    lacking = [] if given.get("GITHUB_TOKEN") or given.get("GITHUB_APP_ID") else ["GITHUB_TOKEN"]
    if given.get("DISCORD_TOKEN") and not any(name.startswith("SLACK_") for name in given):
        return tuple(lacking)
    if not (given.get("SLACK_BOT_TOKEN") or given.get("SLACK_CLIENT_ID")):
        lacking.append("SLACK_BOT_TOKEN")
    if not (given.get("SLACK_APP_TOKEN") or given.get("SLACK_SIGNING_SECRET")):
        lacking.append("SLACK_APP_TOKEN")
    return tuple(lacking)


async def init(asking: Asking | None, *, env_file: Path, environ: Mapping[str, str], lang: str) -> int:
    """Ask for all that is missing; 0 when done. What was accepted is saved at once, so that leaving loses nothing.

    asking: None where there is no terminal. environ: the environment's settings, which go before the file's.
    Raises NotConfigured `init.no_terminal`, and BadInput where the file cannot be written.
    """
    given = {**envfile.read(env_file), **{name: value for name, value in environ.items() if value}}
    if asking is None:
        if names := missing(given):
            raise NotConfigured("init.no_terminal", names=names)
        return 0
    form = Filling(asking, env_file, given, lang)
    form.tell("begin", path=env_file)
    try:
        await _github(form)
        await _slack(form)
        await _discord(form)
        await _model(form)
    except EOFError:
        form.say("")
    if form.saved:
        form.tell("saved", path=env_file, names=tuple(form.saved))
    else:
        form.tell("unchanged", path=env_file)
    form.tell("next")
    return 0


async def _github(form: Filling) -> None:
    if form.given.get("GITHUB_TOKEN") or form.given.get("GITHUB_APP_ID"):
        return
    form.tell("github")

    async def attempt(token: str) -> str:
        from adapters.github.client import Patience
        from adapters.github.fetch import GitHub

        repo = form.given.get("DIGEST_REPOS", REPO).partition(",")[0].strip()
        url = form.given.get("GITHUB_GRAPHQL_URL", GITHUB_URL)
        patience = Patience(attempts=2, longest_wait_s=5)
        async with GitHub(url, token, timeout_s=10, patience=patience) as source:
            name, _ = await source.describe(repo)
        return form.text("github_ok", repo=name)

    await form.secret("GITHUB_TOKEN", attempt)


async def _slack(form: Filling) -> None:
    has_bot = bool(form.given.get("SLACK_BOT_TOKEN") or form.given.get("SLACK_CLIENT_ID"))
    way_in = _way_in(form.given)
    if has_bot and way_in:
        return
    way_in = way_in or await _choose(form)
    if way_in is None:
        form.tell("no_slack")
    elif way_in == "socket" or await _address(form):
        if not has_bot:
            _show_manifest(form, is_http=way_in == "http")
            has_bot = await form.secret("SLACK_BOT_TOKEN", lambda token: _try_bot(form, token))
        if has_bot and not _way_in(form.given):
            await _open_way(form, way_in)


def _way_in(given: Mapping[str, str]) -> str | None:
    if given.get("SLACK_APP_TOKEN"):
        return "socket"
    return "http" if given.get("SLACK_SIGNING_SECRET") else None


async def _choose(form: Filling) -> str | None:
    form.tell("slack")
    ways = {"": None, "1": "socket", "2": "http"}
    while (answer := await form.ask("way_in")) not in ways:
        form.tell("choose")
    return ways[answer]


async def _address(form: Filling) -> bool:
    """Whether there is a public address now."""
    if form.given.get("PUBLIC_URL"):
        return True
    form.tell("public_url")
    address = await form.ask_for("public_url", _PUBLIC, "public_url_shape")
    if not address:
        form.tell("skipped", name="PUBLIC_URL")
        return False
    form.save("PUBLIC_URL", address.rstrip("/"))
    return True


def _show_manifest(form: Filling, *, is_http: bool) -> None:
    from adapters.slack.manifest import EVENTS_PATH, link, manifest

    text = manifest(f"{form.given['PUBLIC_URL'].rstrip('/')}{EVENTS_PATH}" if is_http else None)
    form.tell("manifest")
    form.say(f"\n{text}")
    form.tell("manifest_link", link=link(text))
    form.tell("bot_token")


async def _try_bot(form: Filling, token: str) -> str:
    from adapters.slack.checks import told_of
    from adapters.slack.trials import try_bot

    bot = await try_bot(token, form.given.get("SLACK_API_URL", SLACK_URL))
    lines = [told(each, form.words) for each in told_of(bot, token) if each.outcome != "ok"]
    return "\n".join([form.text("bot_ok", team=one_line(bot.team), name=one_line(bot.name)), *lines])


async def _open_way(form: Filling, way_in: str) -> None:
    """Ask for what Slack comes in with."""

    async def attempt_socket(token: str) -> str:
        from adapters.slack.trials import try_app

        await try_app(token, form.given.get("SLACK_API_URL", SLACK_URL))
        return form.text("app_ok")

    async def attempt_http(secret: str) -> str:
        from adapters.slack.trials import SIGNING_SECRET

        if not SIGNING_SECRET.fullmatch(secret):
            raise BadInput("init.signing_shape")
        return form.text("signing_ok")

    name, attempt = (
        ("SLACK_APP_TOKEN", attempt_socket) if way_in == "socket" else ("SLACK_SIGNING_SECRET", attempt_http)
    )
    form.tell("app_token" if way_in == "socket" else "signing_secret")
    if not await form.secret(name, attempt):
        form.tell("half", name=name)


async def _discord(form: Filling) -> None:
    if form.given.get("DISCORD_TOKEN"):
        return
    form.tell("discord")
    if await form.secret("DISCORD_TOKEN", lambda token: _try_discord(form, token)):
        await _guild_ids(form)
    elif not (form.given.get("SLACK_BOT_TOKEN") or form.given.get("SLACK_CLIENT_ID")):
        form.tell("no_platform")


async def _try_discord(form: Filling, token: str) -> str:
    from adapters.discord.checks import told_of
    from adapters.discord.permissions import invite_url, user_install_url
    from adapters.discord.trials import try_token

    bot = await try_token(token, form.given.get("DISCORD_API_URL", DISCORD_URL).rstrip("/"))
    lines = [told(each, form.words) for each in told_of(bot) if each.outcome != "ok"]
    links = form.text("discord_invite", url=invite_url(bot.id), install=user_install_url(bot.id))
    return "\n".join([form.text("discord_ok", name=one_line(bot.name)), *lines, links])


async def _guild_ids(form: Filling) -> None:
    if form.given.get("DISCORD_GUILD_IDS"):
        return
    form.tell("guild_ids")
    while answer := await form.ask("guild_ids"):
        if _GUILD_IDS.fullmatch(answer):
            form.save("DISCORD_GUILD_IDS", re.sub(r"\s", "", answer))
            return
        form.tell("guild_ids_shape")


async def _model(form: Filling) -> None:
    if form.given.get("DIGEST_MODEL"):
        return
    form.tell("model")
    while (model := await form.ask_for("model", _MODEL, "model_shape")) not in ("", OFFLINE):
        if await _take_model(form, model):
            return
    form.tell("offline")


async def _take_model(form: Filling, model: str) -> bool:
    """Whether the model can be used, with the address and the key that it needs."""
    provider = model.partition(":")[0]
    base_url = form.given.get(f"{provider.upper()}_BASE_URL")
    asked = ""
    if provider == "openai" and base_url is None and ":" in model:
        asked = (await form.ask_for("server", _SERVER, "server_shape")).rstrip("/")
        base_url = asked or None
    lacks = ""
    try:
        await _open(model, base_url)
    except NotConfigured as problem:
        if problem.key != "model.key_missing":
            form.complain(problem)
            return False
        lacks = str(problem.values["name"])

    async def attempt(key: str) -> str:
        await try_key(model, key, base_url)
        return form.text("model_ok", model=model)

    if lacks and not form.given.get(lacks):
        form.tell("model_key", name=lacks)
        taken = await form.secret(lacks, attempt)
    else:  # a server of one's own may ask for no key
        taken = await form.passes(form.given.get(f"{provider.upper()}_API_KEY", "none"), attempt)
    if taken and asked:
        form.save("OPENAI_BASE_URL", asked)
    if taken:
        form.save("DIGEST_MODEL", model)
    return taken


async def _open(model: str, base_url: str | None) -> None:
    """Raises NotConfigured for a model that cannot be."""
    models = ChatModels.open(ModelSettings(model=model, base_url=base_url))
    if models is not None:
        await models.aclose()
