"""The pages there are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from groundwatch.domain.access import Identity

WATCH = "watch:read"


@dataclass(frozen=True, slots=True)
class Place:
    """A page: where it is, how it is called, and who may open it.

    Attributes:
        key: pressed after `g`, leads there.
    """

    path: str
    name: str
    group: str
    icon: str
    permission: str
    key: str

    @property
    def is_watch(self) -> bool:
        """Whether it takes over the span and the filters of another page."""
        return self.permission == WATCH


ASK = Place("/", "Ask", "", "ask", "answers:ask", "a")
OVERVIEW = Place("/overview", "Overview", "Watch", "overview", WATCH, "o")
INTERACTIONS = Place("/interactions", "Interactions", "Watch", "interactions", WATCH, "i")
QUALITY = Place("/quality", "Quality", "Watch", "quality", WATCH, "q")
PERFORMANCE = Place("/performance", "Performance", "Watch", "performance", WATCH, "p")
USAGE = Place("/usage", "Usage", "Watch", "usage", WATCH, "u")
COST = Place("/cost", "Cost", "Watch", "cost", WATCH, "c")
APPLICATIONS = Place("/applications", "Applications", "Watch", "applications", WATCH, "l")
METRICS = Place("/explore", "Metrics", "Watch", "metrics", WATCH, "m")
ALERTS = Place("/alerts", "Alerts", "Alarm", "alerts", WATCH, "e")
RULES = Place("/alerts/rules", "Rules", "Alarm", "alerts", WATCH, "")
ROUTES = Place("/alerts/routes", "Routes", "Alarm", "alerts", WATCH, "")
RUNBOOKS = Place("/alerts/runbooks", "Runbook", "Alarm", "alerts", WATCH, "")
ANOMALIES = Place("/anomalies", "Anomalies", "Alarm", "anomalies", WATCH, "n")
LEVELS = Place("/service-levels", "Service levels", "Alarm", "levels", WATCH, "v")
FORECAST = Place("/forecast", "Forecast", "Alarm", "forecast", WATCH, "f")
EXPERIMENTS = Place("/experiments", "Experiments", "Alarm", "experiments", WATCH, "x")
REPORTS = Place("/reports", "Reports", "Alarm", "reports", WATCH, "r")
EXECUTIVE = Place("/executive", "Executive", "Alarm", "executive", WATCH, "d")
SOURCES = Place("/sources", "Sources", "Knowledge", "sources", "sources:read", "s")
HEALTH = Place("/health", "Health", "System", "health", WATCH, "h")
SETTINGS = Place("/settings", "Settings", "System", "settings", WATCH, "t")
PLACES = (
    ASK,
    OVERVIEW,
    INTERACTIONS,
    QUALITY,
    PERFORMANCE,
    USAGE,
    COST,
    APPLICATIONS,
    METRICS,
    ALERTS,
    ANOMALIES,
    LEVELS,
    FORECAST,
    EXPERIMENTS,
    REPORTS,
    EXECUTIVE,
    SOURCES,
    HEALTH,
    SETTINGS,
)


def interactions_of(parameter: str, value: str) -> str:
    """The list of interactions, narrowed by one value."""
    return f"{INTERACTIONS.path}?{urlencode({parameter: value})}"


def open_to(identity: Identity) -> tuple[Place, ...]:
    """The pages that somebody may open, in the order of the rail."""
    return tuple(place for place in PLACES if identity.may(place.permission))
