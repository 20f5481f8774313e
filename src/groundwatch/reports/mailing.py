"""A report as a mail: text, HTML with pictures for charts, and the PDF."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from groundwatch.reports.charts import Chart
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.draw import drawn
from groundwatch.reports.rendering import as_svg, html, subject
from groundwatch.reports.report import Report
from groundwatch.reports.words import amount, change


def message_of(
    made: Report, desk: ReportDesk, sender: str, to: tuple[str, ...], at: datetime
) -> EmailMessage:
    """The mail of a report; its Message-ID is the same whenever it is made.

    Raises:
        Unusable: a template or a font of the configuration fails.
    """
    domain = sender.rpartition("@")[2]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = subject(made, desk.look)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<groundwatch.{_digest(made)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(made, desk.look.public_url))
    pictures: dict[str, bytes] = {}
    body = html(made, desk.look, lambda chart: _picture(chart, desk, made, pictures))
    message.add_alternative(body, subtype="html")
    part = list(message.iter_parts())[1]
    assert isinstance(part, EmailMessage)
    for name, data in pictures.items():
        part.add_related(data, "image", "png", cid=f"<{name}>", disposition="inline")
    if desk.settings.attach_pdf:
        file = desk.rendered(made, "pdf")
        message.add_attachment(file.body, "application", "pdf", filename=file.name)
    return message


def text_of(made: Report, public_url: str) -> str:
    """The plain part: the verdict, the notes, every figure, and where the report is."""
    lines = [f"{made.title}: {made.span.label}", "", made.verdict, *made.notes]
    for section in made.sections:
        lines += ["", section.title.upper(), *section.says]
        for each in section.figures:
            moved = " ".join(filter(None, (change(each.change), each.verdict)))
            before = f" ({moved}, before {amount(each.before, each.unit)})" if moved else ""
            reason = f" ({each.reason})" if each.reason else ""
            lines.append(f"{each.title}: {amount(each.value, each.unit)}{before}{reason}")
        for table in section.tables:
            count = len(table.rows) + table.left_out
            lines.append(table.empty if not count else f"{table.title}: {count}")
    if public_url and made.link:
        lines += ["", f"{public_url.rstrip('/')}{made.link}"]
    return "\n".join(lines) + "\n"


def _picture(chart: Chart, desk: ReportDesk, made: Report, pictures: dict[str, bytes]) -> str:
    drawing = drawn(chart)
    if drawing is None:
        return as_svg(chart)
    from html import escape

    from groundwatch.reports.paper.fonts import fonts_of
    from groundwatch.reports.paper.pictures import png

    name = f"{chart.name}.{len(pictures)}.{_digest(made)[:12]}@groundwatch"
    pictures[name] = png(drawing, fonts_of(desk.settings.font, desk.settings.font_bold))
    return (
        f'<img src="cid:{name}" width="{drawing.width:.0f}" alt="{escape(drawing.says)}" '
        'style="display:block;max-width:100%;height:auto">'
    )


def _digest(made: Report) -> str:
    key = f"report/{made.span.kind}/{made.span.date}/{made.application}"
    return sha256(key.encode()).hexdigest()[:32]
