"""Placeholder until wired."""
