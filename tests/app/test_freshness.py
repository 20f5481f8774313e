"""From a save or a call to what searches and previews show."""

import shutil
from typing import Any

import pytest

from groundwatch.domain.documents import document_id
from groundwatch.wire.client import Client
from tests.app.deployment import PATIENCE, RULES, SOURCE, USERS, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """The watch asks nothing meanwhile: what it asks is embedded too."""
    return {"metrics_collection": {"probe_interval": 86_400}}


def embedded(server: Deployment) -> int:
    """Texts that the embedder was given since it started."""
    client = Client(server.folder.engine_socket)
    counts = client.call("embedder.cache", {})
    client.close()
    return int(counts["hits"]) + int(counts["misses"])


def refused(server: Deployment) -> list[int]:
    """How often each process that reads the configuration refused one."""
    return [server.log(each).count("configuration refused") for each in ("server", "worker")]


def gone(server: Deployment, user: str, text: str, path: str) -> bool:
    return not server.finds(user, text) and not server.previews(user, path)


def test_a_file_is_searchable_after_it_is_saved_edited_and_deleted(server: Deployment) -> None:
    server.save("canteen.md", "# Canteen\n\nOn Fridays the canteen serves kraken pie.\n")
    until(lambda: server.finds("bob", "kraken pie"), PATIENCE)
    assert server.previews("bob", "canteen.md")

    server.save("canteen.md", "# Canteen\n\nOn Fridays the canteen serves walrus soup.\n")
    until(lambda: server.finds("bob", "walrus soup"), PATIENCE)
    assert not server.finds("bob", "kraken pie")
    assert "kraken" not in server.preview("bob", "canteen.md").text

    (server.docs / "canteen.md").unlink()
    until(lambda: not server.finds("bob", "walrus soup"), PATIENCE)
    problem(server.preview("bob", "canteen.md"), 404)


def test_a_rename_embeds_nothing_and_leaves_nothing_behind(server: Deployment) -> None:
    server.save("attic/old.md", "# Attic\n\nThe attic holds seven astrolabes.\n")
    server.save("attic/other.md", "# Attic\n\nThe ladder is kept behind the door.\n")
    until(lambda: server.finds("bob", "seven astrolabes", "attic/old.md"), PATIENCE)
    until(lambda: server.finds("bob", "behind the door", "attic/other.md"), PATIENCE)
    before = embedded(server)

    (server.docs / "attic/old.md").rename(server.docs / "attic/new.md")
    until(lambda: server.previews("bob", "attic/new.md"), PATIENCE)
    until(lambda: not server.previews("bob", "attic/old.md"), PATIENCE)
    (server.docs / "attic").rename(server.docs / "loft")
    until(lambda: server.previews("bob", "loft/new.md"), PATIENCE)
    until(lambda: server.previews("bob", "loft/other.md"), PATIENCE)
    until(lambda: not server.previews("bob", "attic/other.md"), PATIENCE)
    assert embedded(server) == before

    found = {each["document"]["path"] for each in server.search("bob", "seven astrolabes")}
    assert "loft/new.md" in found
    assert not {path for path in found if path.startswith("attic/")}


def test_a_question_asked_again_is_not_embedded_again_and_that_is_told(server: Deployment) -> None:
    def hits() -> float:
        name = 'groundwatch_embedding_cache_texts{outcome="hit"} '
        lines = server.ask("ada", "GET", "/metrics").text.splitlines()
        return next(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    server.search("bob", "what the albatross embeds")
    before = hits()
    server.search("bob", "what the albatross embeds")
    assert hits() > before
    parts = server.ask("ada", "GET", "/v1/health").json()["parts"]
    assert any("texts were in its cache" in each["detail"] for each in parts)


def test_a_changed_rule_reaches_searches_and_previews(server: Deployment) -> None:
    server.save("board/minutes.md", "# Minutes\n\nThe board bought the lighthouse.\n")
    until(lambda: server.finds("bob", "bought the lighthouse"), PATIENCE)
    before = server.settings["sources"]

    server.configure(sources=server.rules({"path": "board/**", "allow": ["group:hr"]}))
    until(lambda: gone(server, "bob", "bought the lighthouse", "board/minutes.md"), PATIENCE)
    assert server.finds("hana", "bought the lighthouse")
    assert server.previews("hana", "board/minutes.md")

    server.configure(sources=server.rules({"path": "board/**", "deny": ["user:hana"]}))
    until(lambda: gone(server, "hana", "bought the lighthouse", "board/minutes.md"), PATIENCE)
    until(lambda: server.finds("bob", "bought the lighthouse"), PATIENCE)

    server.configure(sources=before)
    until(lambda: server.finds("hana", "bought the lighthouse"), PATIENCE)


def test_a_refused_configuration_leaves_the_former_in_force(server: Deployment) -> None:
    before = dict(server.settings)
    wrong: dict[str, Any] = {
        "users": {**USERS, "bob": {"groups": ["nobodys"]}},
        "sources": server.rules({"path": "**", "allow": []}),
    }
    refusals = refused(server)
    server.configure(**wrong)
    until(
        lambda: all(now > then for now, then in zip(refused(server), refusals, strict=True)),
        PATIENCE,
    )
    assert server.finds("bob", "480 days")
    assert server.previews("bob", "leave.md")
    assert not server.finds("bob", "doubloons")
    server.configure(**before)


def test_permissions_set_by_hand_are_in_force_when_the_call_returns(server: Deployment) -> None:
    server.save("plans.md", "# Plans\n\nThe new office opens in Valparaiso.\n")
    until(lambda: server.finds("bob", "opens in Valparaiso"), PATIENCE)
    address = f"/v1/documents/{document_id(SOURCE, 'plans.md')}/acl"

    done = server.ask("ada", "PUT", address, json={"allow": ["user:hana"]})
    assert done.status_code == 204
    assert not server.finds("bob", "opens in Valparaiso")
    problem(server.preview("bob", "plans.md"), 404)
    assert server.finds("hana", "opens in Valparaiso")
    listed = server.ask("bob", "GET", "/v1/documents", params={"prefix": "plans"}).json()
    assert listed["documents"] == []

    server.save("plans.md", "# Plans\n\nThe new office opens in Antofagasta.\n")
    until(lambda: server.finds("hana", "opens in Antofagasta"), PATIENCE)
    assert not server.finds("bob", "opens in Antofagasta"), "a later save does not undo it"

    both = {"allow": ["everyone"], "deny": ["group:hr"]}
    assert server.ask("ada", "PUT", address, json=both).status_code == 204
    assert server.finds("bob", "opens in Antofagasta")
    assert not server.finds("hana", "opens in Antofagasta"), "a denial wins"
    problem(server.ask("eve", "PUT", address, json={"allow": ["everyone"]}), 403)
    problem(server.ask("ada", "PUT", "/v1/documents/none/acl", json={"allow": []}), 404)


def test_a_user_taken_out_of_the_file_is_out(server: Deployment) -> None:
    before = server.settings["users"]
    assert server.search("mallory", "leave")
    server.configure(users={name: user for name, user in before.items() if name != "mallory"})
    until(lambda: server.ask("mallory", "GET", "/v1/documents").status_code == 401, PATIENCE)
    problem(server.question("mallory", "How long is parental leave?"), 401)
    server.configure(users=before)
    until(lambda: server.ask("mallory", "GET", "/v1/documents").status_code == 200, PATIENCE)


def test_a_user_moved_to_another_group_reads_what_that_group_reads(server: Deployment) -> None:
    before = server.settings["users"]
    assert not server.finds("bob", "7,400 doubloons")
    server.configure(users={**before, "bob": {"groups": ["hr"]}})
    until(lambda: server.finds("bob", "7,400 doubloons"), PATIENCE)
    server.configure(users=before)
    until(lambda: gone(server, "bob", "7,400 doubloons", "hr/salaries.md"), PATIENCE)


def test_sources_come_and_go_while_the_server_runs(server: Deployment) -> None:
    before = server.settings["sources"]
    folder = server.root / "museum"
    folder.mkdir()
    (folder / "guide.md").write_text("# Guide\n\nThe narwhal hangs in the east wing.\n")
    server.cli("source", "add", str(folder), "--allow", "group:engineering")
    until(lambda: server.finds("bob", "The narwhal hangs"), PATIENCE)
    assert server.previews("bob", "guide.md", "museum")
    assert not server.finds("hana", "The narwhal hangs")
    problem(server.preview("hana", "guide.md", "museum"), 404)

    server.cli("source", "remove", "museum")
    until(lambda: not server.finds("bob", "The narwhal hangs"), PATIENCE)
    until(lambda: not server.previews("bob", "guide.md", "museum"), PATIENCE)
    listed = server.ask("ada", "GET", "/v1/sources").json()["sources"]
    assert [each["name"] for each in listed] == [SOURCE, "uploads"]
    assert (folder / "guide.md").exists(), "the files themselves are nobody's business"
    server.configure(sources=before)
    assert server.verified().agrees


def test_a_file_that_moves_between_folders_takes_on_the_readers_of_its_place(
    server: Deployment,
) -> None:
    server.save("open.md", "# Bonus\n\nThe bonus is paid in amber.\n")
    server.save("hr/closed.md", "# Bonus\n\nThe bonus is paid in amber.\n")
    until(lambda: server.finds("hana", "paid in amber", "hr/closed.md"), PATIENCE)
    until(lambda: server.finds("bob", "paid in amber", "open.md"), PATIENCE)
    assert not server.finds("bob", "paid in amber", "hr/closed.md"), "a copy has its own readers"

    (server.docs / "open.md").rename(server.docs / "hr/open.md")
    until(lambda: gone(server, "bob", "paid in amber", "open.md"), PATIENCE)
    assert not server.previews("bob", "hr/open.md")
    (server.docs / "hr/closed.md").rename(server.docs / "closed.md")
    until(lambda: server.finds("bob", "paid in amber", "closed.md"), PATIENCE)


def test_of_many_quick_saves_the_last_one_stays(server: Deployment) -> None:
    for number in range(60):
        server.save("draft.md", f"# Draft\n\nThis is revision {number:03} of the quokka plan.\n")
    until(lambda: server.finds("bob", "revision 059 of the quokka"), PATIENCE)
    until(server.is_settled, PATIENCE)
    shown = {each["text"] for each in server.search("bob", "revision of the quokka plan")}
    assert all("revision 059" in text for text in shown if "quokka" in text)
    assert "revision 059" in server.preview("bob", "draft.md").json()["text"]


def test_a_file_that_becomes_a_folder_and_back_again(server: Deployment) -> None:
    server.save("thing.md", "The thing is a file about mangroves.")
    until(lambda: server.finds("bob", "file about mangroves"), PATIENCE)
    (server.docs / "thing.md").unlink()
    server.save("thing.md/inner.md", "The thing is a folder about baobabs.")
    until(lambda: server.finds("bob", "folder about baobabs", "thing.md/inner.md"), PATIENCE)
    until(lambda: gone(server, "bob", "file about mangroves", "thing.md"), PATIENCE)
    shutil.rmtree(server.docs / "thing.md")
    server.save("thing.md", "The thing is a file about mangroves again.")
    until(lambda: server.finds("bob", "mangroves again", "thing.md"), PATIENCE)
    until(lambda: not server.previews("bob", "thing.md/inner.md"), PATIENCE)


def test_what_is_excluded_leaves_and_comes_back(server: Deployment) -> None:
    server.save("drafts/idea.md", "The idea concerns a zeppelin.")
    until(lambda: server.finds("bob", "concerns a zeppelin"), PATIENCE)
    before = server.settings["sources"]
    server.configure(sources=[{**before[0], "exclude": ["drafts/**"]}])
    until(lambda: gone(server, "bob", "concerns a zeppelin", "drafts/idea.md"), PATIENCE)
    server.configure(sources=before)
    until(lambda: server.finds("bob", "concerns a zeppelin"), PATIENCE)


def test_what_changed_while_the_server_was_down_is_in_force_from_the_first_answer(
    server: Deployment,
) -> None:
    folder = server.root / "annex"
    folder.mkdir()
    (folder / "tour.md").write_text("# Tour\n\nThe annex keeps a stuffed dodo.\n")
    before = server.settings["sources"]
    annex = {"name": "annex", "path": str(folder), "permissions": RULES}
    server.configure(sources=[*before, annex])
    server.save("memo.md", "# Memo\n\nThe memo mentions a capybara.\n")
    until(lambda: server.finds("bob", "a stuffed dodo"), PATIENCE)
    until(lambda: server.finds("bob", "mentions a capybara"), PATIENCE)

    server.end()
    server.configure(sources=server.rules({"path": "memo.md", "allow": ["group:hr"]})[:1])
    server.start(ready=False)
    problem(server.preview("bob", "memo.md"), 404)
    problem(server.preview("bob", "tour.md", "annex"), 404)
    listed = server.ask("bob", "GET", "/v1/documents?limit=200").json()["documents"]
    assert not {"memo.md", "tour.md"} & {each["path"] for each in listed}
    until(server.is_ready, PATIENCE)
    assert not server.finds("bob", "mentions a capybara")
    assert not server.finds("bob", "a stuffed dodo")
    until(server.is_settled, PATIENCE)
    assert server.finds("hana", "mentions a capybara")
    assert not server.finds("hana", "a stuffed dodo")
    assert server.verified().agrees
