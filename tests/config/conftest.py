from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folders that configurations name."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "other" / "hr").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "other")
    (tmp_path / "secret.txt").write_text("s3cret\n")
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "docs" / "key.txt").write_text("s3cret")
    return tmp_path
