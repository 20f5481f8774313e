"""The truth in SQL: SQLite or PostgreSQL, one schema."""
