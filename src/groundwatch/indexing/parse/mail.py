"""E-mail: subject, people, date, the body once, and the names of what is attached."""

import email
import email.policy
from email.errors import MessageError
from email.message import EmailMessage

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.cleaning import one_line
from groundwatch.indexing.parse.html import add_page
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.plain import add_text

_SHOWN = ("From", "To", "Cc", "Date")


def parse(data: bytes) -> Parsed:
    """Parse an e-mail message; attachments are named, not read."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        subject = _header(message, "Subject")
        builder = TextBuilder()
        builder.heading(1, subject)
        headers = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
        builder.lines("\n".join(headers))
        _add_body(builder, message)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, RecursionError):
        raise DocumentRejected(
            "parse", "corrupt", "The e-mail is damaged; save it again."
        ) from None
    return builder.build(subject)


def _header(message: EmailMessage, name: str) -> str:
    return one_line(str(message.get(name, "")))


def _add_body(builder: TextBuilder, message: EmailMessage) -> None:
    body = message.get_body(preferencelist=("plain", "html"))
    if isinstance(body, EmailMessage):
        text = _content(body)
        if body.get_content_subtype() == "html":
            add_page(builder, text)
        else:
            add_text(builder, text)
    names = [one_line(part.get_filename() or "") for part in message.walk()]
    if attached := [name for name in names if name]:
        builder.paragraph(f"Attachments: {', '.join(attached)}")


def _content(body: EmailMessage) -> str:
    payload = body.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(body.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(payload)
