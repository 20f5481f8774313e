import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from groundwatch.access.authentication import Authenticator
from groundwatch.access.credentials import Credentials
from groundwatch.access.directory import Directory
from groundwatch.access.roles import ADMIN, READER
from groundwatch.access.tokens import TokenKind, new_token
from groundwatch.errors import InvalidInput, NotAuthenticated, NotFound
from groundwatch.store.database import Database
from groundwatch.store.schema import api_keys, login_links, sessions
from tests.access.conftest import GROUPS, USERS, Clock, CountedDatabase


def _is_let_in(authenticator: Authenticator, credential: str) -> bool:
    try:
        authenticator.authenticate(credential)
    except NotAuthenticated:
        return False
    return True


def _session(credentials: Credentials, user: str) -> str:
    return credentials.redeem(credentials.create_link(user))


class TestKeys:
    def test_identify_their_user(self, authenticator: Authenticator, credentials: Credentials):
        key = credentials.create_key("anna", name="nightly")

        identity = authenticator.authenticate(key.token)

        assert (identity.user, identity.via, identity.key_id) == ("anna", "key", key.id)
        assert identity.principals == {"user:anna", "group:hr", "everyone"}
        assert identity.permissions == ADMIN

    def test_scopes_only_narrow(self, authenticator: Authenticator, credentials: Credentials):
        key = credentials.create_key("bob", scopes=["search:read", "keys:write"])

        assert authenticator.authenticate(key.token).permissions == {"search:read"}

    def test_without_scopes_follow_the_role(
        self, authenticator: Authenticator, credentials: Credentials, directory: Directory
    ):
        key = credentials.create_key("anna")
        authenticator.authenticate(key.token)

        directory.replace({"anna": USERS["bob"]}, GROUPS)

        assert authenticator.authenticate(key.token).permissions == READER

    def test_expire(self, authenticator: Authenticator, credentials: Credentials, clock: Clock):
        key = credentials.create_key("anna", days=1)
        clock.move(24 * 3600 - 0.5)
        assert _is_let_in(authenticator, key.token)

        clock.move(0.5)

        assert not _is_let_in(authenticator, key.token)

    def test_revoked_here_end_at_once(self, authenticator: Authenticator, credentials: Credentials):
        key = credentials.create_key("anna")
        assert _is_let_in(authenticator, key.token)

        credentials.revoke_key(key.id)

        assert not _is_let_in(authenticator, key.token)

    def test_revoked_elsewhere_end_within_a_second(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        elsewhere: Credentials,
        clock: Clock,
    ):
        key = credentials.create_key("anna")
        assert _is_let_in(authenticator, key.token)

        elsewhere.revoke_key(key.id)
        clock.move(1)

        assert not _is_let_in(authenticator, key.token)

    def test_use_does_not_prolong_belief(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        elsewhere: Credentials,
        clock: Clock,
    ):
        key = credentials.create_key("anna")
        authenticator.authenticate(key.token)
        elsewhere.revoke_key(key.id)

        let_in = []
        for _ in range(4):
            clock.move(0.25)
            let_in.append(_is_let_in(authenticator, key.token))

        assert let_in == [True, True, True, False]

    def test_a_clock_that_went_back_is_not_believed(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        elsewhere: Credentials,
        clock: Clock,
    ):
        key = credentials.create_key("anna")
        authenticator.authenticate(key.token)
        elsewhere.revoke_key(key.id)

        clock.move(-3600)

        assert not _is_let_in(authenticator, key.token)

    def test_end_when_their_user_is_removed(
        self, authenticator: Authenticator, credentials: Credentials, directory: Directory
    ):
        key = credentials.create_key("bob")
        assert _is_let_in(authenticator, key.token)

        directory.replace({"anna": USERS["anna"]}, GROUPS)

        assert not _is_let_in(authenticator, key.token)

    def test_cost_no_write_and_one_read_a_second(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        counted: CountedDatabase,
        clock: Clock,
    ):
        key = credentials.create_key("anna")
        before = counted.writes, counted.reads

        for _ in range(20):
            authenticator.authenticate(key.token)
            clock.move(0.125)

        assert (counted.writes, counted.reads) == (before[0], before[1] + 3)

    def test_uses_are_noted_later(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        counted: CountedDatabase,
        clock: Clock,
    ):
        used = credentials.create_key("anna")
        credentials.create_key("anna")
        authenticator.authenticate(used.token)
        clock.move(5)

        authenticator.note_uses()

        noted = {key.id: key.last_used_at for key in credentials.keys("")}
        assert {moment for key, moment in noted.items() if key != used.id} == {None}
        assert noted[used.id] == clock.now
        writes = counted.writes
        authenticator.note_uses()
        assert counted.writes == writes

    def test_only_hashes_are_stored(self, credentials: Credentials, counted: CountedDatabase):
        key = credentials.create_key("anna")
        link = credentials.create_link("anna")
        session = credentials.redeem(link)

        with counted.read() as connection:
            rows = [
                str(row)
                for table in (api_keys, login_links, sessions)
                for row in connection.execute(sa.select(table))
            ]

        assert len(rows) == 3
        assert not any(secret[12:] in row for row in rows for secret in (key.token, link, session))
        assert key.token not in repr(key)

    def test_listed(self, credentials: Credentials, clock: Clock):
        first = credentials.create_key("anna", name="one", scopes=["search:read"])
        clock.move(1)
        second = credentials.create_key("bob", days=2)
        credentials.revoke_key(first.id)

        listed = credentials.keys()

        assert [key.id for key in listed] == [first.id, second.id]
        assert first.token.startswith(listed[0].prefix)
        assert (listed[0].name, listed[0].scopes) == ("one", ("search:read",))
        assert listed[0].revoked_at == clock.now
        assert [key.id for key in credentials.keys("bob")] == [second.id]

    def test_refuse_what_makes_no_sense(self, credentials: Credentials):
        with pytest.raises(NotFound, match="did you mean anna"):
            credentials.create_key("ana")
        with pytest.raises(InvalidInput, match="did you mean search:read"):
            credentials.create_key("anna", scopes=["serch:read"])
        with pytest.raises(InvalidInput, match="without any scope"):
            credentials.create_key("anna", scopes=[])
        with pytest.raises(InvalidInput, match="positive"):
            credentials.create_key("anna", days=0)

    def test_revoking_twice_or_nothing(self, credentials: Credentials):
        key = credentials.create_key("anna")
        credentials.revoke_key(key.id)

        for key_id in (key.id, "k123"):
            with pytest.raises(NotFound, match="in force"):
                credentials.revoke_key(key_id)


class TestSessions:
    def test_a_link_signs_in_once(self, authenticator: Authenticator, credentials: Credentials):
        link = credentials.create_link("bob")

        identity = authenticator.authenticate(credentials.redeem(link))

        assert (identity.user, identity.via, identity.key_id) == ("bob", "session", "")
        assert identity.permissions == READER
        with pytest.raises(NotAuthenticated):
            credentials.redeem(link)

    def test_of_many_at_once_one_gets_in(
        self, database: Database, directory: Directory, clock: Clock
    ):
        credentials = Credentials(database, directory, clock)
        link = credentials.create_link("bob")
        together = threading.Barrier(8)

        def redeem(_: int) -> bool:
            together.wait()
            try:
                credentials.redeem(link)
            except NotAuthenticated:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(redeem, range(8))) == 1

    def test_a_link_waits_ten_minutes(self, credentials: Credentials, clock: Clock):
        in_time, late = credentials.create_link("bob"), credentials.create_link("bob")
        clock.move(599)
        credentials.redeem(in_time)

        clock.move(1)

        with pytest.raises(NotAuthenticated):
            credentials.redeem(late)

    def test_a_link_of_a_user_who_left(self, credentials: Credentials, directory: Directory):
        link = credentials.create_link("bob")

        directory.replace({}, {})

        with pytest.raises(NotAuthenticated):
            credentials.redeem(link)

    def test_end_by_time(
        self, authenticator: Authenticator, credentials: Credentials, clock: Clock
    ):
        session = _session(credentials, "bob")
        clock.move(12 * 3600 - 0.5)
        assert _is_let_in(authenticator, session)

        clock.move(0.5)

        assert not _is_let_in(authenticator, session)

    def test_last_as_long_as_set(
        self, authenticator: Authenticator, credentials: Credentials, clock: Clock
    ):
        credentials.session_hours = 1
        session = _session(credentials, "bob")

        clock.move(3600)

        assert not _is_let_in(authenticator, session)

    def test_signing_out(
        self, authenticator: Authenticator, credentials: Credentials, elsewhere: Credentials
    ):
        mine, other = _session(credentials, "bob"), _session(credentials, "bob")
        assert _is_let_in(authenticator, mine)

        credentials.end(mine)
        credentials.end(mine)
        credentials.end("nonsense")

        assert not _is_let_in(authenticator, mine)
        assert _is_let_in(authenticator, other)

    def test_of_a_user_who_left(
        self, authenticator: Authenticator, credentials: Credentials, directory: Directory
    ):
        session = _session(credentials, "bob")
        assert _is_let_in(authenticator, session)

        directory.replace({"anna": USERS["anna"]}, GROUPS)

        assert not _is_let_in(authenticator, session)

    def test_a_link_needs_a_user(self, credentials: Credentials):
        with pytest.raises(NotFound, match="under `users:`"):
            credentials.create_link("zzz")


class TestStrangers:
    @pytest.mark.parametrize(
        "credential",
        ["", "gw_", "gw_short", "Bearer x", "gw_" + "a" * 44, "gw_" + "ä" * 43, "x" * 100_000],
    )
    def test_what_is_no_token_costs_nothing(
        self, authenticator: Authenticator, counted: CountedDatabase, credential: str
    ):
        assert not _is_let_in(authenticator, credential)
        assert counted.reads == 0

    @pytest.mark.parametrize("kind", list(TokenKind))
    def test_unknown_tokens(
        self, authenticator: Authenticator, credentials: Credentials, kind: TokenKind
    ):
        assert not _is_let_in(authenticator, new_token(kind))
        with pytest.raises(NotAuthenticated):
            credentials.redeem(new_token(kind))

    def test_one_kind_never_passes_for_another(
        self, authenticator: Authenticator, credentials: Credentials
    ):
        link = credentials.create_link("anna")
        key = credentials.create_key("anna").token

        assert not _is_let_in(authenticator, link)
        assert not _is_let_in(authenticator, key.replace("gw_", "gws_"))
        with pytest.raises(NotAuthenticated):
            credentials.redeem(key)
        with pytest.raises(NotAuthenticated):
            credentials.redeem(key.replace("gw_", "gwl_"))

    def test_all_refusals_sound_alike(
        self,
        authenticator: Authenticator,
        credentials: Credentials,
        directory: Directory,
        clock: Clock,
    ):
        revoked, expired = credentials.create_key("anna"), credentials.create_key("anna", days=1)
        orphaned = credentials.create_key("bob").token
        credentials.revoke_key(revoked.id)
        directory.replace({"anna": USERS["anna"]}, GROUPS)
        clock.move(2 * 24 * 3600)

        said = set()
        for credential in (revoked.token, expired.token, orphaned, new_token(TokenKind.KEY), "x"):
            with pytest.raises(NotAuthenticated) as refused:
                authenticator.authenticate(credential)
            said.add(str(refused.value))

        assert len(said) == 1

    def test_tokens_are_long_and_different(self):
        tokens = {new_token(kind) for kind in TokenKind for _ in range(100)}

        assert len(tokens) == 300
        assert all(len(token.partition("_")[2]) == 43 for token in tokens)
