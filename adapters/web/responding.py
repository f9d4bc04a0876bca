"""Responding: what an address names, who asks, and answers that are not sent again to those who have them."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.web.archive import ANYBODY, Visitor

if TYPE_CHECKING:
    from starlette.requests import Request

    from adapters.web.archive import Archive, Standing
    from adapters.web.site import Site
    from summarizer.digests import Digest

STAMP: Final = "x-archive-stamp"
"""A header that never leaves: from which state of which repository a response was made. With it the response is kept
and sent again, see `memory`."""

FRESH: Final = "no-cache"
"""Kept by browsers, yet asked about each time: a digest may be corrected, and who may read it may change."""

OWN: Final = f"private, {FRESH}"
"""What is sent to who has signed in is for no cache that others are served from."""

COMPRESSED: Final = '-gzip"'
"""How the tag of a compressed response ends: the same address in another encoding is another representation."""

_REPO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")


def visitor_of(request: Request) -> Visitor:
    """Who asks, as the guard let them in."""
    visitor: Visitor = request.scope.get("visitor", ANYBODY)
    return visitor


async def standing_of(request: Request, archive: Archive) -> Standing:
    """The repository that the path's `owner` and `name` name. Raises HTTPException 404 alike for what cannot be one,
    what is not there and what the visitor may not read; StoreError."""
    repo = f"{request.path_params['owner']}/{request.path_params['name']}"
    if not _REPO.fullmatch(repo):
        raise HTTPException(404)
    standing = await archive.standing(repo, visitor_of(request))
    if standing is None:
        raise HTTPException(404)
    return standing


async def digest_of(
    request: Request, archive: Archive, site: Site, standing: Standing
) -> tuple[Digest, tuple[str, ...]]:
    """The digest that the path's `id` names, in the language that suits the visitor best, and the codes of those that
    it is kept in. Raises HTTPException 404, StoreError."""
    repo, digest_id, visitor = standing.repo, request.path_params["id"], visitor_of(request)
    kept_in: tuple[str, ...] = ()
    if _ID.fullmatch(digest_id):
        kept_in = tuple(await archive.languages(repo, digest_id, visitor))
    if not kept_in:
        raise HTTPException(404)
    wanted = request.query_params.get("lang", "")
    if wanted not in kept_in:
        wanted = site.accepted(request, kept_in)
    digest = await archive.open(repo, digest_id, wanted, visitor)
    if digest is None:
        raise HTTPException(404)
    return digest, kept_in


def page_of(
    request: Request,
    body: str | bytes,
    media_type: str = "text/html",
    *,
    standing: Standing | None = None,
    of_archive: bool = False,
    made_of: bytes | None = None,
    status: int = 200,
) -> Response:
    """The response, or 304 where the visitor has it already.

    standing: of the one repository that all of it was made from; None where it must not be kept for other visitors
    alike. of_archive: whether kept digests are all it tells. made_of: what the response follows from, where that is
    known before the body is made.
    """
    content = body.encode() if isinstance(body, str) else body
    tag = f'"{sha256(content if made_of is None else made_of).hexdigest()[:32]}"'
    freshness = OWN if visitor_of(request).is_signed_in else FRESH
    headers = {"Cache-Control": freshness, "ETag": tag, "Vary": "Accept-Language, Accept-Encoding"}
    if standing is not None:
        headers[STAMP] = f"{standing.repo} {standing.archive if of_archive else standing.stamp}"
    if status == 200 and is_known(request.headers.get("if-none-match", ""), tag):
        return Response(
            status_code=304, headers={name: value for name, value in headers.items() if name != STAMP}
        )
    return Response(content, status, headers, media_type)


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether the visitor has it already, compressed or not. A proxy may have weakened the tag: RFC 9110, 13.1.2."""
    return tag in {
        each.strip().removeprefix("W/").replace(COMPRESSED, '"') for each in if_none_match.split(",")
    }
