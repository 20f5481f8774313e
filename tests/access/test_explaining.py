import pytest

from groundwatch.access.directory import Directory
from groundwatch.access.explaining import explain_access
from groundwatch.access.path_rules import rule_for
from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.errors import NotAuthenticated
from tests.access.test_path_rules import Rule

DIRECTORY = Directory(
    {"anna": UserSettings(groups=("hr",)), "bob": UserSettings(groups=("eng",))},
    {
        "hr": GroupSettings(),
        "eng": GroupSettings(),
        "staff": GroupSettings(includes=("hr", "eng")),
    },
)
RULES = [
    Rule("**", allow=("everyone",)),
    Rule("staff/**", allow=("group:staff",)),
    Rule("hr/**", allow=("group:hr",), deny=("user:anna", "group:eng")),
    Rule("none/**", allow=()),
]


@pytest.mark.parametrize(
    ("user", "path", "reason", "words"),
    [
        ("anna", "a.md", AccessReason.ALLOWED, "allowed by rule 1 `**` through everyone"),
        (
            "anna",
            "staff/a.md",
            AccessReason.ALLOWED,
            "allowed by rule 2 `staff/**` through group:hr > group:staff",
        ),
        ("anna", "hr/a.md", AccessReason.DENIED, "denied by rule 3 `hr/**` as user:anna"),
        ("bob", "hr/a.md", AccessReason.DENIED, "denied by rule 3 `hr/**` as group:eng"),
        (
            "bob",
            "none/a.md",
            AccessReason.NO_ACL,
            "not allowed: nobody is, by rule 4 `none/**`",
        ),
    ],
)
def test_rules(user: str, path: str, reason: AccessReason, words: str):
    rules = rule_for(path, RULES)

    explanation = explain_access(rules.access, user, DIRECTORY, rules)

    assert (explanation.reason, explanation.words) == (reason, words)


def test_without_rules_that_allow():
    rules = rule_for("a.md", [])

    explanation = explain_access(rules.access, "anna", DIRECTORY, rules)

    assert explanation.words == "not allowed: no rule matches, so nobody may"


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (
            AccessList(frozenset({"group:hr", "group:x"})),
            "not allowed: only group:hr, group:x by the document's own permissions, "
            "and bob is none of them",
        ),
        (
            AccessList(frozenset({"everyone", "group:staff"})),
            "allowed by the document's own permissions through group:eng > group:staff",
        ),
        (
            AccessList(frozenset({"everyone"}), frozenset({"everyone"})),
            "denied by the document's own permissions as everyone",
        ),
        (AccessList(), "not allowed: nobody is, by the document's own permissions"),
    ],
)
def test_permissions_of_the_document_itself(access: AccessList, words: str):
    assert explain_access(access, "bob", DIRECTORY).words == words


def test_unknown_user():
    with pytest.raises(NotAuthenticated):
        explain_access(AccessList(), "eve", DIRECTORY)
