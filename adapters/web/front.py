"""Front pages: the site's, a repository's with its latest digests, calendar and trends, and the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive
    from adapters.web.site import Site


class Front:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return []
