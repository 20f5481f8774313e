"""Topics that are asked about and not answered, as HTTP shows them."""

from pydantic import Field

from groundwatch.analytics.gap_evidence import Explained
from groundwatch.serving.bodies.body import Body


class KnowledgeGapBody(Body):
    """A topic that is asked about and not answered, or answered without support."""

    topic: str
    asked: int
    declined: int
    unsupported: int = Field(description="Answers whose passages do not say what they say.")
    declined_before: float | None = Field(description="Share declined in the span before.")
    quality: float | None
    examples: list[str] = Field(description="Ids of interactions, newest first.")
    missing: str = Field(description="What seems to be missing; empty when nothing can be said.")
    words: list[str] = Field(description="Of the questions, in nothing that was found for them.")
    looked_in: list[str] = Field(description="Sources in which something was found.")

    @classmethod
    def of(cls, found: Explained) -> "KnowledgeGapBody":
        gap = found.gap
        return cls(
            topic=gap.topic,
            asked=gap.asked,
            declined=gap.declined,
            unsupported=gap.unsupported,
            declined_before=gap.declined_before,
            quality=gap.quality,
            examples=list(found.examples),
            missing=found.missing,
            words=list(found.words),
            looked_in=list(found.looked_in),
        )
