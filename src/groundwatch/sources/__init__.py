"""Connectors that list and fetch documents, and triggers that wake them."""
