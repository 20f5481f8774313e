"""Files that people write too, replaced as a whole."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write a file: readers see the old or the new text, never a part.

    A link stays a link, and rights and owner stay as they were; a new file is read by its group.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  a descriptor
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _take_over_rights(target, Path(name))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _take_over_rights(old: Path, new: Path) -> None:
    if not old.exists():
        new.chmod(0o640)
        return
    state = old.stat()
    new.chmod(state.st_mode & 0o7777)
    with suppress(PermissionError):
        os.chown(new, state.st_uid, state.st_gid)
