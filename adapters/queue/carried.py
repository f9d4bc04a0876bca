"""Carried: what came along with a job beside its argument, for whoever does it: where its trace goes on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from taskiq import TaskiqMiddleware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskiq import TaskiqMessage

_sent_with: ContextVar[Mapping[str, str]] = ContextVar("sent_with")


class Carried(TaskiqMiddleware):
    """Keeps a message's labels at hand while its job is done; each job is a task of its own."""

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        """See taskiq."""
        _sent_with.set({str(name): str(value) for name, value in message.labels.items()})
        return message


def sent_with() -> Mapping[str, str]:
    """What came along with the job that is being done."""
    return _sent_with.get({})
