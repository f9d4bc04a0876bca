"""What can go wrong with GitHub, split by what the caller can do next.

    GitHubError
      BadToken            401: the token is wrong, expired or revoked
      RepoNotFound        no such repository, or not for this token: GitHub tells the two alike
      Forbidden           the token may not read something that was asked for
        MissingScopes       it lacks the scopes of a field, and GitHub answered nothing of the query
      RateLimited         the hour's points are spent
        BudgetSpent       our own share of them is
      SecondaryLimit      too much at once; GitHub asks for a pause
      Unreachable         no connection
      TimedOut            no answer in time                       a smaller page may help
      Failing             GitHub answers with errors of its own   a smaller page may help
      PartialData         data with holes in it                   a smaller page may help
      Rejected            the query itself was refused: our bug, or another API version
      UnexpectedPayload   the answer lacks something it must have
      NoAnswer            a success that is not JSON: cut off on its way, or a proxy's page
      NotGraphQL          something else lives at that address

Sentences: `[errors.github]` in the language files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.errors import GitHubError, NotConfigured

if TYPE_CHECKING:
    from datetime import datetime


class AdapterError(GitHubError):
    """heals: asking again later may help. heavy: so may asking for less. wait_s: the pause asked for."""

    heals: bool = False
    heavy: bool = False
    wait_s: float | None = None


class BadToken(AdapterError):
    def __init__(self) -> None:
        super().__init__("github.bad_token")


class RepoNotFound(AdapterError):
    def __init__(self, repo: str) -> None:
        super().__init__("github.repo_not_found", repo=repo)


class Forbidden(AdapterError):
    def __init__(self) -> None:
        super().__init__("github.forbidden")


class MissingScopes(Forbidden):
    """Of a classic token; a fine-grained one and an app get what they may read, and an error for the rest."""


class RateLimited(AdapterError):
    """reset_at: aware UTC, None where GitHub did not tell; asking earlier is futile. wait_s: from now until
    then."""

    heals = True

    def __init__(self, reset_at: datetime | None, wait_s: float) -> None:
        self.reset_at = reset_at
        self.wait_s = wait_s
        reset = "" if reset_at is None else f"{reset_at:%Y-%m-%d %H:%M} UTC"
        super().__init__("github.rate_limited" if reset else "github.rate_limited_unknown", reset=reset)


class BudgetSpent(RateLimited):
    """We have used our share of the hour's points; the others are for whoever else uses the token."""

    def __init__(self, reset_at: datetime, wait_s: float) -> None:
        super().__init__(reset_at, wait_s)
        self.key = "github.budget_spent"


class SecondaryLimit(AdapterError):
    heals = True

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__("github.secondary_limit", seconds=round(wait_s))


class Unreachable(AdapterError):
    heals = True

    def __init__(self) -> None:
        super().__init__("github.unreachable")


class TimedOut(AdapterError):
    heals = True
    heavy = True

    def __init__(self, seconds: float) -> None:
        super().__init__("github.timed_out", seconds=round(seconds))


class Failing(AdapterError):
    """status: the HTTP status, 200 for an error inside an answer."""

    heals = True
    heavy = True

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__("github.failing", status=status)


class PartialData(AdapterError):
    heals = True
    heavy = True

    def __init__(self) -> None:
        super().__init__("github.partial_data")


class Rejected(AdapterError):
    """reason: GitHub's type or code of the refusal, e.g. "undefinedField"; never its message, which quotes
    values."""

    def __init__(self, reason: str) -> None:
        super().__init__("github.rejected", reason=reason)


class UnexpectedPayload(AdapterError):
    """path: what is missing or has another shape, e.g. "search.nodes[3].id"."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__("github.unexpected_payload", path=path)


class NoAnswer(AdapterError):
    heals = True

    def __init__(self) -> None:
        super().__init__("github.unexpected_payload", path="data")


class NotGraphQL(AdapterError):
    def __init__(self, status: int) -> None:
        super().__init__("github.not_graphql", status=status)


def no_token() -> NotConfigured:
    """There is no token at all."""
    return NotConfigured("github.no_token")
