"""`metrics`: what is measured, under which names."""

from dataclasses import dataclass

from groundwatch.cli.terminal import DEFAULT_CONFIG, AsJson, ConfigPath, load, print_json, table


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    unit: str
    higher_is: str
    split_by: tuple[str, ...]
    description: str


def metrics(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List every metric by the name that charts, rules and reports use.

    Without a configuration file only those that are built in.
    """
    from groundwatch.domain.metrics import BUILT_IN

    rows = [
        _Row(each.name, each.unit, each.higher_is, each.dimensions, each.description)
        for each in BUILT_IN.values()
    ]
    if config.exists():
        from groundwatch.app.owner import open_store

        with open_store(load(config)) as (_, events):
            custom = sorted(set(events.metric_names()) - BUILT_IN.keys())
        rows += [_Row(name, "", "neutral", (), "a number of one's own") for name in custom]
    if as_json:
        print_json(rows)
        return
    shown = [
        (row.name, row.unit, row.higher_is, ", ".join(row.split_by), row.description)
        for row in rows
    ]
    table(("metric", "unit", "higher is", "split by", "meaning"), shown)
