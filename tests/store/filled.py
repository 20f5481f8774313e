"""A store with something of everything in it."""

import json
from dataclasses import asdict
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from tests.store.samples import NOW, meta, put

from groundwatch.domain.access import AccessList
from groundwatch.domain.alerts import (
    Alert,
    Comparison,
    Condition,
    Happening,
    Incident,
    Silence,
)
from groundwatch.domain.answers import Outcome
from groundwatch.domain.documents import document_id
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage
from groundwatch.domain.jobs import Operation
from groundwatch.domain.status import Severity
from groundwatch.store import (
    documents,
    experiments,
    findings,
    jobs,
    keys,
    ledger,
    permissions,
    uploads,
    values,
    vectors,
)
from groundwatch.store.alerts import incidents, outbox, posted, silences
from groundwatch.store.columns import microseconds
from groundwatch.store.database import Database
from groundwatch.store.events import rollup_rows
from groundwatch.store.events.tally import Series, Sums
from groundwatch.store.experiments import ExposureRow, RunRow
from groundwatch.store.findings import FindingRow
from groundwatch.store.jobs import NewTask
from groundwatch.store.keys import ApiKey
from groundwatch.store.ledger import Event, Failure, Seen
from groundwatch.store.schema import feedback, interactions, rule_states

TEXT = "Ein Text mit ümlauts, \u202erechts\u202c und 'Quotes'; zwei\nZeilen."
WEEK = timedelta(days=7)
HR = AccessList(frozenset({"group:hr", "user:anna"}), frozenset({"user:eve"}))


def fill(database: Database) -> None:
    """Write to every table."""
    with database.write() as c:
        _fill_documents(c)
        _fill_work(c)
        _fill_people(c)
        _fill_rollups(c)
        _fill_alerts(c)
        _fill_experiments(c)


def _fill_documents(c: Connection) -> None:
    for number in range(5):
        ids = put(c, meta(f"hr/{number}.md"), TEXT)
        vectors.put(c, "minilm", {id_: bytes(range(id_, id_ + 16)) for id_ in ids})
    permissions.put_from_rules(c, meta("hr/0.md").id, HR)
    permissions.put_explicit(c, meta("hr/1.md").id, AccessList())
    documents.delete(c, meta("hr/4.md").id, 2, spare_at=NOW)


def _fill_work(c: Connection) -> None:
    upload = uploads.put(c, "uploads", "anna/a.md", b"\0\1\2", tags=["x"], user="anna", now=NOW)
    uploads.put(c, "uploads", "anna/empty.md", b"", tags=[], user="anna", now=NOW)
    versions = ledger.enqueue(c, "uploads", [(upload.path, Event.CHANGED)], NOW)
    events = [(path, Event.CHANGED) for path in ("a", "b", "c")]
    ledger.enqueue(c, "files", events, NOW + timedelta(seconds=1))
    first, second, *_ = ledger.claim(c, "w", NOW + timedelta(seconds=2), lease_seconds=9, limit=3)
    ledger.finish(c, first, NOW, seen=Seen("h", 1, 2, "acl"), timings={"parse": 0.25})
    ledger.quarantine(c, second, NOW, failure=Failure("parse", "corrupt", "no"), seen=Seen())
    id_ = document_id("uploads", upload.path)
    task = NewTask("uploads", upload.path, id_, Operation.PUT, versions[upload.path])
    jobs.create(c, "job1", "anna", NOW, [task])
    values.put(c, "position", "7")
    values.acquire(c, "scan", "w", NOW, seconds=5)


def _fill_people(c: Connection) -> None:
    end = NOW + timedelta(days=1)
    keys.create_key(c, ApiKey("k1", "anna", "laptop", "gwk_abc", ("a:b",), NOW), "hash1")
    keys.create_key(c, ApiKey("k2", "bob", "", "gwk_def", None, NOW, end), "hash2")
    keys.create_link(c, "hash3", "anna", now=NOW, expires_at=end)
    keys.create_session(c, "hash4", "anna", now=NOW, expires_at=end)
    passages = (RetrievedPassage(1, TEXT, "d1", 1, cited=True),)
    answered = (Outcome.ANSWERED, Severity.INFO)
    one = Interaction("i1", "groundwatch", NOW, 0.5, *answered, "Wer?", "Ich.", passages=passages)
    put_as_earlier(c, one, Feedback("i1", "anna", NOW, thumb=1, comment="gut"))


def _fill_rollups(c: Connection) -> None:
    at = microseconds(NOW) // 3_600_000_000
    sums = {Series("latency", "", "", "groundwatch"): Sums(2, 2, 0.75, {-30: 1, -17: 1})}
    rollup_rows.replace_hour(c, at // 24, at, sums)
    rollup_rows.finish_hours(c, at // 24, [(at, 3)])


def _fill_alerts(c: Connection) -> None:
    alert = Alert({"alertname": "high_latency", "severity": "medium"}, NOW, NOW + WEEK, NOW)
    posted.put(c, [alert])
    incident = Incident(
        "n1", "k1", "{}", "default", {"alertname": "high_latency"}, "high_latency", NOW, NOW
    )
    incidents.open_(c, [incident])
    member = {"incident_id": "n1", "fingerprint": alert.fingerprint, "told": "firing",
              "joined_at": NOW, "left_at": None}  # fmt: skip
    incidents.put_members(c, [member])
    incidents.note(c, [("n1", Happening(NOW, "opened", "high_latency"))])
    conditions = (Condition("alertname", Comparison.EQUAL, "x"),)
    silences.put(c, Silence("s1", conditions, NOW, NOW + WEEK, "anna", "upgrade", NOW))
    outbox.queue(c, [outbox.Queued("n1", "mail", 1, "firing", "{}", NOW)])
    state = {"rule": "high_latency", "series": "", "state": "firing", "since": NOW,
             "last_true": NOW, "value": 6.5, "evaluated_at": NOW}  # fmt: skip
    c.execute(sa.insert(rule_states), state)
    found = FindingRow("f1", NOW, None, NOW, "high", "performance", "latency", "demo", "{}")
    findings.put(c, [found])


def put_as_earlier(c: Connection, one: Interaction, given: Feedback) -> None:
    """Write what versions before the event store kept of an interaction."""
    body = asdict(one) | {"started_at": microseconds(one.started_at)}
    row = {column.name: getattr(one, column.name, None) for column in interactions.c}
    c.execute(sa.insert(interactions), row | {"body": json.dumps(body)})
    c.execute(sa.insert(feedback), asdict(given))


def _fill_experiments(c: Connection) -> None:
    experiments.add(c, RunRow("a", 1, NOW, None, NOW, ("x",), "{}", "{}", "[]"))
    experiments.add_look(c, "a", 1, NOW, "{}")
    experiments.expose(c, [ExposureRow("a", 1, "anna", "x", NOW)])
