"""The Ask page."""

import asyncio
from dataclasses import replace
from urllib.parse import urlencode

from anyio import to_thread
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from groundwatch.dashboard import places
from groundwatch.dashboard.answer_state import AnswerState
from groundwatch.dashboard.checked import checked
from groundwatch.dashboard.document_panel import DocumentPanel, Opened
from groundwatch.dashboard.emitted import number_of, text_of
from groundwatch.dashboard.frame import framed, html
from groundwatch.dashboard.marking import Span
from groundwatch.dashboard.rating import Rating
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain.access import Identity
from groundwatch.domain.questions import AskOptions
from groundwatch.serving.asking import Asker, new_interaction_id

_HINTS = 3
_LONGEST_HINT = 44


class AskPage:
    """One open Ask page: a question at a time, its answer, and a document beside it."""

    def __init__(self, visitor: Visitor, asker: Asker, hints: str) -> None:
        self._visitor = visitor
        self._asker = asker
        self._hints = hints
        self._session = new_interaction_id()
        self._state = AnswerState("", "")
        self._task: asyncio.Task[None] | None = None

    def build(self, question: str) -> None:
        """Draw the page and wait for events; a question of the address is asked at once."""
        limits = self._visitor.services.settings.limits
        with framed(places.ASK, self._visitor.at_opening):
            self._column = ui.element("div").classes("ask" if question else "ask empty")
            with self._column:
                html('<h1 class="welcome">What would you like to know?</h1>')
                html(render("ask.html", {"question": question, "longest": limits.query_characters}))
                self._hint_place = html("" if question else self._hints)
                self._answer_place = html().props("aria-live=polite")
                self._rating = Rating(self._visitor, html(), self._show)
                self._grounds_place = html()
            self._panel = DocumentPanel(self._visitor, html())
        ui.on("ask", self._on_ask)
        ui.on("open", self._on_open)
        ui.on("passage", self._on_passage)
        ui.on("close", self._panel.close)
        ui.on("why", self._panel.on_why)
        ui.on("thumb", self._rating.on_thumb)
        ui.on("comment", self._rating.on_comment)
        ui.context.client.on_delete(self._stop)
        if question:
            ui.timer(0, lambda: self._start(question), once=True)

    def _on_ask(self, event: GenericEventArguments) -> None:
        question = text_of(event, "q").strip()
        if question:
            ui.navigate.history.push("/?" + urlencode({"q": question}))
            self._start(question)

    def _start(self, question: str) -> None:
        self._stop()
        self._state = AnswerState(question, new_interaction_id())
        self._rating.begin(self._state.interaction_id)
        self._panel.close()
        self._column.classes(remove="empty")
        self._hint_place.set_content("")
        self._grounds_place.set_content("")
        self._show()
        self._task = background_tasks.create(self._ask(self._state), name="answer")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _ask(self, state: AnswerState) -> None:
        options = AskOptions(
            interaction_id=state.interaction_id,
            session=self._session,
            endpoint="page",
            correlation_id=state.interaction_id[:16],
        )
        try:
            identity = await self._visitor.now(places.ASK.permission)
            async with self._asker.ask(state.question, identity, options) as events:
                async for event in events:
                    state.add(event)
                    self._show()
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            state.trouble, state.trouble_id = trouble_of(error, options.correlation_id)
            self._show()
        self._settle(state)
        if state.is_answered:
            state.checked = await checked(self._visitor.services.watch, state.interaction_id)
            self._show()

    def _settle(self, state: AnswerState) -> None:
        if state.answer is not None and not (state.is_answered or state.is_declined):
            state.trouble = "The answer could not be made."
            state.trouble_id = state.interaction_id[:16]
            self._show()
        self._grounds_place.set_content(
            render(
                "grounds.html",
                {
                    "sources": state.sources(),
                    "passages": state.passages or (),
                    "cited": state.cited_chunks(),
                },
            )
        )

    def _show(self) -> None:
        state = self._state
        self._answer_place.set_content(
            render(
                "answer.html",
                {
                    "state": state,
                    "thumb": self._rating.thumb,
                    "may_rate": self._visitor.at_opening.may("feedback:write"),
                    "copied": _with_sources(state),
                },
            )
        )

    async def _on_open(self, event: GenericEventArguments) -> None:
        number = number_of(event, "number")
        citation = self._state.citations().get(number)
        passages = {each.chunk_id: each for each in self._state.passages or ()}
        if citation is None or citation.chunk_id not in passages:
            return
        passage = passages[citation.chunk_id]
        await self._panel.open(
            Opened(
                document_id=citation.document_id,
                number=number,
                page=passage.page,
                quote=Span(citation.start, citation.end),
                passage=Span(passage.start, passage.end),
                question=self._state.question,
                version=passage.document.version,
            )
        )

    async def _on_passage(self, event: GenericEventArguments) -> None:
        chunk_id = number_of(event, "chunk")
        for passage in self._state.passages or ():
            if passage.chunk_id == chunk_id:
                found = Span(passage.start, passage.end)
                await self._panel.open(
                    Opened(
                        document_id=passage.document.id,
                        number=0,
                        page=passage.page,
                        quote=replace(found, end=found.start),
                        passage=found,
                        question=self._state.question,
                        version=passage.document.version,
                    )
                )


async def hints(visitor: Visitor, identity: Identity) -> str:
    """Questions to begin with, from the titles of documents that the visitor may read."""
    titles: list[str] = []
    if identity.may("documents:read"):
        library = visitor.services.library
        found = await to_thread.run_sync(
            lambda: library.page(identity, source="", prefix="", after="", limit=50)
        )
        titles = [meta.title for meta in found if 0 < len(meta.title) <= _LONGEST_HINT]
    return render(
        "hints.html",
        {
            "titles": list(dict.fromkeys(titles))[:_HINTS],
            "may_see_sources": identity.may(places.SOURCES.permission),
        },
    )


def _with_sources(state: AnswerState) -> str:
    lines = []
    for sentence in state.sentences:
        marks = "".join(f"[{each.number}]" for each in sentence.citations)
        lines.append(f"{sentence.text} {marks}".strip())
    listed = [
        f"[{source.number}] {source.document.title} ({source.document.path})"
        for source in state.sources()
    ]
    parts = (state.doubt, " ".join(lines), "\n".join(listed))
    return "\n\n".join(part for part in parts if part)
