"""What can go wrong at the server: redis-py's errors, translated once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSING = frozenset({"store.broken", "store.loading", "store.no_primary", "store.cluster_down"})
"""Failures that may be over in a moment, and after which a command can be sent again."""


@contextmanager
def translated(broken: str, setting: str) -> Iterator[None]:
    """redis-py's errors as StoreError. Its messages may hold addresses, so only their kind is passed on.

    broken: the key when there is no connection or it broke. setting: the variable that names the server.
    """
    try:
        yield
    except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
        key = failure(error)
        if key is None:
            raise
        key = broken if key in ("store.broken", "store.silent") else key
        raise StoreError(key, setting=setting) from error


def failure(error: BaseException) -> str | None:
    """The key of what happened, `store.broken` or `store.silent` where there is no connection; None: a bug of ours."""
    # what goes wrong while connecting comes wrapped, in a cluster twice
    while isinstance(error.__cause__, (exceptions.RedisError, exceptions.RedisClusterException)):
        error = error.__cause__
    if isinstance(error, exceptions.RedisClusterException):
        # no type tells these apart
        if isinstance(error.__context__, exceptions.ResponseError):
            return failure(error.__context__)
        text = str(error)
        uncovered = isinstance(error, exceptions.SlotNotCoveredError) or text.startswith(
            ("All slots are not covered", "startup_nodes could not agree")
        )
        return "store.cluster_down" if uncovered else None
    if isinstance(error, exceptions.ClusterCrossSlotError):
        return None
    for types, key in _KEYS:
        if isinstance(error, types):
            return key
    if not isinstance(error, exceptions.RedisError):
        return None
    # a command of a pipeline meets these as plain errors
    text = str(error).upper()
    for words, key in _WORDS:
        if text.startswith(words):
            return key
    return "store.refused"


# of two types that fit the first one counts
_KEYS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (
            exceptions.AuthenticationError,
            exceptions.AuthenticationWrongNumberOfArgsError,
            exceptions.AuthorizationError,
            exceptions.NoPermissionError,
        ),
        "store.password",
    ),
    ((exceptions.BusyLoadingError,), "store.loading"),
    ((MasterNotFoundError,), "store.no_primary"),
    ((exceptions.TimeoutError, TimeoutError), "store.silent"),
    ((exceptions.ConnectionError, OSError), "store.broken"),
    ((exceptions.ReadOnlyError,), "store.read_only"),
    ((exceptions.OutOfMemoryError,), "store.full"),
    ((exceptions.ClusterError, exceptions.TryAgainError), "store.cluster_down"),
    ((exceptions.AskError,), "store.cluster_node"),  # MovedError is one of them
)
_WORDS = (
    ("NOAUTH", "store.password"),
    ("WRONGPASS", "store.password"),
    ("AUTHENTICATION REQUIRED", "store.password"),
    ("MISCONF", "store.disk"),
    ("THIS INSTANCE HAS CLUSTER SUPPORT DISABLED", "store.no_cluster"),
)
