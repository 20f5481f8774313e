import pytest

from groundwatch.access.directory import Directory
from groundwatch.access.roles import ADMIN, EDITOR, OPERATOR, PERMISSIONS, READER, ROLES
from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.errors import NotAuthenticated

USERS = {
    "anna": UserSettings(name="Anna Lind", groups=("hr",), role="admin"),
    "bob": UserSettings(groups=("eng", "staff")),
    "guest": UserSettings(),
}
GROUPS = {
    "hr": GroupSettings(),
    "eng": GroupSettings(),
    "staff": GroupSettings(includes=("hr", "eng")),
    "company": GroupSettings(includes=("staff", "contractors")),
    "contractors": GroupSettings(),
}


def test_principals_reach_through_nested_groups():
    directory = Directory(USERS, GROUPS)

    assert directory.principals("anna") == {
        "user:anna",
        "everyone",
        "group:hr",
        "group:staff",
        "group:company",
    }
    assert directory.principals("guest") == {"user:guest", "everyone"}


def test_membership_does_not_flow_down():
    assert "group:contractors" not in Directory(USERS, GROUPS).principals("anna")


def test_route_is_the_shortest():
    directory = Directory(USERS, GROUPS)

    assert directory.route("anna", "group:company") == ("group:hr", "group:staff", "group:company")
    assert directory.route("bob", "group:company") == ("group:staff", "group:company")
    assert directory.route("anna", "everyone") == ("everyone",)
    assert directory.route("anna", "group:eng") == ()
    assert directory.route("nobody", "everyone") == ()


def test_cycles_end():
    groups = {"a": GroupSettings(includes=("b",)), "b": GroupSettings(includes=("a",))}

    directory = Directory({"x": UserSettings(groups=("a",))}, groups)

    assert directory.principals("x") == {"user:x", "everyone", "group:a", "group:b"}


def test_unknown_user():
    with pytest.raises(NotAuthenticated, match="'eve'"):
        Directory(USERS, GROUPS).principals("eve")


def test_identity():
    identity = Directory(USERS, GROUPS).identity("anna", "key", key_id="k1")

    assert (identity.user, identity.display_name) == ("anna", "Anna Lind")
    assert (identity.via, identity.key_id) == ("key", "k1")
    assert identity.permissions == ADMIN
    assert identity.may("keys:write")


def test_display_name_falls_back_to_the_name():
    assert Directory(USERS, GROUPS).identity("bob", "session").display_name == "bob"


def test_scopes_only_narrow():
    directory = Directory(USERS, GROUPS)

    narrowed = directory.identity("bob", "key", scopes=("search:read", "keys:write"))

    assert narrowed.permissions == {"search:read"}
    assert directory.identity("bob", "key", scopes=()).permissions == frozenset()


def test_replace_is_in_force_at_once():
    directory = Directory(USERS, GROUPS)

    directory.replace({"anna": UserSettings()}, {})

    assert directory.principals("anna") == {"user:anna", "everyone"}
    assert directory.users == {"anna"}
    with pytest.raises(NotAuthenticated):
        directory.identity("bob", "key")


def test_editors_and_operators_hold_what_readers_do_and_administrators_hold_all():
    assert READER < EDITOR < ADMIN
    assert READER < OPERATOR < ADMIN
    assert not OPERATOR & {"interactions:read-all", "documents:write"}
    assert frozenset().union(*ROLES.values()) == PERMISSIONS
    assert all(permission.count(":") == 1 for permission in PERMISSIONS)


def test_every_role_of_the_settings_has_permissions():
    for role in ("reader", "editor", "operator", "admin"):
        user = UserSettings.model_validate({"role": role})

        assert Directory({"x": user}, {}).identity("x", "key").permissions == ROLES[role]
