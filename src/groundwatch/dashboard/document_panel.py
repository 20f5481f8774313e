"""The panel that shows a passage in its document."""

from dataclasses import dataclass

from anyio import to_thread
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.marking import Span, marked
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain.access import Identity
from groundwatch.domain.documents import DocumentContent

_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is shown of which document.

    Attributes:
        number: of the citation; 0 for a passage that is not cited.
        version: that the answer was made from; spans point into this one.
    """

    document_id: str
    number: int
    page: int | None
    quote: Span
    passage: Span
    question: str
    version: int


@dataclass(frozen=True, slots=True)
class Why:
    """Whether a user may read the document, in words."""

    user: str
    words: str
    is_trouble: bool = False


class DocumentPanel:
    """Opens documents anew each time, so that permissions taken away since are obeyed."""

    def __init__(self, visitor: Visitor, place: ui.html) -> None:
        self._visitor = visitor
        self._place = place
        self._opened: Opened | None = None

    def close(self) -> None:
        self._opened = None
        self._place.set_content("")

    async def open(self, opened: Opened) -> None:
        self._opened = opened
        await self._show(opened, None)

    async def on_why(self, event: GenericEventArguments) -> None:
        """Tell whether a user may read the open document, and by which rule."""
        if self._opened is not None and (user := text_of(event, "user").strip()):
            why = await self._asked(self._opened.document_id, user)
            await self._show(self._opened, why)

    async def _asked(self, document_id: str, user: str) -> Why:
        try:
            await self._visitor.now("permissions:write")
            explain = self._visitor.services.explain_access
            found = await to_thread.run_sync(explain, document_id, user)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            return Why(user, trouble_of(error, "")[0], is_trouble=True)
        may = "may" if found.readable else "may not"
        return Why(user, f"{user} {may} read this: {found.words}.")

    async def _show(self, opened: Opened, why: Why | None) -> None:
        library = self._visitor.services.library
        try:
            identity = await self._visitor.now("documents:read")
            content = await to_thread.run_sync(library.content, identity, opened.document_id)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem, _ = trouble_of(error, "")
            self._place.set_content(render("document_gone.html", {"problem": problem}))
            return
        self._place.set_content(_drawn(opened, content, identity, why))


def _drawn(opened: Opened, content: DocumentContent, identity: Identity, why: Why | None) -> str:
    is_same = content.meta.version == opened.version
    text = marked(
        content.text,
        opened.quote if is_same else _NOWHERE,
        opened.passage if is_same else _NOWHERE,
        opened.question,
    )
    return render(
        "document.html",
        {
            "meta": content.meta,
            "number": opened.number,
            "page": opened.page,
            "text": text,
            "has_changed": not is_same,
            "user": identity.user,
            "access": content.access if identity.may("permissions:write") else None,
            "readable_as": sorted(content.access.allow & identity.principals),
            "why": why,
        },
    )
