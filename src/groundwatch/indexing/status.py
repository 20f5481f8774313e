"""How the sources are doing, as far as the asker may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.domain.access import AccessList, AccessReason, Identity
from groundwatch.domain.clock import Clock
from groundwatch.domain.sources import SourceChange, SourceFailure, SourceRemark, SourceStatus
from groundwatch.domain.status import Status
from groundwatch.errors import NotFound
from groundwatch.store import documents, ledger, permissions
from groundwatch.store.database import Database
from groundwatch.store.ledger import LedgerItem, State, Tracked

RECENT = timedelta(hours=1)
SHOWN = 50
SOME = 500
"""Failures looked at; more are mended in several steps."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What the configuration says of a source."""

    name: str
    kind: str
    location: str


@dataclass(frozen=True, slots=True)
class Health:
    """What the worker says of a source.

    Attributes:
        error: why it cannot be read now.
        unlisted: folders in it that cannot be listed, and why.
        is_deaf: the system tells it of no changes; comparing finds them.
    """

    last_scan_at: datetime | None = None
    error: str = ""
    unlisted: tuple[tuple[str, str], ...] = ()
    is_deaf: bool = False


def judge(health: Health | None, lag: float | None, failed: int) -> tuple[Status, str]:
    """How well a source is, and why in one sentence."""
    if health is None:
        return Status.UNKNOWN, "The worker does not answer."
    if health.error:
        return Status.DEGRADED, health.error
    if health.last_scan_at is None:
        return Status.UNKNOWN, "It was not compared with the ledger yet."
    warning = _warning(health, lag, failed)
    return (Status.WARNING, warning) if warning else (Status.HEALTHY, "Everything is indexed.")


def _warning(health: Health, lag: float | None, failed: int) -> str:
    if lag is not None and lag > 60.0:
        return f"The oldest change has waited for {lag:.0f} s."
    if health.unlisted:
        return f"{_count(len(health.unlisted), 'folder')} cannot be listed."
    if failed:
        return f"{_count(failed, 'document')} could not be indexed."
    if health.is_deaf:
        return "The system gives no notice of changes; comparing finds them some minutes later."
    return ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


class SourceBook:
    """Shows sources; paths and counts only of documents the asker may read.

    Those who may `index:manage` see paths, queue and times of all: they must mend what failed.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def overview(
        self,
        identity: Identity,
        infos: Sequence[SourceInfo],
        healths: Mapping[str, Health],
    ) -> list[SourceStatus]:
        """One status a source, with failures and without recent changes."""
        with self._database.read() as connection:
            return [
                self._status(connection, identity, info, healths.get(info.name), whole=False)
                for info in infos
            ]

    def get(self, identity: Identity, info: SourceInfo, health: Health | None) -> SourceStatus:
        """One source with failures and recent changes."""
        with self._database.read() as connection:
            return self._status(connection, identity, info, health, whole=True)

    def retry(self, identity: Identity, info: SourceInfo, paths: Sequence[str] | None) -> int:
        """Try failed and quarantined documents again that the asker may read; returns how many."""
        with self._database.write() as connection:
            failed = _visible(
                connection, identity, ledger.problems(connection, info.name, limit=SOME)
            )
            wanted = [item.path for item in failed if paths is None or item.path in paths]
            return ledger.retry(connection, info.name, self._clock(), paths=wanted)

    def _status(
        self,
        c: Connection,
        identity: Identity,
        info: SourceInfo,
        health: Health | None,
        *,
        whole: bool,
    ) -> SourceStatus:
        now = self._clock()
        manages = identity.may("index:manage")
        problems = _visible(c, identity, ledger.problems(c, info.name, limit=SOME))
        partial = _visible(c, identity, ledger.partial(c, info.name, limit=SOME))
        waiting = ledger.counts(c, info.name).waiting if manages else 0
        recent = _visible_changes(c, identity, ledger.recent(c, info.name, limit=SHOWN))
        statistics = ledger.statistics(c, info.name, now - RECENT, now)
        lag = _lag(c, info.name, now) if manages else None
        status, reason = judge(_known_to(manages, health), lag, len(problems))
        return SourceStatus(
            name=info.name,
            kind=info.kind,
            status=status,
            reason=reason,
            documents=documents.count(
                c, principals=None if manages else identity.principals, source=info.name
            ),
            pending=waiting,
            failed=len(problems),
            processed=statistics.processed if manages else len(recent),
            location=info.location if manages else "",
            last_change_at=max((change.finished_at for change in recent), default=None),
            last_scan_at=health.last_scan_at if health else None,
            lag_seconds=lag,
            average_seconds=statistics.average_seconds if manages else _average(recent),
            estimated_completion=statistics.completed_at if waiting else None,
            failures=tuple(map(_failure, problems[:SHOWN])),
            changes=tuple(map(_change, recent)) if whole else (),
            remarks=_remarks(health if manages else None, partial),
        )


def find(infos: Sequence[SourceInfo], name: str) -> SourceInfo:
    """The source of that name.

    Raises:
        NotFound: there is none.
    """
    for info in infos:
        if info.name == name:
            return info
    raise NotFound("there is no such source")


def _visible(c: Connection, identity: Identity, items: list[LedgerItem]) -> list[LedgerItem]:
    allowed = _allowed(c, identity, [item.document_id for item in items])
    return [item for item in items if item.document_id in allowed]


def _visible_changes(c: Connection, identity: Identity, runs: list[Tracked]) -> list[Tracked]:
    allowed = _allowed(c, identity, [run.document_id for run in runs])
    return [run for run in runs if run.document_id in allowed]


def _allowed(c: Connection, identity: Identity, ids: list[str]) -> set[str]:
    if identity.may("index:manage"):
        return set(ids)
    known = permissions.effective(c, ids)
    return {
        each
        for each in ids
        if known.get(each, AccessList()).decide(identity.principals) is AccessReason.ALLOWED
    }


def _average(runs: Sequence[Tracked]) -> float | None:
    seconds = [(run.finished_at - run.started_at).total_seconds() for run in runs]
    return sum(seconds) / len(seconds) if seconds else None


def _known_to(manages: bool, health: Health | None) -> Health | None:
    """Where a source is and what its folders are called is for those who manage it."""
    if manages or health is None:
        return health
    error = "It cannot be read now; what was indexed stays." if health.error else ""
    return replace(health, error=error, unlisted=())


def _remarks(health: Health | None, partial: Sequence[LedgerItem]) -> tuple[SourceRemark, ...]:
    unlisted = [
        SourceRemark(f"{path}/", f"Cannot be listed: {reason}. What was indexed of it stays.")
        for path, reason in (health.unlisted if health else ())
    ]
    found = [*unlisted, *(SourceRemark(item.path, item.error) for item in partial)]
    return tuple(found[:SHOWN])


def _lag(c: Connection, source: str, now: datetime) -> float | None:
    oldest = ledger.oldest_waiting(c, source)
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())


def _failure(item: LedgerItem) -> SourceFailure:
    return SourceFailure(
        path=item.path,
        stage=item.stage,
        reason=item.reason,
        error=item.error,
        attempts=item.attempts,
        failed_at=item.finished_at or item.queued_at,
        retry_at=item.due_at if item.state is State.READY else None,
    )


def _change(run: Tracked) -> SourceChange:
    return SourceChange(
        path=run.path,
        event=run.event.value,
        state=run.state.value,
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        timings=tuple(run.timings.items()),
        error=run.error,
    )
