"""Whether a configured endpoint answers, without spending tokens."""

import httpx

from groundwatch.errors import Unavailable


def models_listed(url: str, api_key: str, timeout: float) -> None:
    """Ask an OpenAI-compatible endpoint for its list of models.

    Args:
        url: base address, such as `https://host/v1`.
        api_key: sent as bearer token unless empty.
        timeout: seconds for each step.

    Raises:
        Unavailable: it does not answer, or not with success; says how, without the body.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    host = httpx.URL(url).host
    try:
        response = httpx.get(f"{url.rstrip('/')}/models", headers=headers, timeout=timeout)
    except httpx.HTTPError as error:
        raise Unavailable(f"{host} does not answer: {type(error).__name__}") from error
    # A server that lists no models answers 404 or 405, and is there.
    if response.status_code >= 500 or response.status_code in (401, 403, 429):
        raise Unavailable(f"{host} answers {response.status_code}")
