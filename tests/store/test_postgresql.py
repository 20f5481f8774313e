"""What goes wrong with PostgreSQL alone."""

import threading

import pytest
from sqlalchemy import text

from groundwatch.domain.clock import system_clock
from groundwatch.errors import InvalidInput, Unavailable
from groundwatch.store.database import open_database
from groundwatch.store.settings import StoreSettings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "is not a database URL"),
        ("mysql://u@h/d", "names the database 'mysql'"),
        ("sqlite:///x.db", "names the database 'sqlite'"),
    ],
)
def test_a_wrong_url_is_said(tmp_path, url, message):
    with pytest.raises(InvalidInput, match=message):
        open_database(StoreSettings(url=url), tmp_path, system_clock)


def test_a_server_that_does_not_answer_is_said_without_the_password(tmp_path):
    url = "postgresql://anna:secret@127.0.0.1:1/x"
    with pytest.raises(Unavailable, match=r"anna:\*\*\*@127\.0\.0\.1:1/x does not") as caught:
        open_database(StoreSettings(url=url), tmp_path, system_clock)
    assert "secret" not in str(caught.value)


def test_a_lost_connection_is_said_and_heals(new_database):
    database = new_database("postgresql")

    def kill_own_connection():
        with database.write() as c:
            c.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable, match="does not answer"):
        kill_own_connection()
    database.ping()


def test_connections_lost_while_idle_are_not_noticed(new_database):
    database = new_database("postgresql")
    with database.read(), database.read(), database.read():
        pass
    with database.write() as c:
        c.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with database.read() as one, database.read() as two, database.read() as three:
        assert [c.execute(text("SELECT 1")).scalar() for c in (one, two, three)] == [1, 1, 1]


def test_a_deadlock_is_worth_a_retry(new_database):
    database = new_database("postgresql")
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def write(first, second):
        try:
            with database.write() as c:
                c.execute(text(f"LOCK TABLE {first}"))
                barrier.wait()
                c.execute(text(f"LOCK TABLE {second}"))
        except Unavailable as error:
            failures.append(error)

    threads = [
        threading.Thread(target=write, args=order)
        for order in (("jobs", "leases"), ("leases", "jobs"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["another transaction" in str(error) for error in failures] == [True]
