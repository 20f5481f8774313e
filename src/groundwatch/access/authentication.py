"""Turning a presented credential into an identity: API keys and sessions."""

from datetime import timedelta

from groundwatch.access.directory import Directory
from groundwatch.access.recent import Recent
from groundwatch.access.tokens import TokenKind, kind_of, token_hash
from groundwatch.domain.access import Identity
from groundwatch.domain.clock import Clock
from groundwatch.errors import NotAuthenticated
from groundwatch.store import keys
from groundwatch.store.database import Database
from groundwatch.store.keys import ApiKey, Session

BELIEVED = timedelta(seconds=1)
"""How long a key or session is taken for valid without asking the store again."""

_MOST_REMEMBERED = 10_000


class Authenticator:
    """Says who presents a credential.

    A request costs at most one read of the store, and none within a second of the last with the
    same credential. Uses of keys are noted in memory until `note_uses` writes them down. Users and
    roles come from the directory as it is now, so that a change there counts at once.
    """

    def __init__(self, database: Database, directory: Directory, clock: Clock) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._keys: Recent[ApiKey] = Recent(BELIEVED, _MOST_REMEMBERED)
        self._sessions: Recent[Session] = Recent(BELIEVED, _MOST_REMEMBERED)
        self._used: dict[str, ApiKey] = {}

    def authenticate(self, credential: str) -> Identity:
        """Return who presents an API key or a session's token.

        Raises:
            NotAuthenticated: unknown, revoked, expired, or its user is gone: never says which.
            Unavailable: the store does not answer.
        """
        kind = kind_of(credential)
        if kind is TokenKind.KEY:
            return self._by_key(token_hash(credential))
        if kind is TokenKind.SESSION:
            return self._by_session(token_hash(credential))
        raise _refused()

    def forget(self) -> None:
        """Ask the store again for every credential: something was revoked in this process."""
        self._keys.clear()
        self._sessions.clear()

    def note_uses(self) -> None:
        """Write down which keys were used since the last call; once a minute is enough."""
        used, self._used = self._used, {}
        now = self._clock()
        due = [key for key in list(used.values()) if keys.needs_touch(key, now)]
        if due:
            with self._database.write() as connection:
                for key in due:
                    keys.touch_key(connection, key, now)

    def _by_key(self, hashed: str) -> Identity:
        now = self._clock()
        key = self._keys.get(hashed, now)
        if key is None:
            with self._database.read() as connection:
                key = keys.find_key(connection, hashed, now)
            if key is None:
                raise _refused()
            self._keys.put(hashed, key, now)
        if key.expires_at is not None and key.expires_at <= now:
            raise _refused()
        self._used[key.id] = key
        return self._identity(key.user, "key", key.scopes, key.id)

    def _by_session(self, hashed: str) -> Identity:
        now = self._clock()
        session = self._sessions.get(hashed, now)
        if session is None:
            with self._database.read() as connection:
                session = keys.find_session(connection, hashed, now)
            if session is None:
                raise _refused()
            self._sessions.put(hashed, session, now)
        if session.expires_at <= now:
            raise _refused()
        return self._identity(session.user, "session", None, "")

    def _identity(
        self, user: str, via: str, scopes: tuple[str, ...] | None, key_id: str
    ) -> Identity:
        try:
            return self._directory.identity(user, via, scopes, key_id)
        except NotAuthenticated:
            raise _refused() from None


def _refused() -> NotAuthenticated:
    return NotAuthenticated("The credential is unknown, revoked or expired.")
