"""What a channel is, and the settings that every channel has."""

from typing import Protocol

from pydantic import Field

from groundwatch.alerting.notices import Notice
from groundwatch.settings import SettingsPart


class Channel(Protocol):
    """Tells notices to somebody outside."""

    def send(self, notice: Notice, receipt: str, /) -> str:
        """Deliver a notice; the same notice may come twice and is then the same message.

        Args:
            notice: what to tell.
            receipt: what this returned for the incident's last notice; empty before the first.

        Returns:
            what is needed to speak of the incident again; empty keeps the receipt as it is.

        Raises:
            Overloaded: it asks to wait; carries for how long.
            Unavailable: it does not answer; may have arrived.
            Unusable: it refuses this notice for good.
        """
        ...


class ChannelSettings(SettingsPart):
    """What can be set for every kind of channel.

    Attributes:
        timeout_seconds: for one delivery, from connecting to the last byte of the answer.
        per_minute: deliveries in a minute at most; the rest waits.
        attempts: after so many failed ones a notice is laid aside, to be sent again by hand.
        allow_private: whether addresses of this machine or a private network may be called.
    """

    timeout_seconds: float = Field(default=10.0, ge=0.1, le=60)
    per_minute: int = Field(default=60, ge=1, le=6000)
    attempts: int = Field(default=12, ge=1, le=100)
    allow_private: bool = False
