"""The workspaces that have installed the app, as the store keeps them: sealed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from slack_sdk.oauth.installation_store import Installation

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.secrets import Box
    from adapters.store.workspaces import Workspaces as Blobs


def id_of(installation: Installation) -> str:
    """What an installation is kept under: its workspace, or the organisation where it is one for all of its
    workspaces (docs.slack.dev/enterprise/organization-ready-apps). Empty where Slack told neither."""
    found = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
    return found or ""


class Sealed:
    """Installations by the id of their workspace or organisation."""

    def __init__(self, blobs: Blobs, box: Box) -> None:
        self._blobs = blobs
        self._box = box

    async def load(self, id_: str) -> Installation | None:
        """None where it is not installed. Raises StoreError, NotConfigured `secrets.no_key`."""
        blob = await self._blobs.load(id_)
        return None if blob is None else _read(self._box.open(blob))

    async def save(self, installation: Installation) -> None:
        """Raises StoreError."""
        await self._blobs.save(id_of(installation), self._box.seal(_written(installation)))

    async def remove(self, id_: str) -> None:
        """Raises StoreError."""
        await self._blobs.remove(id_)

    async def ids(self) -> tuple[str, ...]:
        """Of all that are kept. Raises StoreError."""
        return tuple(await self._blobs.ids())


def _written(installation: Installation) -> bytes:
    values = installation.to_dict_for_copying()
    return json.dumps({name: _plain(value) for name, value in values.items()}).encode()


def _plain(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime) else value


def _read(data: bytes) -> Installation:
    try:
        values = json.loads(data)
        for name in ("bot_token_expires_at", "user_token_expires_at"):
            values[name] = None if values[name] is None else int(values[name])
        return Installation(**{name: value for name, value in values.items() if value is not None})
    except (ValueError, TypeError, KeyError):
        raise StoreError("store.record") from None  # the cause would quote what was sealed
