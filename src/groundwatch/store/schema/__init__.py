"""Every table of the store; `migrations/` brings older databases here."""

from groundwatch.store.schema.alerts import (
    alerts,
    conversations,
    happenings,
    incident_alerts,
    incidents,
    outbox,
    rule_states,
    silences,
)
from groundwatch.store.schema.content import (
    changes,
    chunks,
    document_texts,
    documents,
    spare_vectors,
    vectors,
)
from groundwatch.store.schema.declared import metadata
from groundwatch.store.schema.experiments import experiment_looks, experiments, exposures
from groundwatch.store.schema.findings import findings
from groundwatch.store.schema.people import api_keys, feedback, interactions, login_links, sessions
from groundwatch.store.schema.permissions import access_entries, access_lists, permissions
from groundwatch.store.schema.rollups import folded_hours, rollup_series, rollups
from groundwatch.store.schema.work import (
    job_tasks,
    jobs,
    leases,
    ledger,
    stored_values,
    tracking,
    uploads,
)

__all__ = [
    "access_entries",
    "access_lists",
    "alerts",
    "api_keys",
    "changes",
    "chunks",
    "conversations",
    "document_texts",
    "documents",
    "experiment_looks",
    "experiments",
    "exposures",
    "feedback",
    "findings",
    "folded_hours",
    "happenings",
    "incident_alerts",
    "incidents",
    "interactions",
    "job_tasks",
    "jobs",
    "leases",
    "ledger",
    "login_links",
    "metadata",
    "outbox",
    "permissions",
    "rollup_series",
    "rollups",
    "rule_states",
    "sessions",
    "silences",
    "spare_vectors",
    "stored_values",
    "tracking",
    "uploads",
    "vectors",
]
