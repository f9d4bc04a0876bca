"""Asks the tests' GitHub over HTTP, as plainly as can be: for tests of the server itself."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.github import GitHub

LISTING = """query listing($first: Int, $after: String) {
  repository(owner: "vllm-project", name: "vllm") {
    issues(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount nodes { number } pageInfo { hasNextPage endCursor }
    }
  }
}"""
SEARCH = """query find($q: String!, $first: Int = 100, $after: String) {
  search(type: ISSUE, query: $q, first: $first, after: $after) {
    issueCount pageInfo { hasNextPage endCursor }
    nodes { ... on Issue { number } ... on PullRequest { number } }
  }
}"""


class Asker:
    """Asks one server over HTTP."""

    def __init__(self, server: GitHub, http: httpx.AsyncClient) -> None:
        self.server, self.http = server, http

    async def post(self, query: str, **variables: object) -> httpx.Response:
        return await self.http.post(self.server.url, json={"query": query, "variables": variables})

    async def ask(self, query: str, **variables: object) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.post(query, **variables)).json()
        return answer

    async def numbers(self, words: str) -> list[int]:
        """The numbers a search finds, in its order."""
        answer = await self.ask(SEARCH, q=f"repo:vllm-project/vllm {words}")
        assert "errors" not in answer
        return [node["number"] for node in answer["data"]["search"]["nodes"]]


@asynccontextmanager
async def asking(serving: AbstractAsyncContextManager[GitHub]) -> AsyncIterator[Asker]:
    async with serving as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        async with httpx.AsyncClient(headers=headers, timeout=5, trust_env=False) as http:
            yield Asker(server, http)


def kinds(answer: dict[str, Any]) -> list[str]:
    """The types of an answer's errors."""
    return [error.get("type", "") for error in answer["errors"]]
