"""GitHub's numbers, each with its source, and the ones we chose below them."""

from __future__ import annotations

from datetime import timedelta

PAGE = 100
"""Most nodes of one page
(docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api)."""

SEARCH_RESULTS = 1000
"""Most results of one search, however it is paged (docs.github.com/rest/search: 1,000 results for each
search)."""

DETAIL_BATCH = 25
"""Wide pages of 100 fail regularly, pages of 25 do not (measured in spiceai/spiceai issue 13762)."""

SLICE = 80
"""Results to aim for when a search is split by time, so that a lively slice still fits into one page."""

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

AFFORDABLE = 2000
"""Most items touched after a window that are read for what happened to them inside it."""

OLD_RELEASE = timedelta(days=30)
"""A release may be published later than it was created, and the listing is in the order of creation."""
