"""What buttons of the Alerts page do, as the one who presses them is permitted at that moment."""

from collections.abc import Callable
from datetime import timedelta

from anyio import to_thread
from nicegui.events import GenericEventArguments

from groundwatch.alerting.desk import Desk
from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.silencing import matchers_of, silence
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain.alerts import Comparison, Condition
from groundwatch.errors import InvalidInput

WRITES = "alerts:write"
_HOURS = {"1": 1, "4": 4, "24": 24, "168": 168}
_LONGEST = 2000


class Actions:
    """Does things to incidents and silences."""

    def __init__(self, desk: Desk, visitor: Visitor) -> None:
        self._desk = desk
        self._visitor = visitor

    async def do(self, event: object) -> tuple[str, str]:
        """Do what an event asks for; returns what went wrong, or what was done."""
        assert isinstance(event, GenericEventArguments)
        act, id_ = text_of(event, "act"), text_of(event, "id")
        note = text_of(event, "note").strip()[:_LONGEST]
        hours = _HOURS.get(text_of(event, "hours"), 1)
        try:
            identity = await self._visitor.now(WRITES)
            work = self._work(act, id_, note, hours)
            done = await to_thread.run_sync(work, identity.user)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            return trouble_of(error, "")[0], ""
        return "", done

    def _work(self, act: str, id_: str, note: str, hours: int) -> Callable[[str], str]:
        desk = self._desk
        known: dict[str, Callable[[str], str]] = {
            "acknowledge": lambda by: _said(
                desk.acknowledge(id_, by, note=note), "You have it in hand."
            ),
            "unacknowledge": lambda by: _said(desk.unacknowledge(id_, by), "Given back."),
            "own": lambda by: _said(desk.assign(id_, by, by), "It is yours."),
            "escalate": lambda by: _said(desk.escalate(id_, by), "The next step is taken now."),
            "resolve": lambda by: _said(
                desk.resolve(id_, by), "Its alerts are ended; what still holds comes back."
            ),
            "snooze": lambda by: _said(
                desk.snooze(id_, by, timedelta(hours=hours).total_seconds()),
                f"Snoozed for {hours} h; its end and a rise in severity are told.",
            ),
            "comment": lambda by: self._comment(id_, by, note),
            "silence": lambda by: self._silence(id_, by, note, hours),
            "silence-these": lambda by: self._silence_these(id_, by, note, hours),
            "expire": lambda _: _said(desk.expire(id_), "The silence has ended."),
        }
        if act not in known:
            raise InvalidInput(f"there is no action {act[:40]!r}")
        return known[act]

    def _comment(self, id_: str, by: str, note: str) -> str:
        if not note:
            raise InvalidInput("Write what is to be noted.")
        self._desk.comment(id_, by, note)
        return "Noted."

    def _silence(self, id_: str, by: str, note: str, hours: int) -> str:
        """Silence what has the labels of an incident's group."""
        labels = {n: v for n, v in self._desk.case(id_).incident.labels.items() if v}
        conditions = tuple(Condition(n, Comparison.EQUAL, v) for n, v in sorted(labels.items()))
        return silence(self._desk, conditions, by, note, hours)

    def _silence_these(self, written: str, by: str, note: str, hours: int) -> str:
        """Silence what matchers written by hand match."""
        conditions = tuple(each.condition for each in matchers_of(written))
        return silence(self._desk, conditions, by, note, hours)


def _said(_: object, words: str) -> str:
    return words


def labels_of(written: str) -> dict[str, str]:
    """Labels written as `name=value`, with spaces or commas between.

    Raises:
        InvalidInput: a part is not so.
    """
    found: dict[str, str] = {}
    for part in written.replace(",", " ").split():
        name, equals, value = part.partition("=")
        if not name or not equals:
            raise InvalidInput(f"{part[:60]!r} is no label; write severity=critical")
        found[name] = value.strip('"')
    return found
