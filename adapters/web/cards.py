"""Cards: the pictures that chats show beside a link to a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive
    from adapters.web.site import Site


class Cards:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return []
