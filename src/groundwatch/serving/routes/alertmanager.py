"""`/api/v2`: Alertmanager's API, so that Prometheus and amtool can use us as their Alertmanager."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

import groundwatch
from groundwatch.alerting.matchers import parse_all
from groundwatch.alerting.patterns import compiled
from groundwatch.serving import alertmanager
from groundwatch.serving.bodies.alerts import PostableAlertBody, SilenceWantedBody
from groundwatch.serving.bodies.body import ForeignBody
from groundwatch.serving.routes.dependencies import MayAlert, MayWatch, TheDesk


class AlertsWanted(ForeignBody):
    """Which alerts are wanted."""

    filter: tuple[str, ...] = Field(default=(), max_length=50)
    receiver: str = Field(default="", max_length=1000)
    active: bool = True
    silenced: bool = True
    inhibited: bool = True
    unprocessed: bool = True


router = APIRouter(prefix="/api/v2", tags=["alertmanager"])


@router.post("/alerts")
def post(alerts: list[PostableAlertBody], _identity: MayAlert, desk: TheDesk) -> dict[str, Any]:
    """Take alerts in; durable when this answers."""
    desk.post([alertmanager.posted(each) for each in alerts])
    return {}


@router.get("/alerts")
def alerts(
    wanted: Annotated[AlertsWanted, Query()], _identity: MayWatch, desk: TheDesk
) -> list[dict[str, Any]]:
    """List alerts that fire."""
    conditions = parse_all(wanted.filter)
    pattern = compiled(wanted.receiver) if wanted.receiver else None
    return [
        alertmanager.gettable(seen)
        for seen in desk.seen()
        if alertmanager.is_wanted(
            seen,
            conditions,
            active=wanted.active,
            silenced=wanted.silenced,
            inhibited=wanted.inhibited,
        )
        and (pattern is None or any(pattern.fullmatch(name) for name in seen.receivers))
    ]


@router.get("/alerts/groups")
def groups(_identity: MayWatch, desk: TheDesk) -> list[dict[str, Any]]:
    """List alerts that fire, by receiver and group."""
    return alertmanager.groups(desk.seen())


@router.get("/silences")
def silences(
    _identity: MayWatch,
    desk: TheDesk,
    filters: Annotated[list[str], Query(alias="filter")] = [],  # noqa: B006  FastAPI copies it
) -> list[dict[str, Any]]:
    """List silences; with filters those that have these matchers."""
    wanted = {str(each) for each in parse_all(filters)}
    return [
        alertmanager.silence(each, desk.now)
        for each in desk.silences()
        if wanted <= {str(condition) for condition in each.conditions}
    ]


@router.post("/silences")
def put_silence(wanted: SilenceWantedBody, identity: MayAlert, desk: TheDesk) -> dict[str, str]:
    """Make a silence, or change the one with the id."""
    made = desk.put_silence(alertmanager.silence_of(wanted, identity.user, desk.now))
    return {"silenceID": made.id}


@router.get("/silence/{silence_id}")
def silence(silence_id: str, _identity: MayWatch, desk: TheDesk) -> dict[str, Any]:
    """Show a silence."""
    return alertmanager.silence(desk.silence(silence_id), desk.now)


@router.delete("/silence/{silence_id}")
def expire(silence_id: str, _identity: MayAlert, desk: TheDesk) -> dict[str, Any]:
    """End a silence now."""
    desk.expire(silence_id)
    return {}


@router.get("/receivers")
def receivers(_identity: MayWatch, desk: TheDesk) -> list[dict[str, str]]:
    """List the names of receivers."""
    return [{"name": name} for name in desk.plan().receivers]


@router.get("/status")
def status(_identity: MayWatch, desk: TheDesk) -> dict[str, Any]:
    """Say what this is; there is no cluster of ours to tell of."""
    return {
        "cluster": {"status": "disabled", "peers": []},
        "versionInfo": {
            "version": groundwatch.__version__,
            "branch": "", "buildDate": "", "buildUser": "", "goVersion": "", "revision": "",
        },
        "config": {"original": desk.plan().settings.model_dump_json(by_alias=True)},
        "uptime": _iso(desk.now),
    }  # fmt: skip


def _iso(at: datetime) -> str:
    return at.isoformat()
