import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.alerting.matchers import matcher, matches, parse, parse_all
from groundwatch.domain.alerts import Comparison, Condition, fingerprint
from groundwatch.errors import InvalidInput

READ = [
    ('a="b"', [("a", "=", "b")]),
    ("a=b", [("a", "=", "b")]),
    ('{a="b"}', [("a", "=", "b")]),
    ('{a="b",}', [("a", "=", "b")]),
    ('a="b",c=~"d|e", f!="g" ,h!~i.*', [("a", "=", "b"), ("c", "=~", "d|e"), ("f", "!=", "g"),
                                        ("h", "!~", "i.*")]),
    ("foo=", [("foo", "=", "")]),
    ('"a b"="c"', [("a b", "=", "c")]),
    (r'a="say \"x\", \\ \n"', [("a", "=", 'say "x", \\ \n')]),
    ("a = b c", [("a", "=", "b c")]),
    ("état=~é+", [("état", "=~", "é+")]),
    ("{}", []),
    ("", []),
]  # fmt: skip
REFUSED = ["{a=b", "a=b}", "a", "=b", 'a="b" c="d"', "a=b,,c=d", 'a=~"("', 'a="b', "a==b{", "a=~*"]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reads(text: str, expected: list[tuple[str, str, str]]):
    found = [each.condition for each in parse(text)]
    assert [(each.name, each.comparison.value, each.value) for each in found] == expected


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text: str):
    with pytest.raises(InvalidInput):
        parse(text)


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ('a="b"', {"a": "b"}, True),
        ('a="b"', {}, False),
        ('a=""', {}, True),
        ('a!="b"', {}, True),
        ('a=~"b"', {"a": "bb"}, False),
        ('a=~"b.*"', {"a": "bb"}, True),
        ('a=~"b|c"', {"a": "c"}, True),
        ('a=~".*"', {}, True),
        ('a=~".+"', {}, False),
        ('a!~"b.*"', {"a": "bb"}, False),
        ('a!~"b"', {}, True),
        ('a="b",c="d"', {"a": "b"}, False),
    ],
)
def test_matches_whole_values_and_missing_as_empty(
    text: str, labels: dict[str, str], expected: bool
):
    assert matches(parse(text), labels) is expected


@given(st.text(min_size=1, max_size=20), st.text(max_size=30))
def test_what_is_written_is_read_again(name: str, value: str):
    if re.search(r"""[\s"'`={}!~,\\]""", name):
        return
    condition = Condition(name, Comparison.EQUAL, value)
    assert [each.condition for each in parse(str(matcher(condition)))] == [condition]


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|aa)*b", "(a*)*", "((a+)b?)*c", r"(a)\1", "(?=a)b", "(?<!a)b", "a*a*a*a*a*a*b",
     "x" * 1001, "(?P=n)"],
)  # fmt: skip
def test_refuses_expressions_without_a_bound_on_their_time(pattern: str):
    with pytest.raises(InvalidInput):
        matcher(Condition("a", Comparison.LIKE, pattern))


@pytest.mark.parametrize("pattern", ["a.*b.*c", "(prod|stage)-[0-9]+", "[a+b]*", r"\(x\)+", "é?"])
def test_takes_usual_expressions_and_is_fast_with_them(pattern: str):
    one = matcher(Condition("a", Comparison.LIKE, pattern))
    began = time.perf_counter()
    one.matches({"a": "a" * 3000 + "!"})
    assert time.perf_counter() - began < 1


def test_several_texts_must_all_hold():
    assert matches(parse_all(["a=b", "c=d"]), {"a": "b", "c": "d"})
    assert not matches(parse_all(["a=b", "c=d"]), {"a": "b"})


LABELS = st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4), max_size=5)


@given(LABELS, LABELS)
def test_identity_is_the_label_set(one: dict[str, str], other: dict[str, str]):
    def clean(labels: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in labels.items() if value}

    backwards = dict(reversed(one.items()))
    assert fingerprint(one) == fingerprint(backwards)
    assert (fingerprint(one) == fingerprint(other)) is (clean(one) == clean(other))
