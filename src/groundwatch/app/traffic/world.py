"""The made-up applications: their models, people and rhythm."""

from dataclasses import dataclass
from datetime import timedelta

from groundwatch.app.traffic.topics import CONTRACTS, INTERNAL, SUPPORT, Topic


@dataclass(frozen=True, slots=True)
class Model:
    """A language model.

    Attributes:
        seconds: median time of an answer; `spread` is sigma of its logarithm.
        input_price, output_price: US dollars for a million tokens.
        skill: added to the quality of a topic.
    """

    name: str
    share: float
    seconds: float
    spread: float
    input_price: float
    output_price: float
    skill: float


@dataclass(frozen=True, slots=True)
class Application:
    """One application.

    Attributes:
        daily: questions on a working day.
        weekend: the share of that on a Saturday or Sunday.
        hours: the weight of each hour of the day, UTC.
        person: what its people are called, with a number behind.
        failing: the share of questions that fail on a good day.
        prompt_version: the present one; `prompt_before` until it was changed.
    """

    name: str
    daily: float
    weekend: float
    hours: tuple[float, ...]
    models: tuple[Model, ...]
    topics: tuple[Topic, ...]
    groups: tuple[str, ...]
    person: str
    people: int
    endpoints: tuple[str, ...]
    failing: float
    prompt_version: str
    prompt_before: str


_NIGHT = (0.1, 0.1, 0.1, 0.1, 0.1, 0.3)
_OFFICE = (*_NIGHT, 1, 3, 6, 8, 8, 6, 5, 7, 8, 7, 5, 3, 1.5, 1, 0.8, 0.5, 0.3, 0.1)
_CUSTOMERS = (1, 0.6, 0.4, 0.4, 0.5, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 7, 8, 9, 9, 8, 6, 4, 3, 2)
EXTRACTIVE = Model("extractive", 1.0, 0.09, 0.35, 0.0, 0.0, 0.03)
SMALL = Model("gpt-4.1-mini", 0.7, 0.95, 0.42, 0.40, 1.60, 0.0)
LARGE = Model("gpt-4.1", 0.3, 1.45, 0.38, 2.0, 8.0, 0.01)
CAREFUL = Model("mistral-large", 1.0, 3.1, 0.4, 2.0, 6.0, 0.02)

TRACING = frozenset({"support-bot", "contract-review"})
"""Applications that send traces."""

APPLICATIONS = (
    Application(
        "groundwatch", 420, 0.12, _OFFICE, (EXTRACTIVE,), INTERNAL,
        ("hr", "finance", "engineering", "legal"), "colleague", 320, ("page", "api", "mcp"), 0.003,
        "", "",
    ),
    Application(
        "support-bot", 640, 0.8, _CUSTOMERS, (SMALL, LARGE), SUPPORT,
        ("guests", "harbour-offices"), "guest", 1200, ("chat", "widget"), 0.006,
        "support-7", "support-6",
    ),
    Application(
        "contract-review", 70, 0.03, _OFFICE, (CAREFUL,), CONTRACTS,
        ("legal",), "counsel", 14, ("api",), 0.005,
        "review-3", "review-3",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Incident:
    """A bad hour of one model: slower and failing.

    Attributes:
        ago: how long before the present it began.
    """

    model: str
    ago: timedelta
    length: timedelta
    slower: float
    failing: float


INCIDENT = Incident("gpt-4.1", timedelta(hours=3, minutes=20), timedelta(hours=2), 2.6, 0.16)
"""It begins with a deploy, so that pages can show what came of it."""
