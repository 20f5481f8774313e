"""Search filters as they cross the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from groundwatch.domain.queries import SearchFilters


def filters_to(filters: SearchFilters) -> dict[str, Any]:
    """Plain values, without the conditions that are not set."""
    plain: dict[str, Any] = {
        "sources": list(filters.sources),
        "media_types": list(filters.media_types),
        "path_prefix": filters.path_prefix,
        "tags": list(filters.tags),
        "modified_after": _iso(filters.modified_after),
        "modified_before": _iso(filters.modified_before),
    }
    return {key: value for key, value in plain.items() if value}


def filters_from(plain: Mapping[str, Any]) -> SearchFilters:
    return SearchFilters(
        sources=tuple(plain.get("sources", ())),
        media_types=tuple(plain.get("media_types", ())),
        path_prefix=plain.get("path_prefix", ""),
        tags=tuple(plain.get("tags", ())),
        modified_after=_moment(plain.get("modified_after")),
        modified_before=_moment(plain.get("modified_before")),
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
