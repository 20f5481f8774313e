"""Interactions as a file: those that the page lists, with what the reader may read of them."""

from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.withheld import may_read_texts
from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import variant_label, variants_of
from groundwatch.store.events import EventStore, Filter, Recorded

MOST = 5_000
_COLUMNS = (
    "id", "started_at", "application", "outcome", "status", "quality", "seconds", "model", "group",
    "endpoint", "input_tokens", "output_tokens", "cost", "error_type", "topic", "flags",
    "variants", "user", "question",
)  # fmt: skip


def taken_along(events: EventStore, wanted: Filter, identity: Identity) -> Table:
    """The newest that fit; without the permission, neither names nor questions."""
    rows = events.page(wanted, limit=MOST)
    return Table(tuple(map(Column, _COLUMNS)), tuple(_row(each, identity) for each in rows))


def _row(each: Recorded, identity: Identity) -> Row:
    one, quality = each.interaction, each.quality
    may_read = may_read_texts(one, identity)
    scores = quality.scores if quality else ()
    flags = {*one.flags, *(flag for score in scores for flag in score.flags)}
    return Row(
        (
            one.id, one.started_at, one.application, one.outcome.value,
            quality.status.value if quality else None, quality.overall if quality else None,
            one.duration, one.model, one.group, one.endpoint, one.input_tokens, one.output_tokens,
            one.cost, one.error_type, quality.topic if quality else None,
            " ".join(sorted(flags)),
            " ".join(variant_label(*each) for each in variants_of(one.attributes).items()),
            one.user if may_read else None,
            one.query if may_read else None,
        )
    )  # fmt: skip
