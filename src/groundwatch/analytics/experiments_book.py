"""Experiments as they are kept: begun, looked at, stopped and concluded."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from groundwatch.analytics.experiments_record import Act, Look, Record, Run
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.domain.clock import Clock
from groundwatch.errors import Conflict, InvalidInput, NotFound, Unusable
from groundwatch.store import experiments
from groundwatch.store.database import Database
from groundwatch.store.experiments import ExposureRow, RunRow

_log = logging.getLogger(__name__)
_RECORDS = TypeAdapter(tuple[Record, ...])
_LOOK = TypeAdapter(Look)
_FREE = {"hypothesis", "traffic", "starts", "ends", "is_running"}
"""Settings that may change while an experiment runs; any other makes a new run."""
_DUE = "it is configured and due"
_CLOSEST_LOOKS = timedelta(minutes=5)
_LOOKS = 200
"""About so many looks are kept for each time that an experiment gets older by its age."""


@dataclass(frozen=True, slots=True)
class ExperimentBook:
    """Reads and writes experiments."""

    database: Database
    clock: Clock

    def runs(self) -> list[Run]:
        """The last run of every experiment, by name; a damaged one is said in the log."""
        with self.database.read() as c:
            rows = experiments.latest(c)
        return [run for row in rows if (run := _run_or_none(row)) is not None]

    def get(self, name: str, number: int | None = None) -> Run:
        """A run of an experiment, the last one if none is named; raises NotFound."""
        with self.database.read() as c:
            rows = experiments.runs(c, name)
        wanted = [row for row in rows if number in {None, row.run}]
        if not wanted:
            which = "" if number is None else f" with a run {number}"
            raise NotFound(f"there is no experiment {name[:64]!r}{which}")
        return _run(wanted[0])

    def numbers(self, name: str) -> list[int]:
        """The runs of an experiment, the last one first."""
        with self.database.read() as c:
            return [row.run for row in experiments.runs(c, name)]

    def looks(self, run: Run) -> list[Look]:
        """What was seen at some of the looks, the earliest first; the last one always."""
        with self.database.read() as c:
            found = [
                _LOOK.validate_json(body) for _, body in experiments.looks(c, run.name, run.number)
            ]
        is_there = run.look is None or (found and found[-1].at == run.look.at)
        return found if is_there or run.look is None else [*found, run.look]

    def keep_in_line(self, configured: Mapping[str, ExperimentSettings]) -> None:
        """Begin what is due, and end what is not configured any more."""
        now = self.clock()
        runs = {run.name: run for run in self.runs()}
        for name, settings in configured.items():
            try:
                self._keep_one_in_line(name, settings, runs.get(name), now)
            except Conflict as error:
                _log.warning("the experiment %s is not begun: %s", name, error)
        for name, run in runs.items():
            if name not in configured:
                self._withdraw(run, "it is not configured any more")

    def _keep_one_in_line(
        self, name: str, settings: ExperimentSettings, run: Run | None, now: datetime
    ) -> None:
        is_same = run is not None and _kind(run.settings) == _kind(settings)
        if run is not None and not is_same:
            self._withdraw(run, "its settings were changed")
        if run is None or not is_same or run.is_withdrawn:
            if _is_due(settings, now):
                first = run is None and settings.starts is not None
                began = settings.starts if first and settings.starts else now
                self.begin(name, settings, 1 if run is None else run.number + 1, began)
        elif run.settings != settings:
            written = _json(settings)
            self._changed(run, lambda row: replace(row, settings=written))

    def begin(self, name: str, settings: ExperimentSettings, number: int, at: datetime) -> None:
        """Begin a run; raises Conflict where somebody else did."""
        record = Record(at, Act.BEGAN, "", _DUE)
        row = RunRow(name, number, at, None, None, (), _json(settings), "", _dump((record,)))
        with self.database.write() as c:
            experiments.add(c, row)

    def stop(self, name: str, by: str, why: str) -> Run:
        """Give everybody the control from now on; what to use is decided later.

        Raises:
            NotFound: there is no such experiment.
            Conflict: it does not run.
        """

        def stopped(row: RunRow) -> RunRow:
            if row.ended_at is not None:
                raise Conflict(f"the experiment {name!r} does not run any more")
            return self._with(row, Act.STOPPED, by, why, ends=True)

        return self._changed(self.get(name), stopped)

    def conclude(self, name: str, by: str, why: str, winner: str) -> Run:
        """Decide what is used from now on; a running experiment is stopped.

        Raises:
            NotFound: there is no such experiment.
            InvalidInput: the winner is none of its variants, or no reason is given.
            Conflict: it was decided already.
        """
        run = self.get(name)
        if winner not in run.settings.variants:
            known = ", ".join(sorted(run.settings.variants))
            raise InvalidInput(f"{winner[:64]!r} is no variant of {name!r}; they are {known}")
        if not why.strip():
            raise InvalidInput("say why; others will read it")

        def concluded(row: RunRow) -> RunRow:
            if _run(row).decision is not None:
                raise Conflict(f"the experiment {name!r} was decided already")
            return self._with(row, Act.CONCLUDED, by, why, winner, ends=row.ended_at is None)

        return self._changed(run, concluded)

    def looked(self, run: Run, look: Look, kept: str, said: Iterable[Record]) -> bool:
        """Keep what a look has shown, unless somebody else looked meanwhile or it has ended.

        Args:
            run: as it was before the look.
            look: what it has shown.
            kept: what the next look needs, as JSON.
            said: what came of it; a `STOPPED` ends the run.
        """
        records = tuple(said)
        dropped = {each.variant for each in records if each.act is Act.DROPPED} | run.dropped
        ends = any(each.act is Act.STOPPED for each in records)
        with self.database.write() as c:
            row = experiments.held(c, run.name, run.number)
            if row is None or row.ended_at is not None or row.looked_at != run.looked_at:
                return False
            changed = replace(
                row,
                looked_at=look.at,
                looked=_pair(kept, look),
                dropped=tuple(sorted(dropped)),
                ended_at=look.at if ends else None,
                records=_dump((*_RECORDS.validate_json(row.records), *records)),
            )
            experiments.change(c, changed)
            _keep_look(c, run, look, last=ends)
        return True

    def replay(
        self,
        name: str,
        settings: ExperimentSettings,
        begun: datetime,
        seen: Sequence[Look],
        kept: str,
    ) -> None:
        """Let the first run have begun earlier and been looked at since, as it would have been."""
        began = Record(begun, Act.BEGAN, "", _DUE)
        row = RunRow(
            name, 1, begun, None, seen[-1].at, (), _json(settings), _pair(kept, seen[-1]),
            _dump((began,)),
        )  # fmt: skip
        with self.database.write() as c:
            there = experiments.held(c, name, 1)
            (experiments.add if there is None else experiments.change)(c, row)
            for look in seen:
                experiments.add_look(c, name, 1, look.at, _LOOK.dump_json(look).decode())

    def kept(self, run: Run) -> str:
        """What the last look left for the next one, as JSON; empty before the first."""
        with self.database.read() as c:
            rows = experiments.runs(c, run.name)
        row = next(row for row in rows if row.run == run.number)
        return _parts(row.looked)[0] if row.looked else ""

    def expose(self, rows: Iterable[ExposureRow]) -> None:
        """Keep who was dealt what; the first time counts."""
        with self.database.write() as c:
            experiments.expose(c, list(rows))

    def exposed(self, run: Run) -> tuple[dict[str, int], int]:
        """Units by variant, and how many were dealt several."""
        with self.database.read() as c:
            return experiments.exposed(c, run.name, run.number)

    def forget_units(self, before: datetime) -> int:
        """Forget who took part in what ended before a moment; returns how many."""
        with self.database.write() as c:
            return experiments.forget_units(c, before)

    def _withdraw(self, run: Run, why: str) -> None:
        def withdrawn(row: RunRow) -> RunRow:
            return row if row.ended_at else self._with(row, Act.WITHDRAWN, "", why, ends=True)

        if run.ended_at is None:
            self._changed(run, withdrawn)

    def _changed(self, run: Run, change: Callable[[RunRow], RunRow]) -> Run:
        with self.database.write() as c:
            row = experiments.held(c, run.name, run.number)
            if row is None:
                raise NotFound(f"there is no experiment {run.name!r}")
            changed = change(row)
            experiments.change(c, changed)
        return _run(changed)

    def _with(
        self, row: RunRow, act: Act, by: str, why: str, variant: str = "", *, ends: bool
    ) -> RunRow:
        now = self.clock()
        record = Record(now, act, by, why.strip(), variant)
        records = (*_RECORDS.validate_json(row.records), record)
        return replace(row, ended_at=now if ends else row.ended_at, records=_dump(records))


def _is_due(settings: ExperimentSettings, now: datetime) -> bool:
    has_begun = settings.starts is None or settings.starts <= now
    return settings.is_running and has_begun and (settings.ends is None or now < settings.ends)


def _kind(settings: ExperimentSettings) -> dict[str, object]:
    """What must be the same all through a run."""
    found = settings.model_dump(exclude=_FREE)
    for variant in found["variants"].values():
        variant.pop("description")
    return found


def _keep_look(c: Connection, run: Run, look: Look, *, last: bool) -> None:
    """Keep looks close at first and further apart later, so that a chart has enough of them."""
    kept = experiments.looks(c, run.name, run.number)
    apart = max(_CLOSEST_LOOKS, (look.at - run.begun_at) / _LOOKS)
    if last or not kept or look.at - kept[-1][0] >= apart:
        experiments.add_look(c, run.name, run.number, look.at, _LOOK.dump_json(look).decode())


def _pair(kept: str, look: Look) -> str:
    return f"{kept}\n{_LOOK.dump_json(look).decode()}"


def _parts(looked: str) -> tuple[str, str]:
    kept, _, look = looked.partition("\n")
    return kept, look


def _json(settings: ExperimentSettings) -> str:
    return settings.model_dump_json()


def _dump(records: tuple[Record, ...]) -> str:
    return _RECORDS.dump_json(records).decode()


def _run_or_none(row: RunRow) -> Run | None:
    try:
        return _run(row)
    except Unusable as error:
        _log.warning("%s", error)
        return None


@lru_cache(maxsize=256)
def _run(row: RunRow) -> Run:
    """Read a row; servers ask every two seconds, and most rows are as they were."""
    try:
        return Run(
            row.name,
            row.run,
            ExperimentSettings.model_validate_json(row.settings),
            row.begun_at,
            row.ended_at,
            row.looked_at,
            frozenset(row.dropped),
            _LOOK.validate_json(_parts(row.looked)[1]) if row.looked else None,
            _RECORDS.validate_json(row.records),
        )
    except ValidationError as error:
        raise Unusable(
            f"run {row.run} of the experiment {row.name!r} is damaged in the store; "
            "rename the experiment in the configuration"
        ) from error
