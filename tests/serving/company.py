"""A small company: its documents, its people, and when it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from groundwatch.domain.access import EVERYONE, AccessList, Identity
from groundwatch.domain.documents import DocumentMeta

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
READER = frozenset(
    {
        "answers:ask",
        "search:read",
        "documents:read",
        "feedback:write",
        "embeddings:create",
        "interactions:read",
    }
)
EDITOR = READER | {
    "documents:write",
    "jobs:read",
    "sources:read",
    "sources:sync",
    "telemetry:write",
}
ADMIN = EDITOR | {
    "permissions:write",
    "search:explain",
    "index:manage",
    "keys:write",
    "interactions:read-all",
    "watch:read",
    "metrics:read",
    "alerts:write",
    "experiments:write",
}

LEAVE = """# Parental leave

Every parent gets 26 weeks of paid leave. The leave starts at the latest eight weeks after birth.

## How to ask for it

Tell your manager ten weeks before you go. The people team confirms within five working days.
"""
SALARIES = "# Salary bands\n\nThe top band of the harbour masters is 98,000 crowns a year.\n"
HOSTILE = (
    "# Script test\n\n"
    'The hostile clause <script>window.hacked = 1</script><img src=x onerror="window.hacked=2"> '
    "must stay text.\n"
)
RULES = "# Harbour rules\n\n" + "\n\n".join(
    f"Rule {number}. " + ("Anchors must be cleaned of kelp before inspection. " * 3)
    if number != 120
    else "The quarantine flag is hoisted at dawn by the youngest pilot. All ships wait."
    for number in range(1, 200)
)
TRAVEL = "# Travel\n\nTrains are booked in second class. Flights need the approval of a director.\n"


def document_id(source: str, path: str) -> str:
    return sha256(f"{source}\0{path}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Record:
    meta: DocumentMeta
    text: str
    access: AccessList


def record(source: str, path: str, text: str, access: AccessList) -> Record:
    title = text.removeprefix("# ").partition("\n")[0] or path
    meta = DocumentMeta(
        id=document_id(source, path),
        source=source,
        path=path,
        title=title,
        media_type="text/markdown",
        version=3,
        content_hash=sha256(text.encode()).hexdigest(),
        size=len(text.encode()),
        modified_at=NOW - timedelta(days=12),
        indexed_at=NOW,
    )
    return Record(meta, text, access)


def company() -> dict[str, Record]:
    staff, hr = AccessList(frozenset({"group:staff"})), AccessList(frozenset({"group:hr"}))
    records = [
        record("handbook", "people/leave.md", LEAVE, staff),
        record("handbook", "hr/salaries.md", SALARIES, hr),
        record("handbook", "<script>alert(1)</script>.md", HOSTILE, staff),
        record("handbook", "port/rules.md", RULES, staff),
        record("handbook", "people/travel.md", TRAVEL, AccessList(frozenset({EVERYONE}))),
    ]
    return {each.meta.id: each for each in records}


def identity(user: str, permissions: frozenset[str], *groups: str, via: str = "key") -> Identity:
    principals = {f"user:{user}", EVERYONE, *(f"group:{group}" for group in groups)}
    return Identity(user, frozenset(principals), permissions, via, display_name=user.capitalize())
