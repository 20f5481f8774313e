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

OPERATOR: frozenset[str] = READER | {
    "watch:read",
    "alerts:write",
    "experiments:write",
    "metrics:read",
    "sources:read",
    "jobs:read",
}
"""Sees how everything is, answers alerts and decides experiments.

What others asked and were answered stays theirs.
"""

ADMIN: frozenset[str] = (
    EDITOR
    | OPERATOR
    | {
        "search:explain",
        "permissions:write",
        "interactions:read-all",
        "keys:write",
        "index:manage",
    }
)

ROLES: dict[str, frozenset[str]] = {
    "reader": READER,
    "editor": EDITOR,
    "operator": OPERATOR,
    "admin": ADMIN,
}
"""Permissions by role; editors and operators hold a reader's, administrators hold all."""

PERMISSIONS: frozenset[str] = ADMIN
"""Every permission there is; API keys may be narrowed to any of them."""
