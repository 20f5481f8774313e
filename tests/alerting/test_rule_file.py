"""A rule put into the policy file: everything else stays, or nothing is changed."""

from pathlib import Path

import pytest
from tests.alerting.test_rules import rule

from groundwatch.alerting import rule_file
from groundwatch.alerting.plan import plan, policy_of
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.errors import ConfigInvalid, Conflict, NotFound, Unusable

POLICY = """\
# Who is told of what.
route:
  receiver: team   # everybody
receivers:
  - {name: team, channels: [hook]}
rules:
  # the first of all
  - name: slow
    metric: latency
    operator: gt
    threshold: 3   # seconds
  - {name: other, metric: cost, of: sum, operator: gt, threshold: 1}
"""


def fits(policy: AlertPolicySettings) -> None:
    plan(policy, ("hook",))


def test_a_rule_of_the_name_is_replaced_and_comments_stay(tmp_path: Path):
    path = tmp_path / "alerting.yaml"
    path.write_text(POLICY)
    path.chmod(0o640)
    assert rule_file.put(path, rule(threshold=7, window="10m"), fits) is True
    text = path.read_text()
    for comment in ("# Who is told of what.", "# everybody", "# the first of all"):
        assert comment in text
    slow, other = policy_of(text).rules
    assert (slow, other.name) == (rule(threshold=7, window="10m"), "other")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["alerting.yaml"]


@pytest.mark.parametrize("text", ["", POLICY, "route: {receiver: team}\nreceivers: [{name: team}]"])
def test_a_new_rule_is_added(tmp_path: Path, text: str):
    path = tmp_path / "alerting.yaml"
    path.write_text(text)
    before = policy_of(text)
    assert rule_file.put(path, rule(name="new", **{"for": "90s"}), fits) is False
    after = policy_of(path.read_text())
    assert after.rules == (*before.rules, rule(name="new", **{"for": "90s"}))
    assert after.route == before.route


def test_without_a_file_one_is_made(tmp_path: Path):
    assert rule_file.put(tmp_path / "new.yaml", rule(), fits) is False
    assert policy_of((tmp_path / "new.yaml").read_text()).rules == (rule(),)


def test_what_does_not_fit_changes_nothing(tmp_path: Path):
    path = tmp_path / "alerting.yaml"
    for text in ("route: [", POLICY.replace("[hook]", "[ghost]")):
        path.write_text(text)
        with pytest.raises(ConfigInvalid):
            rule_file.put(path, rule(), fits)
        assert path.read_text() == text


def test_a_change_by_somebody_else_is_not_overwritten(tmp_path: Path):
    path = tmp_path / "alerting.yaml"
    path.write_text(POLICY)

    def meanwhile(policy: AlertPolicySettings) -> None:
        path.write_text(POLICY + "# newer\n")

    with pytest.raises(Conflict, match="changed meanwhile"):
        rule_file.put(path, rule(), meanwhile)
    assert path.read_text().endswith("# newer\n")


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path):
    with pytest.raises(Unusable, match="paste the rule"):
        rule_file.put(tmp_path / "no" / "such" / "alerting.yaml", rule(), fits)


def test_a_rule_reads_as_it_was_written():
    one = rule(split_by="model", **{"for": "5m"}, message="a: {value}", severity="high")
    text = rule_file.written(one)
    assert policy_of("rules:\n" + text).rules == (one,)
    assert "window" not in text, "what is usual is left out"


COMMENTED = """\
rules:
  # about answers
  - name: slow
    metric: latency
    operator: gt
    threshold: 3   # seconds

  # about money, said by finance
  - {name: dear, metric: cost, of: sum, operator: gt, threshold: 1}  # USD
  # about errors
  - name: broken
    metric: errors
    operator: gt
    threshold: 1
# who is told
route: {receiver: team}
receivers: [{name: team, channels: [hook]}]
"""


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("slow", COMMENTED.splitlines(keepends=True)[2:6]),
        ("dear", COMMENTED.splitlines(keepends=True)[8:9]),
        ("broken", COMMENTED.splitlines(keepends=True)[10:14]),
    ],
)
def test_a_rule_is_taken_out_and_every_other_line_stays(tmp_path: Path, name: str, gone: list[str]):
    path = tmp_path / "alerting.yaml"
    path.write_text(COMMENTED)
    rule_file.remove(path, name, fits)
    assert path.read_text() == COMMENTED.replace("".join(gone), "")
    before, after = policy_of(COMMENTED), policy_of(path.read_text())
    assert after.rules == tuple(each for each in before.rules if each.name != name)
    assert after.route == before.route


@pytest.mark.parametrize("name", ["slow", "dear", "broken"])
def test_a_rule_is_replaced_and_every_other_line_stays(tmp_path: Path, name: str):
    path = tmp_path / "alerting.yaml"
    path.write_text(COMMENTED)
    rule_file.put(path, rule(name=name, threshold=9), fits)
    changed = path.read_text()
    comments = [line for line in COMMENTED.splitlines() if line.strip().startswith("#")]
    assert [line for line in changed.splitlines() if line.strip().startswith("#")] == comments
    assert rule(name=name, threshold=9) in policy_of(changed).rules
    assert len(policy_of(changed).rules) == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rules: [{name: slow, metric: latency, operator: gt, threshold: 3}]", []),
        ("# all\nrules:\n  # one\n  - name: slow\n    metric: latency\n    operator: gt\n"
         "    threshold: 3\nresolve_timeout: 6m\n", []),
        ("rules: [{name: slow, metric: latency, operator: gt, threshold: 3},\n"
         "  {name: dear, metric: cost, of: sum, operator: gt, threshold: 1}]", ["dear"]),
    ],
)  # fmt: skip
def test_rules_of_any_spelling_are_taken_out(tmp_path: Path, text: str, names: list[str]):
    path = tmp_path / "alerting.yaml"
    path.write_text(text)
    rule_file.remove(path, "slow", fits)
    after = policy_of(path.read_text())
    assert [each.name for each in after.rules] == names
    assert after.resolve_timeout == policy_of(text).resolve_timeout
    assert path.read_text().count("#") == text.count("#")


def test_what_is_not_there_cannot_be_taken_out(tmp_path: Path):
    path = tmp_path / "alerting.yaml"
    path.write_text(COMMENTED)
    with pytest.raises(NotFound, match="no rule 'ghost' in"):
        rule_file.remove(path, "ghost", fits)
    assert path.read_text() == COMMENTED
