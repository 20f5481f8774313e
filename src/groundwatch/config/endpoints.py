"""URLs that are none, and servers in each other's way."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from groundwatch.config.draft import Draft
from groundwatch.config.problems import Location, Problem, holds_password, shown
from groundwatch.index.settings import QdrantIndexSettings
from groundwatch.models.settings import OpenAIEmbedderSettings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", ""})  # noqa: S104  compared, not bound
_DEFAULT_PORTS = {"http": 80, "https": 443}


def wrong_urls(draft: Draft) -> Iterator[Problem]:
    """Endpoints that are no http URLs, or that carry a password."""
    for at, url in _urls(draft):
        if holds_password(url):
            yield Problem(at, "is a URL with a password; take it out and use `api_key`")
        elif _split(url) is None:
            yield Problem(at, f"is {shown(url)}; must be a URL like `https://host/v1`")


def wrong_database(draft: Draft) -> Iterator[Problem]:
    """A store that is neither empty nor PostgreSQL."""
    url = draft.config.store.url
    scheme = url.partition("://")[0]
    if url and scheme not in {"postgresql", "postgresql+psycopg"}:
        message = "must be like `postgresql://host/database`; leave it out for SQLite"
        yield Problem(("store", "url"), f"is set, but is no PostgreSQL URL; it {message}")


def taken_ports(draft: Draft) -> Iterator[Problem]:
    """Endpoints that are this server itself."""
    server = draft.config.server
    if not server.port:
        return
    hosts = _LOCAL if server.host in _LOCAL else frozenset({server.host})
    for at, url in _urls(draft):
        parts = _split(url)
        if parts is None or at == ("server", "public_url"):
            continue
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        if parts.hostname in hosts and port == server.port:
            message = f"is {shown(url)}, which is this server (server.port {port}); change one"
            yield Problem(at, message)


def _urls(draft: Draft) -> Iterator[tuple[Location, str]]:
    config = draft.config
    if config.server.public_url:
        yield ("server", "public_url"), config.server.public_url
    if config.otlp_export.url:
        yield ("otlp_export", "url"), config.otlp_export.url
    if isinstance(config.index, QdrantIndexSettings):
        yield ("index", "url"), config.index.url
    if isinstance(config.embedder, OpenAIEmbedderSettings):
        for position, url in enumerate(config.embedder.endpoints):
            yield ("embedder", "endpoints", position), url
    for position, url in enumerate(config.llm.endpoints if config.llm else ()):
        yield ("llm", "endpoints", position), url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if sound and not any(character.isspace() for character in url) else None
