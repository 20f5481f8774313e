"""Names that instrumentations use, as one table a convention, the strongest first."""

from groundwatch.telemetry.otlp.conventions.genai import GENAI, LEGACY
from groundwatch.telemetry.otlp.conventions.openinference import OPENINFERENCE
from groundwatch.telemetry.otlp.conventions.openllmetry import OPENLLMETRY
from groundwatch.telemetry.otlp.conventions.others import (
    GENERAL,
    LANGFUSE,
    MLFLOW,
    OPENLIT,
    PYDANTIC_AI,
    TRULENS,
    VERCEL,
)
from groundwatch.telemetry.otlp.conventions.own import OWN

CONVENTIONS = (
    OWN,
    OPENINFERENCE,
    GENAI,
    LEGACY,
    OPENLLMETRY,
    LANGFUSE,
    MLFLOW,
    TRULENS,
    VERCEL,
    OPENLIT,
    PYDANTIC_AI,
    GENERAL,
)
