"""What log lines leave out: texts of questions and answers, and who people are."""

import re
import secrets
from collections.abc import MutableMapping
from hashlib import blake2b

from groundwatch.telemetry.settings import LogSettings

TEXTS = frozenset(
    {"answer", "body", "comment", "content", "passage", "passages", "prompt", "query", "question"}
    | {"response", "text"}
)
PEOPLE = frozenset({"asker", "by", "display_name", "email", "person", "session", "user", "users"})
WITHHELD = "[withheld]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_KEY = re.compile(r"\bgw_[A-Za-z0-9_-]{8,}")


class Withholding:
    """A step that every log line passes.

    A person becomes a pseudonym, the same in all lines of a process, so that their lines can be
    told from others'. Addresses and keys are taken out of every text, wherever they stand.
    """

    def __init__(self, settings: LogSettings | None = None) -> None:
        self.settings = settings or LogSettings()
        self._salt = secrets.token_bytes(16)

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        """Return the line with what may be in it."""
        for name, value in event.items():
            event[name] = self._shown(name, value)
        return event

    def _shown(self, name: str, value: object) -> object:
        if name in TEXTS and not self.settings.texts:
            return WITHHELD
        if name in PEOPLE and isinstance(value, str) and value and not self.settings.people:
            return self._pseudonym(value)
        return self._cleaned(value) if isinstance(value, str) else value

    def _pseudonym(self, person: str) -> str:
        digest = blake2b(person.encode("utf-8", "replace"), key=self._salt, digest_size=4)
        return f"person-{digest.hexdigest()}"

    def _cleaned(self, text: str) -> str:
        text = _KEY.sub("gw_" + WITHHELD, text)
        return text if self.settings.people else _EMAIL.sub(WITHHELD, text)
