"""Which recorded interactions somebody asks for."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from groundwatch.analytics import windows
from groundwatch.analytics.windows import Window
from groundwatch.domain.answers import Outcome
from groundwatch.domain.status import Severity, Status
from groundwatch.errors import InvalidInput
from groundwatch.serving.bodies.body import Body
from groundwatch.store.events.recorded import Filter


class InteractionsWanted(Body):
    """Which interactions are wanted; what is left out does not narrow."""

    application: str | None = Field(default=None, max_length=100)
    user: str | None = Field(default=None, max_length=200)
    group: str | None = Field(default=None, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    outcome: Outcome | None = None
    severity: Severity | None = None
    status: Status | None = None
    min_latency: float | None = Field(default=None, ge=0, description="Seconds.")
    max_quality: float | None = Field(default=None, ge=0, le=1)
    flag: str | None = Field(default=None, max_length=200)
    variant: str | None = Field(
        default=None, max_length=200, description="An experiment, or `EXPERIMENT=VARIANT`."
    )
    text: str = Field(default="", max_length=200, description="Needs `since`.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    group_by: Literal["", "variant"] = Field(
        default="",
        description="Tells `groups` besides: of `application`, from `since` (usually a day ago) to "
        "`until`, whatever else narrows the list. Needs `watch:read`.",
    )
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=50, ge=1, le=200)

    def filter(self) -> Filter:
        """What is wanted; a text is looked for in every interaction of a period.

        Raises:
            InvalidInput: a text is wanted without a beginning.
        """
        if self.text and self.since is None:
            raise InvalidInput("`text` needs `since`: every interaction of the time is read.")
        return Filter(**self.model_dump(exclude={"after", "limit", "group_by"}))

    def window(self, now: datetime) -> Window:
        """Of what groups are told.

        Raises:
            InvalidInput: the span is none.
        """
        until = min(self.until or now, now)
        since = self.since or until - timedelta(days=1)
        return windows.between(since, until, now, self.application, "")

    def place(self) -> tuple[datetime, str] | None:
        """Behind which interaction the page begins.

        Raises:
            InvalidInput: `after` was not given by a page.
        """
        if not self.after:
            return None
        moment, _, last = self.after.partition("~")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or not last:
            raise InvalidInput("`after` is no `next` of a page; begin anew.")
        return at, last
