"""What a person is told when something went wrong."""

from groundwatch.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted, Overloaded
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import problem_of


def trouble_of(error: Exception, correlation_id: str) -> tuple[str, str]:
    """Words for an error, and the id to quote when the error is the server's."""
    log_error(error)
    if isinstance(error, NotAuthenticated):
        return "Your session has ended. Reload the page to sign in again.", ""
    if isinstance(error, NotPermitted):
        return "You may not do this any more.", ""
    if isinstance(error, NotFound):
        return "It does not exist any more, or you may no longer see it.", ""
    if isinstance(error, Overloaded):
        return f"Too much at once. Try again in {max(1, round(error.retry_after))} s.", ""
    if isinstance(error, InvalidInput):
        return str(error), ""
    return problem_of(error).detail, correlation_id
