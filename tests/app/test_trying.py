"""An experiment on a running server: configured, dealt, recorded and stopped."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundwatch.analytics.assignment import assign
from groundwatch.analytics.experiments_settings import ExperimentSettings, VariantSettings
from groundwatch.domain.interactions import EXPERIMENT, Interaction
from tests.app.deployment import PATIENCE, USERS, Deployment
from tests.waiting import until

pytestmark = pytest.mark.integration
QUESTION = "How many days is parental leave?"
FEW: dict[str, Any] = {
    "variants": {
        "usual": {"share": 0.5},
        "one": {"share": 0.5, "retrieval": {"passages": 1}},
    },
    "control": "usual",
    "salt": "2",
}
SETTINGS = ExperimentSettings.model_validate(FEW)
DEALT = {user: assign("few", SETTINGS, user).variant for user in USERS}
Asked = Callable[[], dict[str, Interaction]]


@pytest.fixture
def asked(company: Deployment) -> Iterator[Asked]:
    """Lets everybody ask once, and reads what was recorded of it."""
    assert set(DEALT.values()) == {"usual", "one"}, "another salt is needed"

    def ask() -> dict[str, Interaction]:
        ids = {}
        for user in USERS:
            reply = company.question(user, QUESTION)
            assert reply.status_code == 200
            ids[reply.json()["id"]] = user
        found: dict[str, Interaction] = {}

        def is_there() -> bool:
            kept = {each.id: each for each in company.interactions("/v1/answers")}
            found.update({user: kept[id_] for id_, user in ids.items() if id_ in kept})
            return len(found) == len(ids)

        until(is_there)
        return found

    yield ask
    company.configure(experiments=None)
    until(lambda: state(company) != "running")


def state(company: Deployment) -> str:
    found = company.ask("ada", "GET", "/v1/experiments").json()["experiments"]
    return "".join(each["state"] for each in found if each["name"] == "few")


def marks(found: dict[str, Interaction]) -> dict[str, str]:
    return {user: one.attributes.get(f"{EXPERIMENT}few", "") for user, one in found.items()}


def test_an_experiment_is_dealt_recorded_and_stopped_while_running(
    company: Deployment, asked: Asked
) -> None:
    company.configure(experiments={"few": FEW})
    until(lambda: state(company) == "running")
    answered: dict[str, Interaction] = {}

    def is_dealt() -> bool:
        answered.update(asked())
        return all(marks(answered).values())

    until(is_dealt)
    assert marks(answered) == DEALT
    for user, one in answered.items():
        assert len(one.passages) == 1 if DEALT[user] == "one" else len(one.passages) > 1

    path = "/v1/experiments/few/stop"
    assert company.ask("bob", "POST", path, json={"reason": "x"}).status_code == 403
    assert company.ask("ada", "POST", path, json={"reason": "risky"}).status_code == 200
    until(lambda: not any(marks(asked()).values()))
    assert state(company) == "stopped"
    assert company.cli("experiment", "decide", "few", "usual", "--reason", "risky").stdout
    assert state(company) == "concluded"


STRICT: dict[str, Any] = {
    "unit": "session",
    "variants": {
        "usual": {"share": 0.5},
        "strict": {"share": 0.5, "answers": {"threshold": 1.0}},
    },
    "control": "usual",
    "guardrails": {"declined": 0.0},
    "fewest": 32,
    "planned": 100,
}
ASKED = STRICT["fewest"]
"""Sessions of each variant: nothing is decided before the last of them was answered."""
HELD = ExperimentSettings.model_validate(STRICT)
SESSIONS = {
    variant: [
        name for n in range(400) if assign("strict", HELD, name := f"s{n}").variant == variant
    ]
    for variant in HELD.variants
}


def test_harm_is_stopped_by_the_watch_itself_and_stays_stopped(company: Deployment) -> None:
    """Nobody stops it: the watch is killed, comes back, sees the harm; then all starts anew."""

    def seen() -> dict[str, Any]:
        found = company.ask("ada", "GET", "/v1/experiments").json()["experiments"]
        return next((each for each in found if each["name"] == "strict"), {"state": ""})

    def asked(session: str) -> Any:
        return company.question("ada", QUESTION, session=session).json()

    company.configure(experiments={"strict": STRICT})
    until(lambda: seen()["state"] == "running", PATIENCE)
    until(lambda: asked(SESSIONS["strict"][0])["outcome"] == "declined", PATIENCE)
    for usual, strict in zip(SESSIONS["usual"][:ASKED], SESSIONS["strict"][:ASKED], strict=True):
        assert asked(usual)["outcome"] == "answered"
        assert asked(strict)["outcome"] == "declined"
    mark = f"{EXPERIMENT}strict"
    until(
        lambda: (
            len(
                {
                    one.session
                    for one in company.interactions("/v1/answers")
                    if mark in one.attributes
                }
            )
            == 2 * ASKED
        ),
        PATIENCE,
    )
    company.child("watch").kill()
    until(lambda: seen()["state"] == "stopped", PATIENCE)
    until(lambda: asked(SESSIONS["strict"][0])["outcome"] == "answered", PATIENCE)

    company.restart()
    assert asked(SESSIONS["strict"][1])["outcome"] == "answered"
    assert seen()["state"] == "stopped"
    acts = [each["act"] for each in seen()["records"]]
    assert acts == ["began", "dropped", "stopped"]
    assert "strict harms declined" in seen()["records"][1]["why"]
    incidents = "/v1/incidents"
    until(lambda: "experiment_harm" in company.ask("ada", "GET", incidents).text, PATIENCE)
    company.configure(experiments=None)


PLACES = ("usual", "beside")
BESIDE: dict[str, Any] = {"variants": {}, "control": "usual", "guardrails": {}}


def salted(name: str, **wanted: str) -> str:
    """A salt that deals these users these variants."""
    halves = {place: VariantSettings(share=0.5) for place in PLACES}
    for number in range(100):
        tried = ExperimentSettings(variants=halves, control="usual", salt=str(number))
        if all(assign(name, tried, user).variant == place for user, place in wanted.items()):
            return tried.salt
    raise AssertionError("no salt deals them so")


def test_a_variant_asks_the_index_of_another_installation(
    company: Deployment, deploy: Callable[..., Deployment]
) -> None:
    """It has another embedder, here none, and documents as they were before."""
    other = deploy("beside", settings={"embedder": {"kind": "none"}})
    other.save("leave.md", "# Parental leave\n\nParental leave lasts 390 days for each child.\n")
    other.settings["sources"][0]["permissions"] = [{"path": "**", "allow": ["everyone"]}]
    other.configure()
    other.start()
    variants = {
        "usual": {"share": 0.5},
        "beside": {"share": 0.5, "installation": str(other.config_path)},
    }
    salt = salted("index", ada="usual", bob="beside")
    company.configure(experiments={"index": BESIDE | {"variants": variants, "salt": salt}})

    def told(user: str, question: str) -> dict[str, Any]:
        found: dict[str, Any] = company.question(user, question).json()
        return found

    until(lambda: "390 days" in told("bob", QUESTION)["text"], PATIENCE)
    assert "480 days" in told("ada", QUESTION)["text"]
    salary = "What is the salary of the managing director?"
    assert "7,400" in told("ada", salary)["text"]
    assert other.finds("bob", "7,400"), "the other installation would let bob read it"
    assert "7,400" not in str(told("bob", salary))
    marked = f"{EXPERIMENT}index"

    def answered() -> set[tuple[str, str]]:
        found = company.interactions("/v1/answers")
        return {(each.user, each.attributes[marked]) for each in found if marked in each.attributes}

    until(lambda: answered() >= {("ada", "usual"), ("bob", "beside")}, PATIENCE)
    company.configure(experiments=None)
    until(lambda: "480 days" in told("bob", QUESTION)["text"], PATIENCE)
