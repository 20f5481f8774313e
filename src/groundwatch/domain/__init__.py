"""Frozen types and Protocols that more than one folder needs; standard library only."""
