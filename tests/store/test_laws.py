"""Laws that hold for every order of events."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.samples import meta, parts, put
from tests.store.test_transfer import export_store, import_store, rows

from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.documents import document_id
from groundwatch.store import changes, documents, permissions
from groundwatch.store.changes import ChangeKind

few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
fresh = count()

writes = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.integers(1, 5)), min_size=1, max_size=10
)


@few
@given(writes=writes)
def test_writes_in_any_order_end_in_the_highest_version(database, writes):
    path = f"{next(fresh)}.md"
    with database.write() as c:
        start = changes.latest(c)
        for kind, version in writes:
            if kind == "put":
                text = f"version {version}"
                one = meta(path, version)
                documents.put(c, one, text, parts(text), pipeline="p")
            else:
                documents.delete(c, meta(path).id, version)
        content = documents.content(c, meta(path).id)
        indexed = changes.indexed(c, [meta(path).id], "m")
        log = changes.since(c, start, 100)
    highest = max(version for _, version in writes)
    if ("delete", highest) in writes:
        assert content is None
        assert indexed == []
    else:
        assert content
        assert (content.meta.version, content.text) == (highest, f"version {highest}")
        assert [len(one.chunks) for one in indexed] == [len(parts(content.text))]
    assert (not log or log[-1].kind is ChangeKind.DELETE) == (content is None)


lists = st.builds(
    AccessList,
    st.frozensets(st.sampled_from("abc"), max_size=3),
    st.frozensets(st.sampled_from("abc"), max_size=2),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("rules"), st.none() | lists),
        st.tuples(st.just("explicit"), lists),
        st.tuples(st.just("clear"), st.none()),
    ),
    max_size=8,
)


@few
@given(acts=acts)
def test_the_list_set_by_hand_wins_and_every_change_of_readers_is_logged(database, acts):
    id_ = document_id("files", f"{next(fresh)}.md")
    rules = explicit = None
    expected = []
    with database.write() as c:
        start = changes.latest(c)
        for act, access in acts:
            before = explicit or rules
            match act:
                case "rules":
                    changed = permissions.put_from_rules(c, id_, access)
                    rules = access or rules
                case "explicit":
                    changed = permissions.put_explicit(c, id_, access)
                    explicit = access
                case _:
                    changed = permissions.clear_explicit(c, id_)
                    explicit = None
            effective = explicit or rules
            assert changed == (effective != before)
            assert permissions.effective(c, [id_]).get(id_) == effective
            expected += [ChangeKind.ACCESS] * changed
        assert [change.kind for change in changes.since(c, start, 100)] == expected


@few
@given(
    access=st.lists(st.none() | lists, max_size=6),
    principals=st.frozensets(st.sampled_from("abcd"), max_size=3),
)
def test_sql_shows_what_the_access_list_allows(database, access, principals):
    source = f"source {next(fresh)}"
    with database.write() as c:
        for number, one in enumerate(access):
            put(c, meta(f"{number}", source=source), "")
            permissions.put_from_rules(c, document_id(source, f"{number}"), one)
        found = [one.path for one in documents.page(c, principals=principals, source=source)]
    assert found == [
        f"{number}"
        for number, one in enumerate(access)
        if one is not None and one.decide(principals) is AccessReason.ALLOWED
    ]


texts = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@settings(few, max_examples=6)
@given(written=st.dictionaries(st.text("abc/", min_size=1), st.tuples(texts, texts), max_size=5))
def test_import_of_an_export_is_the_same_store(new_database, tmp_path, target, written):
    old, new = new_database("sqlite"), new_database(target)
    with old.write() as c:
        for path, (title, text) in written.items():
            put(c, replace(meta(path), title=title, tags=(title,)), text)
            permissions.put_from_rules(c, meta(path).id, AccessList(frozenset({path})))
    file = tmp_path / f"{next(fresh)}.zip"
    export_store(old, file)
    import_store(new, file)
    assert rows(new) == rows(old)
