"""What each role may do."""

READER: frozenset[str] = frozenset(
    {
        "answers:ask",
        "search:read",
        "documents:read",
        "feedback:write",
        "embeddings:create",
        "interactions:read",
    }
)

EDITOR: frozenset[str] = READER | {
    "documents:write",
    "jobs:read",
    "sources:read",
    "sources:sync",
    "telemetry:write",
}

ADMIN: frozenset[str] = EDITOR | {
    "search:explain",
    "permissions:write",
    "interactions:read-all",
    "keys:write",
    "index:manage",
}

ROLES: dict[str, frozenset[str]] = {"reader": READER, "editor": EDITOR, "admin": ADMIN}
"""Permissions by role, each role holding those of the one before."""

PERMISSIONS: frozenset[str] = ADMIN
"""Every permission there is; API keys may be narrowed to any of them."""
