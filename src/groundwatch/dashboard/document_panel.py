"""The panel that shows a passage in its document."""

from dataclasses import dataclass

from anyio import to_thread
from nicegui import ui

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


class DocumentPanel:
    """Opens documents anew each time, so that permissions taken away since are obeyed."""

    def __init__(self, visitor: Visitor, place: ui.html) -> None:
        self._visitor = visitor
        self._place = place

    def close(self) -> None:
        self._place.set_content("")

    async def open(self, opened: Opened) -> None:
        library = self._visitor.services.library
        try:
            identity = await self._visitor.now("documents:read")
            content = await to_thread.run_sync(library.content, identity, opened.document_id)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem, _ = trouble_of(error, "")
            self._place.set_content(render("document_gone.html", {"problem": problem}))
            return
        self._place.set_content(_drawn(opened, content, identity))


def _drawn(opened: Opened, content: DocumentContent, identity: Identity) -> str:
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
        },
    )
