"""The listing of releases, newest first, back to where none can have been published since an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.github import limits
from adapters.github.errors import UnexpectedPayload
from adapters.github.mapping import release_of
from adapters.github.nodes import ReleasePage, parse
from adapters.github.pages import cursor_after

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.github.client import Client
    from summarizer.items import Release


async def read_releases(client: Client, repo: str, since: datetime) -> tuple[Release, ...]:
    """See `Source.releases`."""
    owner, _, name = repo.partition("/")
    found: dict[str, Release] = {}
    after: str | None = None
    while True:
        variables = {"owner": owner, "name": name, "page": limits.PAGE, "after": after}
        answer = await client.query("releases", variables)
        repository = answer.data.get("repository")
        if not isinstance(repository, dict):
            raise UnexpectedPayload("repository")
        page = parse(ReleasePage, repository.get("releases"), "repository.releases")
        nodes = [node for node in page.nodes if node is not None]
        found |= {release.tag_name: release for node in nodes if (release := release_of(node)) is not None}
        oldest = min((node.created_at for node in nodes if node.created_at), default=since)
        # in the order of creation, and a release may be published later than it was created
        if not page.page_info.has_next_page or oldest < since - limits.OLD_RELEASE:
            recent = (release for release in found.values() if release.published_at >= since)
            return tuple(sorted(recent, key=lambda release: (release.published_at, release.tag_name)))
        after = cursor_after(page.page_info, after)
