"""Whose telemetry it is."""

from dataclasses import dataclass

from groundwatch.telemetry.otlp.values import Attributes, as_text

UNKNOWN = "unknown"
OWN_NAME = "groundwatch"
EXTERNAL = "external-"
"""Put before our own name where somebody else uses it."""
RECORDED_BY = "recorded_by"
"""The attribute of an interaction that names who handed it in."""
SENDER = "groundwatch.sender"
"""The attribute of a span's resource that names whose key it was sent with."""
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Sender:
    """What the request says of who sent it.

    Attributes:
        project: wins over what the resource says; empty when not said.
        fallback: the application when nobody says.
        user: whose key it was sent with.
    """

    project: str = ""
    fallback: str = ""
    user: str = ""

    def application(self, resource: Attributes) -> str:
        """The application of a resource's spans."""
        service = as_text(resource.get("service.name"))
        named = (
            self.project,
            as_text(resource.get("openinference.project.name")),
            as_text(resource.get("ai.observability.app_name")),
            "" if service.startswith("unknown_service") else service,
            self.fallback,
        )
        name = next((clean for name in named if (clean := _clean(name))), UNKNOWN)
        return f"{EXTERNAL}{name}" if name.lower() == OWN_NAME else name


def _clean(name: str) -> str:
    return "".join(each for each in name if each.isprintable()).strip()[:_LONGEST]
