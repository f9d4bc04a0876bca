"""Which workspaces the settings tell of, and how the app comes into further ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.secrets import Box
from adapters.slack.installs import ManyWorkspaces, OneWorkspace, Workspaces
from adapters.slack.oauth import Installing
from adapters.slack.rotation import Rotation
from adapters.slack.sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.slack.access import Access
    from adapters.slack.client import Slack
    from adapters.store import Store


def workspaces_of(
    access: Access, store: Store, connect: Callable[[str, str], Slack]
) -> tuple[Workspaces, Installing | None]:
    """connect: as for `ManyWorkspaces`. The second: None where there is but the workspace of the settings' token, and
    where nobody can reach us."""
    if access.client_id is None or access.client_secret is None or access.secret_key is None:
        return OneWorkspace(access.bot_token or "", connect), None
    box = Box(access.secret_key)
    sealed = Sealed(store.workspaces, box)
    rotation = Rotation(
        sealed,
        store.leases,
        client_id=access.client_id,
        client_secret=access.client_secret,
        api_url=access.api_url,
    )
    installing = None
    if access.public_url is not None:
        installing = Installing(
            client_id=access.client_id,
            client_secret=access.client_secret,
            public_url=access.public_url,
            sealed=sealed,
            box=box,
            handled=store.handled,
            api_url=access.api_url,
        )
    return ManyWorkspaces(sealed, rotation, connect), installing
