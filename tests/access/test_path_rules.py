from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from groundwatch.access.path_rules import PathRules, glob_matches, glob_problem, rule_for
from groundwatch.domain.access import AccessList, AccessReason


@dataclass(frozen=True)
class Rule:
    path: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def _rule(stated: dict[str, Any]) -> Rule:
    allow = stated.get("allow")
    return Rule(
        stated["path"],
        None if allow is None else tuple(allow),
        tuple(stated.get("deny", ())),
        tuple(stated.get("tags", ())),
    )


def _cases() -> list[Any]:
    sets = YAML(typ="safe", pure=True).load(Path(__file__).with_name("path_rules.yaml"))
    return [
        pytest.param([_rule(rule) for rule in case["rules"]], path, said, id=f"{number}-{path!r}")
        for number, case in enumerate(sets)
        for path, said in case["paths"].items()
    ]


@pytest.mark.parametrize(("rules", "path", "said"), _cases())
def test_rules_say(rules: list[Rule], path: str, said: dict[str, list[str]]):
    result = rule_for(path, rules)

    assert frozenset(said["allow"]) == result.access.allow
    assert frozenset(said.get("deny", ())) == result.access.deny
    assert tuple(said.get("tags", ())) == result.tags


def test_reasons_name_the_rules():
    rules = [
        Rule("**", allow=("everyone",), tags=("company",)),
        Rule("docs/**"),
        Rule("hr/**", allow=("group:hr",), deny=("user:bob", "group:interns")),
        Rule("hr/gone/**", allow=()),
    ]

    result = rule_for("hr/gone/a.md", rules)

    assert result.reasons == (
        "rule 1 `**` allows everyone and tags company",
        "rule 3 `hr/**` allows group:hr and denies user:bob, group:interns",
        "rule 4 `hr/gone/**` allows nobody",
    )
    assert result.allowed_by == "rule 4 `hr/gone/**`"
    assert result.denied_by == {"user:bob": "rule 3 `hr/**`", "group:interns": "rule 3 `hr/**`"}


def test_reasons_when_nobody_may():
    assert rule_for("a", []).reasons == ("no rule matches, so nobody may",)
    assert rule_for("a", [Rule("**", tags=("x",))]).reasons == (
        "rule 1 `**` tags x",
        "no rule allows anybody",
    )


PRINCIPALS = st.sampled_from(["user:anna", "user:bob", "group:hr", "group:staff", "everyone"])
PATHS = st.lists(st.sampled_from(["a", "b", ".c", "d.md"]), min_size=1, max_size=4).map("/".join)
GLOBS = st.lists(st.sampled_from(["a", "b", "*", "**", "?", "*.md"]), min_size=1, max_size=4).map(
    "/".join
)
RULES = st.builds(
    Rule,
    GLOBS,
    st.none() | st.lists(PRINCIPALS, max_size=3).map(tuple),
    st.lists(PRINCIPALS, max_size=2).map(tuple),
)


@given(st.data(), st.lists(RULES, max_size=6), PATHS, st.frozensets(PRINCIPALS))
def test_adding_a_deny_never_widens(data, rules, path, principals):
    denier = Rule(data.draw(GLOBS), deny=(data.draw(PRINCIPALS),))
    place = data.draw(st.integers(0, len(rules)))
    stricter = [*rules[:place], denier, *rules[place:]]
    if rules and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(rules) - 1))
        more = (*rules[place].deny, data.draw(PRINCIPALS))
        stricter = [*rules[:place], replace(rules[place], deny=more), *rules[place + 1 :]]

    before = rule_for(path, rules).access.decide(principals)
    after = rule_for(path, stricter).access.decide(principals)

    assert before is AccessReason.ALLOWED or after is not AccessReason.ALLOWED


@given(st.lists(RULES, max_size=6), st.lists(PATHS, max_size=6))
def test_rules_prepared_for_many_paths_say_of_each_what_they_say_of_it_alone(rules, paths):
    prepared = PathRules(rules)
    for path in paths:
        matching = [rule for rule in rules if glob_matches(path, rule.path)]
        allows = [rule.allow for rule in matching if rule.allow is not None]
        denied = frozenset(principal for rule in matching for principal in rule.deny)
        said = prepared.result(path)
        assert said.access == AccessList(frozenset(allows[-1] if allows else ()), denied)
        assert len(said.reasons) == len(matching) + (not allows)


@given(PATHS)
def test_two_stars_match_every_path(path):
    assert glob_matches(path, "**")
    assert glob_matches(f"hr/{path}", "hr/**")
    assert not glob_matches(path, "hr/**")


@given(st.text(alphabet="ab/.*?[]!-\n", max_size=12), st.text(alphabet="ab/.-", max_size=12))
def test_any_glob_compiles_and_answers(glob, path):
    assert glob_matches(path, glob) in {True, False}


@given(st.text(alphabet="abc/.(){}+$^|\\ \n", min_size=1, max_size=12))
def test_what_has_no_wildcard_matches_itself_alone(path):
    assert glob_matches(path, path)
    assert not glob_matches(f"{path}x", path)


@pytest.mark.parametrize(
    ("glob", "word"),
    [
        ("", "`**`"),
        ("/hr/**", "`hr/**`"),
        ("hr\\*", "`hr/*`"),
        ("hr/", "`hr/**`"),
        ("hr/../x", "`..`"),
        ("hr//x", "empty"),
        ("hr**", "alone"),
    ],
)
def test_globs_that_cannot_mean_what_they_say(glob: str, word: str):
    problem = glob_problem(glob)

    assert problem is not None
    assert word in problem


@pytest.mark.parametrize("glob", ["**", "hr/**", "**/*.md", "a?b/[x]", "*"])
def test_sound_globs(glob: str):
    assert glob_problem(glob) is None
