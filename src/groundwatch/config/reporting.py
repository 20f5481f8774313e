"""Reports that could not be sent, or not be rendered."""

from collections.abc import Iterator

from groundwatch.config.draft import Draft
from groundwatch.config.problems import Problem


def unusable_channel(draft: Draft) -> Iterator[Problem]:
    """A channel that is not there, or does not mail."""
    name, channels = draft.config.reports.channel, draft.config.alerting.channels
    if not name:
        return
    at = ("reports", "channel")
    if name not in channels:
        there = ", ".join(each for each, one in channels.items() if one.kind == "mail")
        message = f'is "{name}", which is no channel; channels that mail: {there or "none"}'
        yield Problem(at, message)
    elif channels[name].kind != "mail":
        yield Problem(at, f'is "{name}", a channel of the kind {channels[name].kind}; name a mail')


def unusable_templates(draft: Draft) -> Iterator[Problem]:
    """Templates that cannot be read, fail on a made-up report, or would load something."""
    folder = draft.config.reports.templates
    if folder is not None:
        from groundwatch.reports.rendering import problems

        for problem in problems(folder):
            yield Problem(("reports", "templates"), f": {problem}")


def missing_fonts(draft: Draft) -> Iterator[Problem]:
    """Fonts that are no files."""
    reports = draft.config.reports
    for name, path in (("font", reports.font), ("font_bold", reports.font_bold)):
        if path is not None and not path.is_file():
            yield Problem(("reports", name), f"is {path}, which is no file; name a TrueType font")
