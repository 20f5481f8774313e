"""Files and folders as nobody should make them: the rest is indexed, and each says why not."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.app.deployment import PATIENCE, SOURCE, Deployment, internals
from tests.faults.files import BAD, ODD_NAMES
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(strict: Deployment) -> Deployment:
    return strict


def status(server: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = server.ask("ada", "GET", f"/v1/sources/{SOURCE}").json()
    return found


def test_bad_files_are_quarantined_with_the_reason_and_stop_nothing(server: Deployment) -> None:
    for name, (content, _, _) in BAD.items():
        server.save(f"bad/{name}", content)
        server.save(f"bad/beside {name}.md", f"The good file beside {name} was read.")
    os.mkfifo(server.docs / "bad/pipe.md")
    beside = [f"bad/beside {name}.md" for name in BAD]
    until(lambda: all(server.previews("bob", path) for path in beside), PATIENCE)
    until(lambda: len(status(server)["failures"]) == len(BAD), PATIENCE)
    until(server.is_settled, PATIENCE)
    failures = {each["path"]: each for each in status(server)["failures"]}
    for name, (_, stage, reason) in BAD.items():
        failure = failures[f"bad/{name}"]
        assert failure["stage"] == stage, failure
        assert failure["reason"] == reason or not reason, failure
        assert failure["error"]
        assert not internals(failure["error"])
    assert status(server)["status"] == "warning"

    server.save("bad/empty.md", "It is not empty any more: it holds a sextant.")
    until(lambda: server.finds("bob", "holds a sextant"), PATIENCE)
    assert "bad/empty.md" not in [each["path"] for each in status(server)["failures"]]
    for name in BAD:
        (server.docs / "bad" / name).unlink()
    until(lambda: not status(server)["failures"], PATIENCE)


def test_files_with_odd_names_are_indexed_or_left_out_and_stop_nothing(server: Deployment) -> None:
    folder = os.fsencode(server.docs / "odd")
    Path(os.fsdecode(folder)).mkdir()
    for number, name in enumerate(ODD_NAMES):
        Path(os.fsdecode(folder + b"/" + name)).write_text(f"Odd file {number} holds a compass.")
    server.save("odd/after.md", "The file after the odd ones holds an anchor.")
    until(lambda: server.finds("bob", "holds an anchor"), PATIENCE)
    until(lambda: server.finds("bob", "Odd file 4 holds"), PATIENCE)
    until(server.is_settled, PATIENCE)
    found = {each["text"] for each in server.search("bob", "holds a compass")}
    odd = {text for text in found if text.startswith("Odd file")}
    assert len(odd) >= len(ODD_NAMES) - 1, "only a name that is no text at all may be left out"
    assert "cannot" not in status(server)["reason"]
    listed = server.ask("bob", "GET", "/v1/documents", params={"prefix": "odd/", "limit": 200})
    assert len(listed.json()["documents"]) >= len(ODD_NAMES)


def test_symbolic_links_lead_nowhere(server: Deployment) -> None:
    outside = server.root / "outside.md"
    outside.write_text("The outside holds a harpoon.")
    links = server.docs / "links"
    links.mkdir()
    (links / "around").symlink_to(server.docs)
    (links / "self").symlink_to(links / "self")
    (links / "a").symlink_to(links / "b")
    (links / "b").symlink_to(links / "a")
    (links / "outside.md").symlink_to(outside)
    (links / "salaries.md").symlink_to(server.docs / "hr/salaries.md")
    (links / "hr").symlink_to(server.docs / "hr")
    server.save("links/real.md", "The real file holds a lantern.")
    until(lambda: server.finds("bob", "holds a lantern"), PATIENCE)
    before = status(server)["last_scan_at"]
    until(lambda: status(server)["last_scan_at"] > before, PATIENCE)
    until(server.is_settled, PATIENCE)
    assert not server.finds("bob", "holds a harpoon")
    assert not server.finds("bob", "doubloons")
    listed = server.ask("bob", "GET", "/v1/documents?prefix=links/").json()["documents"]
    assert [each["path"] for each in listed] == ["links/real.md"]


def test_a_folder_replaced_by_a_link_gives_nothing_away(server: Deployment) -> None:
    server.save("swap/note.md", "The note speaks of a barometer.")
    until(lambda: server.finds("bob", "speaks of a barometer"), PATIENCE)
    (server.docs / "swap").rename(server.root / "swapped")
    (server.docs / "swap").symlink_to(server.docs / "hr")
    until(lambda: not server.finds("bob", "speaks of a barometer"), PATIENCE)
    assert not server.finds("bob", "doubloons")
    (server.docs / "swap").unlink()


def test_a_source_folder_that_vanishes_takes_nothing_along(server: Deployment) -> None:
    away = server.root / "away"
    server.docs.rename(away)
    until(lambda: status(server)["status"] == "degraded", PATIENCE)
    assert "is not there" in status(server)["reason"]
    assert server.finds("bob", "480 days")
    assert server.previews("bob", "leave.md")
    assert server.ask("ada", "POST", f"/v1/sources/{SOURCE}/sync").status_code == 202

    before = server.settings["sources"]
    server.configure(sources=server.rules({"path": "leave.md", "allow": ["group:hr"]}))
    until(lambda: not server.previews("bob", "leave.md"), PATIENCE)
    assert server.previews("hana", "leave.md"), "permissions change while a disk is away"
    server.configure(sources=before)
    until(lambda: server.previews("bob", "leave.md"), PATIENCE)

    (away / "travel.md").unlink()
    (away / "late.md").write_text("While it was away somebody added a telescope.")
    away.rename(server.docs)
    until(lambda: server.finds("bob", "added a telescope"), PATIENCE)
    until(lambda: not server.previews("bob", "travel.md"), PATIENCE)
    until(lambda: status(server)["status"] in ("healthy", "warning"), PATIENCE)
    server.save("later.md", "Events are heard again: a hydrophone.")
    until(lambda: server.finds("bob", "again: a hydrophone"), PATIENCE)


def test_an_empty_mount_point_is_noticed_as_deletion_only_of_what_is_gone(
    server: Deployment,
) -> None:
    """A folder that is there and empty is believed: its files were deleted."""
    server.save("short/lived.md", "This file holds a short-lived mayfly.")
    until(lambda: server.finds("bob", "short-lived mayfly"), PATIENCE)
    (server.docs / "short/lived.md").unlink()
    until(lambda: not server.previews("bob", "short/lived.md"), PATIENCE)
    assert server.previews("bob", "leave.md")


def test_nothing_of_it_was_a_surprise_to_the_program(server: Deployment) -> None:
    assert server.verified().agrees
    for process in ("server", "worker", "engine"):
        assert "Traceback" not in server.log(process)
        assert "restarting" not in server.log(process)
