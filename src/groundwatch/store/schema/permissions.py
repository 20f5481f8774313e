"""Tables of who may read a document."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table

from groundwatch.store.columns import Key, Words
from groundwatch.store.schema.declared import metadata

# Equal permission lists are kept once: a company has many documents and few distinct lists.
access_lists = Table(
    "access_lists",
    metadata,
    Column("id", Key, primary_key=True),
    Column("allow", Words, nullable=False),
    Column("deny", Words, nullable=False),
    sqlite_with_rowid=False,
)

access_entries = Table(
    "access_entries",
    metadata,
    Column("list_id", Key, ForeignKey("access_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Key, primary_key=True),
    Column("denied", Boolean, primary_key=True),
    Index("ix_access_entries_principal", "principal"),
    sqlite_with_rowid=False,
)

# Outlives the document, so that one that comes back is not open to more people than before.
permissions = Table(
    "permissions",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("rules_id", Key, ForeignKey("access_lists.id")),
    Column("explicit_id", Key, ForeignKey("access_lists.id")),
    sqlite_with_rowid=False,
)
