"""Settings of the store."""

from groundwatch.settings import SecretUrl, SettingsPart


class StoreSettings(SettingsPart):
    """Where the truth is kept.

    Attributes:
        url: SQLAlchemy URL of a PostgreSQL 15+ database; empty means SQLite in the data folder.
    """

    url: SecretUrl = ""
