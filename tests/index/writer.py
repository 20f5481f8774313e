"""An index process of its own that follows a store: `python writer.py INDEX DATA`.

Prints how far it has got, until it is killed.
"""

import sys
import time
from pathlib import Path

from groundwatch.domain.clock import system_clock
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import IndexModel
from groundwatch.index.process import open_index
from groundwatch.store.database import open_database
from groundwatch.store.settings import StoreSettings


def main() -> None:
    root, data = Path(sys.argv[1]), Path(sys.argv[2])
    database = open_database(StoreSettings(), data, system_clock)
    place = IndexPlace(root, data, StoreSettings(), IndexModel("test-model", 8))
    with open_index(place, database) as index:
        while True:
            sys.stdout.write(f"{index.status().position}\n")
            sys.stdout.flush()
            time.sleep(0.01)


if __name__ == "__main__":
    main()
