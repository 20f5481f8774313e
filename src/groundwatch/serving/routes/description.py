"""`/openapi.json`: the API, described for machines."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request

from groundwatch.serving.routes.dependencies import SignedIn

router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
def describe(request: Request, _identity: SignedIn) -> dict[str, Any]:
    """Describe the API in OpenAPI's terms."""
    app = request.app
    assert isinstance(app, FastAPI)
    return app.openapi()
