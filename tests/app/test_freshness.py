"""From a save or a call to what searches and previews show."""

import pytest

from tests.app.deployment import PATIENCE, Deployment
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_a_file_is_searchable_after_it_is_saved_edited_renamed_and_deleted(
    server: Deployment,
) -> None:
    server.save("canteen.md", "# Canteen\n\nOn Fridays the canteen serves kraken pie.\n")
    until(lambda: server.finds("bob", "kraken pie"), PATIENCE)
    assert server.previews("bob", "canteen.md")

    server.save("canteen.md", "# Canteen\n\nOn Fridays the canteen serves walrus soup.\n")
    until(lambda: server.finds("bob", "walrus soup"), PATIENCE)
    assert not server.finds("bob", "kraken pie")
    assert "kraken" not in server.preview("bob", "canteen.md").text

    (server.docs / "canteen.md").rename(server.docs / "kitchen.md")
    until(lambda: server.finds("bob", "walrus soup", "kitchen.md"), PATIENCE)
    until(lambda: not server.finds("bob", "walrus soup", "canteen.md"), PATIENCE)
    assert not server.previews("bob", "canteen.md")

    (server.docs / "kitchen.md").unlink()
    until(lambda: not server.finds("bob", "walrus soup"), PATIENCE)
    assert server.preview("bob", "kitchen.md").status_code == 404
