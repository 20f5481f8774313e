"""E-mail: one thread an incident, as text and HTML, over SMTP with TLS."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import Literal

from pydantic import Field, field_validator

from groundwatch.alerting.channels import wording
from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import address
from groundwatch.alerting.notices import Notice
from groundwatch.errors import TimedOut, Unavailable, Unusable
from groundwatch.settings import Secret


class MailSettings(ChannelSettings):
    """A mailbox, or several.

    Attributes:
        host, port: of the SMTP server.
        tls: `starttls`, `implicit` (port 465), or `none` for a server on the same machine.
        sender: address in `From`.
        to: addresses that are told.
        certificate_authority: path of a PEM file to trust instead of the system's.
    """

    kind: Literal["mail"]
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str = ""
    password: Secret = ""
    sender: str
    to: tuple[str, ...] = Field(min_length=1, max_length=50)
    certificate_authority: str = ""
    timeout_seconds: float = Field(default=20.0, ge=0.1, le=60)

    @field_validator("sender", "to")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for each in (value,) if isinstance(value, str) else value:
            if each.count("@") != 1 or any(c.isspace() or c in "<>,;:\\" for c in each):
                raise ValueError(f"{each[:60]!r} is no e-mail address")
        return value


class Mail:
    """Sends notices; answers of the server decide whether it is tried again (RFC 5321, 4.2.1)."""

    def __init__(self, name: str, settings: MailSettings) -> None:
        self._name = name
        self._settings = settings

    def send(self, notice: Notice, receipt: str, /) -> str:
        message = message_of(notice, self._settings)
        self.deliver(message)
        return receipt or str(message["Message-ID"])

    def deliver(self, message: EmailMessage, handing: Callable[[], object] = int) -> None:
        """Send any message; `handing` is called when the server has been reached.

        Raises:
            Unavailable: it does not answer; may have arrived once `handing` was called.
            Unusable: it refuses this message for good.
        """
        try:
            with self._connected() as server:
                handing()
                refused = server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise self._failed(min(codes)) from error
        except smtplib.SMTPResponseException as error:
            raise self._failed(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unusable(f"the channel {self._name}: the server has no TLS or login") from error
        except TimeoutError as error:
            raise TimedOut(f"the channel {self._name} does not answer in time") from error
        except ssl.SSLCertVerificationError as error:
            raise Unusable(f"the channel {self._name}: its certificate is not trusted") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the channel {self._name} is not reached, or breaks off") from error
        if refused:
            raise Unusable(f"the channel {self._name}: {len(refused)} recipients were refused")

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        address(settings.host, settings.port, self._name, allow_private=settings.allow_private)
        trusted = ssl.create_default_context(cafile=settings.certificate_authority or None)
        if settings.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=trusted
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        try:
            if settings.tls == "starttls":
                server.starttls(context=trusted)
            if settings.username:
                server.login(settings.username, settings.password)
        except BaseException:
            server.close()
            raise
        return server

    def _failed(self, code: int) -> Exception:
        said = f"the channel {self._name}: the server answered {code}"
        return Unavailable(said) if 400 <= code < 500 else Unusable(said)


def message_of(notice: Notice, settings: MailSettings) -> EmailMessage:
    """A notice as a mail; its Message-ID is the same for every delivery."""
    message = EmailMessage()
    domain = settings.sender.rpartition("@")[2]
    thread = _message_id(notice.incident_id, 1, domain)
    own = _message_id(notice.incident_id, notice.sequence, domain)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Subject"] = _one_line(wording.headline(notice))
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = own
    root = f"<groundwatch.{_digest(notice.incident_id)}@{domain}>"
    message["References"] = root if own == thread else f"{root} {thread}"
    message["In-Reply-To"] = root if own == thread else thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Groundwatch-Incident"] = _one_line(notice.incident_id)
    message.set_content(text_of(notice))
    message.add_alternative(html_of(notice), subtype="html")
    return message


def text_of(notice: Notice) -> str:
    """The plain part."""
    parts = [wording.headline(notice), "", *(f"- {line}" for line in wording.lines(notice)), ""]
    parts += [f"{name}: {text}" for name, text in wording.facts(notice)]
    parts += ["", notice.link] if notice.link else []
    return "\n".join(parts) + "\n"


def html_of(notice: Notice) -> str:
    """The HTML part; it loads nothing."""
    alerts = "".join(f"<li>{escape(line)}</li>" for line in wording.lines(notice))
    facts = "".join(
        f"<tr><th align=left>{escape(name)}</th><td>{escape(text)}</td></tr>"
        for name, text in wording.facts(notice)
    )
    link = f'<p><a href="{escape(notice.link)}">Open the incident</a></p>' if notice.link else ""
    colour = "#2e7d32" if notice.status == "resolved" else "#b3261e"
    return (
        f'<html><body style="font-family:sans-serif"><h2 style="color:{colour}">'
        f"{escape(wording.headline(notice))}</h2><ul>{alerts}</ul><table>{facts}</table>{link}"
        "</body></html>\n"
    )


def _message_id(incident_id: str, sequence: int, domain: str) -> str:
    return f"<groundwatch.{_digest(incident_id)}.{sequence}@{domain}>"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _one_line(text: str) -> str:
    return wording.cut(" ".join(text.split()), 250)
