"""Hosts: which addresses that came with a payload are Slack's own, and so may be sent something. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

HOOKS: Final = "hooks.slack.com"
"""Where a `response_url` lives (docs.slack.dev/interactivity/handling-user-interaction)."""

DOMAIN: Final = "slack.com"
"""Whose subdomains take uploads: files.slack.com (docs.slack.dev/reference/methods/files.getUploadURLExternal)."""


def takes_responses(url: str, base_url: str) -> bool:
    """Whether an address is a `response_url`. base_url: of the Web API; its own host is trusted as well."""
    parts = _split(url)
    return parts is not None and (_is_origin_of(parts, base_url) or _is_https(parts, HOOKS))


def takes_uploads(url: str, base_url: str) -> bool:
    """The same for the address that a file is sent to."""
    parts = _split(url)
    if parts is None:
        return False
    host = parts.hostname or ""
    return _is_origin_of(parts, base_url) or (
        (host == DOMAIN or host.endswith(f".{DOMAIN}")) and _is_https(parts, host)
    )


def _split(url: str) -> SplitResult | None:
    """The parts of an address that names no user; None for what is no address."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError if it is none
    except ValueError:
        return None
    return None if parts.username is not None or parts.password is not None else parts


def _is_https(parts: SplitResult, host: str) -> bool:
    return parts.scheme == "https" and parts.hostname == host and parts.port in (None, 443)


def _is_origin_of(parts: SplitResult, base_url: str) -> bool:
    base = urlsplit(base_url)
    return (parts.scheme, parts.hostname, parts.port) == (base.scheme, base.hostname, base.port)
