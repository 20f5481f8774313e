"""How older schemas become the present one; Alembic runs these scripts when a store is opened."""

HEAD = "0005"
"""The revision whose schema is that of `groundwatch.store.schema`."""

VERSION_TABLE = "groundwatch_schema"
"""Where a database keeps its revision; not Alembic's own name, which others may use."""
