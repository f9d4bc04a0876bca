"""GitHub's numbers, each with its source, and the ones we chose below them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.items import Kind

PAGE = 100
"""Most nodes of one page
(docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api)."""

SEARCH_RESULTS = 1000
"""Most results of one search, however it is paged (docs.github.com/rest/search: 1,000 results for each
search)."""

DETAIL_BATCH: Mapping[Kind, int] = {"issue": 24, "pull_request": 18}
"""Wide pages of 100 fail regularly, pages of 25 do not (measured in spiceai/spiceai issue 13762). A point pays for a
hundred lists, rounded (same page as PAGE): an issue has six, a pull request eight."""

TIMEOUT_S = 15.0
"""Our deadline for one request: above the ten seconds after which GitHub itself gives up, so that its 502 or
504 is heard (same page as PAGE)."""

CONNECT_TIMEOUT_S = 5.0
"""A host that takes longer to accept a connection is not there."""

IN_FLIGHT = 8
"""Requests at the same time; GitHub allows 100, shared with everything else the token does
(docs.github.com/graphql, secondary rate limits)."""

SECONDARY_WAIT_S = 60.0
"""The pause after a secondary limit that names none: at least a minute (same page)."""

LONGEST_WAIT_S = 60.0
"""A longer stated wait is told to the person instead of being slept through."""

INDEX_LAG = timedelta(minutes=15)
"""How far the search index may lag behind (cli/cli issue 7764 saw minutes); so far back the listing is read
too."""

OLD_RELEASE = timedelta(days=30)
"""A release may be published later than it was created, and the listing is in the order of creation."""
