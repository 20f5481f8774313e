"""Documents as their readers see them."""

import pytest
from tests.retrieval.test_retriever import put

from groundwatch.access.roles import ROLES
from groundwatch.domain.access import AccessList, Identity
from groundwatch.domain.documents import document_id
from groundwatch.errors import InvalidInput, NotFound, Unavailable
from groundwatch.retrieval.library import Library


def identity(user, *groups, role="reader"):
    principals = frozenset({f"user:{user}", "everyone", *(f"group:{group}" for group in groups)})
    return Identity(user, principals, ROLES[role], "key")


class Followed:
    def __init__(self):
        self.position = 0
        self.down = False

    def follow(self, position):
        if self.down:
            raise Unavailable("it is being built")
        self.position = position


@pytest.fixture
def index():
    return Followed()


@pytest.fixture
def library(database, index):
    return Library(database, index)


ANNA, BRAM = identity("anna", "staff"), identity("bram", "hr")


def page(library, who, after="", limit=10):
    found = library.page(who, source="", prefix="", after=after, limit=limit)
    return [meta.path for meta in found]


def test_everybody_sees_their_own_documents_page_by_page(database, library):
    for path in ("a", "b", "c"):
        put(database, path, path)
    put(database, "hr", "secret", allow=("group:hr",))
    assert page(library, ANNA, limit=2) == ["a", "b"]
    assert page(library, ANNA, after=document_id("docs", "b")) == ["c"]
    assert page(library, BRAM) == ["hr"]


def test_a_page_cannot_begin_behind_a_document_that_may_not_be_seen(database, library):
    put(database, "hr", "secret", allow=("group:hr",))
    errors = []
    for after in (document_id("docs", "hr"), document_id("docs", "nothing")):
        with pytest.raises(InvalidInput) as error:
            page(library, ANNA, after=after)
        errors.append(str(error.value))
    assert errors[0] == errors[1]


def test_a_forbidden_document_is_refused_like_one_that_does_not_exist(database, library):
    put(database, "hr", "secret", allow=("group:hr",))
    assert library.content(BRAM, document_id("docs", "hr")).text == "secret"
    errors = []
    for path in ("hr", "nothing"):
        with pytest.raises(NotFound) as error:
            library.content(ANNA, document_id("docs", path))
        errors.append(str(error.value))
    assert errors[0] == errors[1]


def test_permissions_set_by_hand_are_in_force_in_store_and_index(database, library, index):
    put(database, "a", "text")
    admin = identity("greta", role="admin")
    target = document_id("docs", "a")
    library.set_access(admin, target, AccessList(frozenset({"group:hr"})))
    assert index.position > 0
    assert library.content(BRAM, target).text == "text"
    for who in (ANNA, admin):
        with pytest.raises(NotFound):
            library.content(who, target)
    with pytest.raises(NotFound):
        library.set_access(admin, document_id("docs", "nothing"), AccessList())


def test_permissions_change_while_the_index_is_away(database, library, index):
    put(database, "a", "text")
    index.down = True
    target = document_id("docs", "a")
    library.set_access(identity("root", role="admin"), target, AccessList(frozenset({"group:hr"})))
    with pytest.raises(NotFound):
        library.content(ANNA, target)
