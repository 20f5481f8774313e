"""Interactions and events in; Prometheus and OpenTelemetry out."""
