"""Where telemetry goes, on loopback: a collector of OpenTelemetry's traces, and an ingest of Sentry's."""

from tests.servers.telemetry.server import Collector, Ingest, TelemetryServer, Told

__all__ = ["Collector", "Ingest", "TelemetryServer", "Told"]
