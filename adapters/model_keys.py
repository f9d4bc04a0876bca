"""Whether a provider of models takes a key: it is asked which models there are, which costs nothing."""

from __future__ import annotations

from typing import Final

import httpx

from summarizer.errors import NotConfigured

TIMEOUT_S = 10.0

ADDRESSES: Final = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
"""Providers that can be asked, and where (platform.openai.com/docs/api-reference/models/list,
docs.claude.com/en/api/models-list). A server that is compatible with OpenAI's, such as vLLM's, answers alike."""

_PATHS: Final = {"openai": "/models", "anthropic": "/v1/models"}
"""The addresses that their packages take end in /v1 or do not."""

_VERSION = "2023-06-01"
"""Of Anthropic's API, which each request names (docs.claude.com/en/api/versioning)."""


async def try_key(model: str, key: str, base_url: str | None = None) -> None:
    """Ask for the list of models. model: "provider:name", for the sentences. base_url: None is the provider's own.

    Raises NotConfigured: `model.key_refused`, `model.not_found` (nothing of the kind lives there), `model.server`,
    `model.unreachable`. A provider that is not among ADDRESSES is not asked.
    """
    provider = model.partition(":")[0]
    if provider not in ADDRESSES:
        return
    address = (base_url or ADDRESSES[provider]).rstrip("/")
    if provider == "anthropic":
        headers = {"x-api-key": key, "anthropic-version": _VERSION}
    else:
        headers = {"Authorization": f"Bearer {key}"}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            status = (await client.get(f"{address}{_PATHS[provider]}", headers=headers)).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        raise NotConfigured("model.unreachable", model=model) from None  # the cause may quote the key
    if status in (401, 403):
        raise NotConfigured("model.key_refused", model=model)
    if status == 404:
        raise NotConfigured("model.not_found", model=model)
    if status >= 400:
        raise NotConfigured("model.server", model=model, status=status)
