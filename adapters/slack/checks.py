"""What `doctor` finds of Slack: what is set, and whether Slack takes it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from adapters.checking import Check, failed
from adapters.secrets import SHORTEST, Box
from adapters.slack.manifest import SCOPES
from adapters.slack.trials import EXPIRES, SIGNING_SECRET, try_app, try_bot
from summarizer.errors import DigestError, NotConfigured

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store import Installation

    from adapters.slack.access import Access
    from adapters.slack.sealed import Sealed
    from adapters.slack.trials import Bot


async def check(access: Access) -> list[Check]:
    """All there is to be looked at. Never raises a DigestError."""
    if not (access.bot_token or access.client_id):
        return [Check("slack", "skipped", "slack_absent")]
    checks: list[Check] = []
    if access.bot_token:
        checks += await _check_bot(access.bot_token, access.api_url)
    if access.app_token:
        checks.append(await _check_app(access.app_token, access.api_url))
    if access.signing_secret:
        checks += _check_http(access.signing_secret, access.public_url)
    if access.client_id:
        checks += _check_workspaces(access)
    return checks


async def _check_bot(token: str, api_url: str) -> list[Check]:
    try:
        bot = await try_bot(token, api_url)
    except DigestError as problem:
        return [failed("slack_bot", problem)]
    return told_of(bot, token)


def told_of(bot: Bot, token: str) -> list[Check]:
    """What there is to be said of a bot whose token Slack takes."""
    values = {"team": bot.team, "name": bot.name}
    lasting = Check("slack_bot", "ok", "bot", values)
    if token.startswith(EXPIRES):
        lasting = Check("slack_bot", "warn", "bot_expires", values)
    if bot.missing:
        return [lasting, Check("slack_scopes", "bad", "scopes_missing", {"scopes": bot.missing})]
    if bot.surplus:
        return [lasting, Check("slack_scopes", "warn", "scopes_surplus", {"scopes": bot.surplus})]
    return [lasting, Check("slack_scopes", "ok", "scopes", {"n": len(SCOPES)})]


async def _check_app(token: str, api_url: str) -> Check:
    try:
        await try_app(token, api_url)
    except DigestError as problem:
        return failed("slack_socket", problem)
    return Check("slack_socket", "ok", "socket")


def _check_http(signing_secret: str, public_url: str | None) -> list[Check]:
    shaped = SIGNING_SECRET.fullmatch(signing_secret)
    secret = Check("slack_signing", "ok" if shaped else "warn", "signing" if shaped else "signing_shape")
    if public_url is None:
        return [secret, Check("slack_http", "bad", "http_no_address")]
    if not public_url.startswith("https://"):
        return [secret, Check("slack_http", "bad", "http_plain", {"url": public_url})]
    return [secret, Check("slack_http", "ok", "http", {"url": public_url})]


def _check_workspaces(access: Access) -> list[Check]:
    if not (access.client_secret and access.secret_key):
        return [Check("slack_workspaces", "bad", "workspaces_half")]
    try:
        Box(access.secret_key)
    except ValueError:
        return [Check("slack_workspaces", "bad", "workspaces_key", {"n": SHORTEST})]
    if not (access.public_url or "").startswith("https://"):
        return [Check("slack_workspaces", "bad", "workspaces_address")]
    return [Check("slack_workspaces", "ok", "workspaces", {"url": access.public_url})]


async def check_installed(sealed: Sealed, access: Access) -> list[Check]:
    """Try the token of each workspace that installed the app; one that has ended is passed over, for it is renewed when
    it is needed. Never raises a DigestError."""
    gone: list[str] = []
    lacking: list[str] = []
    try:
        ids = await sealed.ids()
        for id_ in ids:
            installation = await sealed.load(id_)
            if installation is None or _has_ended(installation):
                continue
            try:
                bot = await try_bot(installation.bot_token or "", access.api_url)
            except NotConfigured as problem:
                if problem.key != "init.bot_token":
                    raise
                gone.append(id_)
            else:
                lacking += [id_] if bot.missing else []
    except DigestError as problem:
        return [failed("slack_installed", problem)]
    url = access.public_url or ""
    checks = [Check("slack_installed", "ok", "installed", {"n": len(ids)})]
    for found, which in (("installed_gone", gone), ("installed_lacking", lacking)):
        if which:
            checks.append(Check("slack_installed", "warn", found, {"ids": tuple(which), "url": url}))
    return checks


def _has_ended(installation: Installation) -> bool:
    end = installation.bot_token_expires_at
    return end is not None and end <= time.time()
