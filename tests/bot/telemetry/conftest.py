"""Where telemetry goes, for the tests of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.telemetry import TelemetryServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sink() -> Iterator[TelemetryServer]:
    with TelemetryServer() as server:
        yield server
