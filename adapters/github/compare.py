"""What went into a release: the commits that one tag reaches and an earlier one does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from adapters.github import limits
from adapters.github.errors import AdapterError, RepoNotFound, UnexpectedPayload
from adapters.github.nodes import Connection, parse
from adapters.github.pages import PageSize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.github.client import Client

SMALLEST_PAGE = 10


@dataclass(frozen=True, slots=True)
class Commit:
    """headline: the first line of its message."""

    oid: str
    headline: str


@dataclass(frozen=True, slots=True)
class Commits:
    """The commits that the tag `head` reaches and the tag `base` does not, in GitHub's order, each once.

    complete: whether they are all there are.
    """

    base: str
    head: str
    commits: tuple[Commit, ...]
    complete: bool

    @property
    def oids(self) -> tuple[str, ...]:
        return tuple(commit.oid for commit in self.commits)


class _CommitNode(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    oid: str
    message_headline: str = Field(alias="messageHeadline")


async def commits_between(client: Client, repo: str, base: str, head: str) -> Commits | None:
    """Compare two tags of a repository ("owner/name"), page after page. None where one of them does not exist, or
    GitHub cannot compare them.

    What a release branch picked from elsewhere has oids of its own, so it is compared by headlines, not here. GitHub
    peels annotated tags, so they compare like others.
    Raises the errors of `adapters.github.errors`; what fails for good after the first page makes it incomplete instead.
    """
    owner, _, name = repo.partition("/")
    # qualified: a branch may have the name of a tag
    which = {"owner": owner, "name": name, "base": f"refs/tags/{base}", "head": f"refs/tags/{head}"}
    size = PageSize(limits.PAGE, SMALLEST_PAGE)
    found: dict[str, Commit] = {}
    after: str | None = None
    while True:
        asked = size.now
        try:
            page = await _page(client, which, asked, after, persistent=size.is_smallest(asked))
        except AdapterError as error:
            if error.heavy and not size.is_smallest(asked):
                size.too_much(asked)
                continue
            if not found and (error.heavy or isinstance(error, RepoNotFound)):
                # GitHub may tell of a head it does not know as it tells of an unknown repository
                if await _both_exist(client, which):
                    raise
                return None
            if found and error.heavy:
                return Commits(base, head, tuple(found.values()), complete=False)
            raise
        if page is None:
            return None
        size.went_well()
        found |= {node.oid: Commit(node.oid, node.message_headline) for node in page.held}
        last = after
        after = page.page_info.end_cursor if page.page_info and page.page_info.has_next_page else None
        if after is None or after == last:
            return Commits(base, head, tuple(found.values()), complete=len(found) >= (page.total_count or 0))


async def _page(
    client: Client, which: Mapping[str, str], size: int, after: str | None, *, persistent: bool
) -> Connection[_CommitNode] | None:
    """One page; None where there is nothing to compare."""
    variables = {**which, "page": size, "after": after, "withCommits": True}
    refs = _refs((await client.query("compare", variables, persistent=persistent)).data)
    compared = (refs.get("base") or {}).get("compare")
    if refs.get("head") is None or compared is None:
        return None
    if not isinstance(compared, dict) or not isinstance(compared.get("commits"), dict):
        raise UnexpectedPayload("repository.base.compare.commits")
    return parse(Connection[_CommitNode], compared["commits"], "repository.base.compare.commits")


async def _both_exist(client: Client, which: Mapping[str, str]) -> bool:
    """Whether both tags are there. Raises RepoNotFound where the repository is not."""
    refs = _refs(
        (await client.query("compare", {**which, "page": 1, "after": None, "withCommits": False})).data
    )
    return refs.get("base") is not None and refs.get("head") is not None


def _refs(data: Mapping[str, Any]) -> Mapping[str, Any]:
    repository = data.get("repository")
    if not isinstance(repository, dict):
        raise UnexpectedPayload("repository")
    return repository
