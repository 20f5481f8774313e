"""Identities, keys, one-time links, roles and document permissions."""
