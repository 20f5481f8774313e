"""Giving credentials out and taking them back: keys, one-time links, sessions."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches

from groundwatch.access.authentication import Authenticator
from groundwatch.access.directory import Directory
from groundwatch.access.roles import PERMISSIONS
from groundwatch.access.tokens import TokenKind, kind_of, new_token, shown_prefix, token_hash
from groundwatch.domain.clock import Clock
from groundwatch.errors import InvalidInput, NotAuthenticated, NotFound
from groundwatch.store import keys
from groundwatch.store.database import Database
from groundwatch.store.keys import ApiKey

LINK_LIFETIME = timedelta(minutes=10)
"""How long a one-time link may wait to be used."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment at which its secret is known.

    Attributes:
        token: what requests present; only its hash is stored.
    """

    id: str
    token: str = field(repr=False)


class Credentials:
    """Makes and ends credentials. What returns is durable.

    Args:
        database: where they are kept, hashed.
        directory: who may have any.
        clock: the present.
        authenticator: forgets what it believes when something ends here; other processes, and
            None, forget within a second.
        session_hours: how long a sign-in lasts.
    """

    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Clock,
        *,
        authenticator: Authenticator | None = None,
        session_hours: float = 12.0,
    ) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._authenticator = authenticator
        self.session_hours = session_hours

    def create_key(
        self,
        user: str,
        *,
        name: str = "",
        scopes: Collection[str] | None = None,
        days: float | None = None,
    ) -> NewKey:
        """Make an API key.

        Args:
            user: whose; the key may do what the user may, never more.
            name: what it is for.
            scopes: permissions it is narrowed to; None for all of the user's, now and later.
            days: after which it ends; None for never.

        Raises:
            NotFound: there is no such user.
            InvalidInput: a scope is no permission, there are none, or the days are not positive.
        """
        self._require(user)
        _check_scopes(scopes)
        if days is not None and days <= 0:
            raise InvalidInput(f"a key cannot end after {days} days; give a positive number")
        now = self._clock()
        token = new_token(TokenKind.KEY)
        hashed = token_hash(token)
        key = ApiKey(
            id=f"k{hashed[:12]}",
            user=user,
            name=name,
            prefix=shown_prefix(token),
            scopes=None if scopes is None else tuple(sorted(set(scopes))),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        with self._database.write() as connection:
            keys.create_key(connection, key, hashed)
        return NewKey(key.id, token)

    def keys(self, user: str = "") -> list[ApiKey]:
        """List every key, or a user's; also those that ended."""
        with self._database.read() as connection:
            return keys.list_keys(connection, user)

    def revoke_key(self, key_id: str) -> None:
        """End a key: at once in this process, within a second in others.

        Raises:
            NotFound: no key in force has that id.
        """
        with self._database.write() as connection:
            was_in_force = keys.revoke_key(connection, key_id, self._clock())
        self._forget()
        if not was_in_force:
            raise NotFound(f"no key {key_id!r} is in force; `groundwatch key list` shows all")

    def create_link(self, user: str) -> str:
        """Return the token of a link that signs a user in once, within ten minutes.

        Raises:
            NotFound: there is no such user.
        """
        self._require(user)
        now = self._clock()
        token = new_token(TokenKind.LINK)
        with self._database.write() as connection:
            keys.forget_expired(connection, now)
            keys.create_link(
                connection, token_hash(token), user, now=now, expires_at=now + LINK_LIFETIME
            )
        return token

    def redeem(self, token: str) -> str:
        """Use a link up and return the token of a new session.

        Raises:
            NotAuthenticated: unknown, used, expired, or its user is gone: never says which.
        """
        if kind_of(token) is not TokenKind.LINK:
            raise _link_refused()
        now = self._clock()
        session = new_token(TokenKind.SESSION)
        with self._database.write() as connection:
            user = keys.use_link(connection, token_hash(token), now)
            if user is None or user not in self._directory.users:
                raise _link_refused()
            keys.create_session(
                connection,
                token_hash(session),
                user,
                now=now,
                expires_at=now + timedelta(hours=self.session_hours),
            )
        return session

    def end(self, credential: str) -> None:
        """Sign a session out; what is no session is ignored."""
        if kind_of(credential) is TokenKind.SESSION:
            with self._database.write() as connection:
                keys.end_session(connection, token_hash(credential))
            self._forget()

    def _require(self, user: str) -> None:
        users = self._directory.users
        if user not in users:
            close = get_close_matches(user, users, n=1)
            hint = f"did you mean {close[0]}?" if close else "add it under `users:`"
            raise NotFound(f"user {user!r} is not in the configuration; {hint}")

    def _forget(self) -> None:
        if self._authenticator is not None:
            self._authenticator.forget()


def _check_scopes(scopes: Collection[str] | None) -> None:
    if scopes is None:
        return
    if not scopes:
        raise InvalidInput("a key without any scope could do nothing; leave scopes out for all")
    for scope in sorted(scopes):
        if scope not in PERMISSIONS:
            close = get_close_matches(scope, PERMISSIONS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known: {sorted(PERMISSIONS)}"
            raise InvalidInput(f"{scope!r} is no permission; {hint}")


def _link_refused() -> NotAuthenticated:
    return NotAuthenticated("The link is unknown, used or expired; ask for a new one.")
