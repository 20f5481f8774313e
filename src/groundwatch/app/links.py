"""Links that sign people in."""

from groundwatch.access.credentials import Credentials


def sign_in_link(credentials: Credentials, url: str, user: str) -> str:
    """A one-time link for a user of the configuration."""
    return f"{url}/sign-in/{credentials.create_link(user)}"
