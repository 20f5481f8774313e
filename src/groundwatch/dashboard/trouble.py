"""What a person is told when something went wrong."""

from groundwatch.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted, Overloaded
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import UNEXPECTED, problem_of

_WORDS = {
    NotAuthenticated: "Your session has ended. Reload the page to sign in again.",
    NotPermitted: "You may not do this any more.",
    NotFound: "It does not exist any more, or you may no longer see it.",
}


def trouble_of(error: Exception, correlation_id: str) -> tuple[str, str]:
    """Words for an error, and the id to quote when the error is the server's."""
    log_error(error)
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words, ""
    if isinstance(error, Overloaded):
        return f"Too much at once. Try again in {max(1, round(error.retry_after))} s.", ""
    if isinstance(error, InvalidInput):
        return str(error), ""
    problem = problem_of(error)
    is_unknown = problem.status == UNEXPECTED.status
    return "Something went wrong on the server." if is_unknown else problem.detail, correlation_id
