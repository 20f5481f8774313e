"""`/v1/incidents`, `/v1/silences`, `/v1/alerts`: what is wrong, who has it in hand, who is told."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from fastapi.responses import PlainTextResponse

from groundwatch.alerting.postmortem import postmortem
from groundwatch.alerting.previewing import preview
from groundwatch.alerting.rule_settings import rule_of
from groundwatch.errors import Unavailable
from groundwatch.serving import alertmanager
from groundwatch.serving.bodies.alerts import (
    AcknowledgeBody,
    CaseBody,
    CommentBody,
    ExplainedBody,
    ExplanationBody,
    HeardBody,
    IncidentBody,
    IncidentPageBody,
    LabelsBody,
    NoticeBody,
    NoticesBody,
    OwnerBody,
    PagerDutyBody,
    SilenceWantedBody,
    SnoozeBody,
)
from groundwatch.serving.bodies.rules import (
    PreviewBody,
    PreviewWantedBody,
    RemovedBody,
    RuleBody,
    RulesBody,
    RuleWantedBody,
    SavedBody,
)
from groundwatch.serving.routes.dependencies import MayAlert, MayWatch, TheDesk, TheServices

router = APIRouter(tags=["alerts"])


@router.get("/v1/incidents")
def incidents(
    _identity: MayWatch,
    desk: TheDesk,
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    resolved: bool | None = None,
    receiver: Annotated[str, Query(max_length=200)] = "",
) -> IncidentPageBody:
    """List incidents, newest first."""
    found = desk.page(after=after, limit=limit, resolved=resolved, receiver=receiver)
    return IncidentPageBody(
        incidents=tuple(IncidentBody.of(each, desk.now) for each in found),
        next=found[-1].id if len(found) == limit else None,
    )


@router.get("/v1/incidents/{incident_id}")
def incident(incident_id: str, _identity: MayWatch, desk: TheDesk) -> CaseBody:
    """Show an incident with its alerts, timeline and notices."""
    return CaseBody.of(desk.case(incident_id), desk.now)


@router.post("/v1/incidents/{incident_id}/acknowledge")
def acknowledge(
    incident_id: str, wanted: AcknowledgeBody, identity: MayAlert, desk: TheDesk
) -> IncidentBody:
    """Take an incident in hand; its escalation stops."""
    found = desk.acknowledge(incident_id, identity.user, note=wanted.note, seconds=wanted.seconds)
    return IncidentBody.of(found, desk.now)


@router.delete("/v1/incidents/{incident_id}/acknowledge")
def unacknowledge(incident_id: str, identity: MayAlert, desk: TheDesk) -> IncidentBody:
    """Give an incident back; its escalation begins anew."""
    return IncidentBody.of(desk.unacknowledge(incident_id, identity.user), desk.now)


@router.post("/v1/incidents/{incident_id}/snooze")
def snooze(incident_id: str, wanted: SnoozeBody, identity: MayAlert, desk: TheDesk) -> IncidentBody:
    """Tell nothing but the end and a rise in severity for a while."""
    return IncidentBody.of(desk.snooze(incident_id, identity.user, wanted.seconds), desk.now)


@router.post("/v1/incidents/{incident_id}/escalate")
def escalate(incident_id: str, identity: MayAlert, desk: TheDesk) -> IncidentBody:
    """Take the next escalation step now."""
    return IncidentBody.of(desk.escalate(incident_id, identity.user), desk.now)


@router.post("/v1/incidents/{incident_id}/resolve")
def resolve(incident_id: str, identity: MayAlert, desk: TheDesk) -> IncidentBody:
    """End the alerts of an incident; what still holds is raised again."""
    return IncidentBody.of(desk.resolve(incident_id, identity.user), desk.now)


@router.put("/v1/incidents/{incident_id}/owner")
def assign(incident_id: str, wanted: OwnerBody, identity: MayAlert, desk: TheDesk) -> IncidentBody:
    """Say whose an incident is."""
    return IncidentBody.of(desk.assign(incident_id, wanted.owner, identity.user), desk.now)


@router.post("/v1/incidents/{incident_id}/comments")
def comment(incident_id: str, wanted: CommentBody, identity: MayAlert, desk: TheDesk) -> CaseBody:
    """Add a line to the timeline."""
    desk.comment(incident_id, identity.user, wanted.text)
    return CaseBody.of(desk.case(incident_id), desk.now)


@router.get("/v1/incidents/{incident_id}/post-mortem", response_class=PlainTextResponse)
def export(incident_id: str, _identity: MayWatch, desk: TheDesk) -> PlainTextResponse:
    """Write an incident as Markdown, to be completed as its review."""
    text = postmortem(desk.case(incident_id), desk.now)
    return PlainTextResponse(text, media_type="text/markdown")


@router.get("/v1/silences")
def silences(_identity: MayWatch, desk: TheDesk) -> dict[str, Any]:
    """List silences in force, to come, or ended in the last five days."""
    return {"silences": [alertmanager.silence(each, desk.now) for each in desk.silences()]}


@router.post("/v1/silences", status_code=status.HTTP_201_CREATED)
def silence(wanted: SilenceWantedBody, identity: MayAlert, desk: TheDesk) -> dict[str, Any]:
    """Make a silence, or change the one with the id."""
    made = desk.put_silence(alertmanager.silence_of(wanted, identity.user, desk.now))
    return alertmanager.silence(made, desk.now)


@router.delete("/v1/silences/{silence_id}")
def expire(silence_id: str, _identity: MayAlert, desk: TheDesk) -> dict[str, Any]:
    """End a silence now."""
    return alertmanager.silence(desk.expire(silence_id), desk.now)


@router.get("/v1/rules")
def rules(_identity: MayWatch, desk: TheDesk) -> RulesBody:
    """List the rules that are evaluated, with the state of every series."""
    return RulesBody(rules=tuple(RuleBody.of(each) for each in desk.rules()))


@router.post("/v1/alerts/explain")
def explain(wanted: LabelsBody, _identity: MayWatch, desk: TheDesk) -> ExplanationBody:
    """Say what would happen to an alert with these labels; nothing happens."""
    found = desk.explain(wanted.labels)
    return ExplanationBody(routes=tuple(ExplainedBody.of(each) for each in found))


@router.get("/v1/alerts/notices")
def notices(
    _identity: MayWatch,
    desk: TheDesk,
    state: Annotated[str, Query(pattern="^(waiting|sent|dead|cancelled|)$")] = "",
    before: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> NoticesBody:
    """List what is or was to be delivered, newest first."""
    found = desk.notices(state=state, before=before, limit=limit)
    return NoticesBody(notices=tuple(NoticeBody.of(row) for row in found))


@router.post("/v1/alerts/notices/{notice_id}/resend", status_code=status.HTTP_202_ACCEPTED)
def resend(notice_id: int, _identity: MayAlert, desk: TheDesk) -> NoticesBody:
    """Deliver again what was laid aside."""
    desk.resend(notice_id)
    found = [row for row in desk.notices(before=notice_id + 1, limit=1) if row.id == notice_id]
    return NoticesBody(notices=tuple(NoticeBody.of(row) for row in found))


@router.post("/v1/alerts/pagerduty")
def pagerduty(told: PagerDutyBody, _identity: MayAlert, desk: TheDesk) -> HeardBody:
    """Hear from PagerDuty who has an incident in hand; its webhook sends a key in a header."""
    who = told.event.agent.summary if told.event.agent else ""
    outcome = desk.hear_pagerduty(told.event.event_type, told.event.data.incident_key, who)
    return HeardBody(outcome=outcome)


@router.post("/v1/rules/preview")
def try_rule(
    wanted: PreviewWantedBody, _identity: MayWatch, desk: TheDesk, services: TheServices
) -> PreviewBody:
    """Say when a rule would have fired in the past; nothing is kept or told."""
    if services.watch is None:
        raise Unavailable("nothing is watched here")
    since = desk.now - timedelta(hours=wanted.hours)
    found = preview(rule_of(wanted.rule), services.watch.events, since, desk.now)
    return PreviewBody.of(found)


@router.put("/v1/rules/{name}")
def save_rule(name: str, wanted: RuleWantedBody, identity: MayAlert, desk: TheDesk) -> SavedBody:
    """Save a rule in the policy file; it is evaluated within `alerting.evaluate_seconds`."""
    rule = rule_of({**wanted.rule, "name": name})
    replaced = desk.policy.put_rule(rule, identity.user)
    return SavedBody(name=rule.name, file=desk.policy.file(), replaced=replaced)


@router.delete("/v1/rules/{name}")
def remove_rule(name: str, identity: MayAlert, desk: TheDesk) -> RemovedBody:
    """Take a rule out of the policy file; its alerts end within `alerting.evaluate_seconds`."""
    follows = desk.policy.remove_rule(name, identity.user)
    return RemovedBody(name=name, file=desk.policy.file(), follows=follows)
