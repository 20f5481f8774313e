"""Pages that know how many there are: each is drawn when the last one is known."""

from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

Footer = Callable[[Canvas, int, int], None]
"""Draws what stands below a page: its number, and how many there are."""


def numbered(footer: Footer) -> type[Canvas]:
    """The canvas of a document whose pages have this footer."""

    class Numbered(Canvas):  # type: ignore[misc]
        """Keeps pages until the document ends."""

        kept: tuple[dict[str, object], ...] = ()

        def showPage(self) -> None:  # noqa: N802  ReportLab's name
            self.kept = (*self.kept, dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = self.kept
            for number, page in enumerate(pages, 1):
                self.__dict__.update(page)
                footer(self, number, len(pages))
                super().showPage()
            super().save()

    return Numbered
