"""Thumbs, and what was missing."""

from collections.abc import Callable
from typing import Literal

from anyio import to_thread
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.dashboard.emitted import number_of, text_of
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain.interactions import Feedback

_LONGEST_COMMENT = 4000
Stage = Literal["none", "ask", "thanks", "failed"]


class Rating:
    """Feedback on the answer that is shown."""

    def __init__(self, visitor: Visitor, place: ui.html, on_change: Callable[[], None]) -> None:
        self.thumb: int | None = None
        self._visitor = visitor
        self._place = place
        self._on_change = on_change
        self._interaction_id = ""

    def begin(self, interaction_id: str) -> None:
        """Forget the answer before."""
        self.thumb = None
        self._interaction_id = interaction_id
        self._place.set_content("")

    async def on_thumb(self, event: GenericEventArguments) -> None:
        value = number_of(event, "value")
        if value in (-1, 1) and self._interaction_id:
            self.thumb = value
            self._on_change()
            await self._give("", "ask")

    async def on_comment(self, event: GenericEventArguments) -> None:
        comment = text_of(event, "comment").strip()[:_LONGEST_COMMENT]
        if comment and self._interaction_id:
            await self._give(comment, "thanks")
        else:
            self._draw("thanks")

    async def _give(self, comment: str, stage: Stage) -> None:
        services = self._visitor.services
        try:
            identity = await self._visitor.now("feedback:write")
            feedback = Feedback(
                interaction_id=self._interaction_id,
                user=identity.user,
                given_at=services.clock(),
                thumb=self.thumb,
                comment=comment,
            )
            await to_thread.run_sync(services.feedback.give, identity, feedback)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            self._draw("failed", trouble_of(error, "")[0])
            return
        self._draw(stage)

    def _draw(self, stage: Stage, problem: str = "") -> None:
        self._place.set_content(
            render("feedback.html", {"stage": stage, "thumb": self.thumb, "problem": problem})
        )
