"""Alerts, incidents, silences, and the outbox of what is to be told."""
