"""Every error Groundwatch raises on purpose.

    GroundwatchError
    ├── Transient                 worth a retry; the only branch a retry may catch
    │   ├── Overloaded            a bounded queue is full; carries `retry_after` seconds
    │   └── Unavailable           a process, endpoint or database does not answer now
    │       └── TimedOut          it did not answer within its time
    ├── InvalidInput              the caller's data is wrong; says what would be right
    │   ├── TextRejected          one of several texts cannot be embedded; carries its position
    │   └── ConfigInvalid         the configuration is wrong; carries every problem found
    ├── NotAuthenticated          nobody is signed in
    ├── NotPermitted              somebody is, but may not do this
    ├── NotFound                  does not exist, or may not be seen by the asker
    ├── Conflict                  the thing changed or exists already
    └── Unusable                  something stored or delivered cannot be used
        ├── DocumentRejected      a file that cannot be indexed; carries stage and reason
        └── ModelUnusable         a model is missing, damaged or of other dimensions

Messages name the thing, the value and the way out. They never carry document text, secrets or the
body of somebody else's response.
"""


class GroundwatchError(Exception):
    """The root of every error raised on purpose."""


class Transient(GroundwatchError):
    """May succeed when tried again."""


class Overloaded(Transient):
    """A bounded queue or rate is exhausted.

    Attributes:
        retry_after: seconds after which a retry is sensible.
    """

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Transient):
    """A process, endpoint or database does not answer."""


class TimedOut(Unavailable):
    """It did not answer within its time."""


class InvalidInput(GroundwatchError):
    """The caller's data is wrong; the message says what would be right."""


class ConfigInvalid(InvalidInput):
    """The configuration is refused.

    Attributes:
        problems: one line each: where, what stands there, what would be right.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TextRejected(InvalidInput):
    """One of several texts cannot be embedded.

    Attributes:
        position: of the text in the call, from 0.
        problem: what is wrong and what would be right.
    """

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"text {position} {problem}")
        self.position = position
        self.problem = problem


class NotAuthenticated(GroundwatchError):
    """The request carries no valid identity."""


class NotPermitted(GroundwatchError):
    """The identity lacks the permission."""


class NotFound(GroundwatchError):
    """Does not exist, or may not be seen: the two are never distinguished."""


class Conflict(GroundwatchError):
    """The thing changed meanwhile, or exists already."""


class Unusable(GroundwatchError):
    """Something stored or delivered cannot be used as it is."""


class DocumentRejected(Unusable):
    """A file cannot be indexed and is quarantined.

    Attributes:
        stage: where it failed: `read`, `parse`, `chunk`, `embed`.
        reason: short stable code: `encrypted`, `corrupt`, `empty`, `needs-ocr`, `too-large`,
            `unsupported`, `timeout`, `out-of-memory`, `xml-bomb`, `zip-bomb`.
    """

    def __init__(self, stage: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage
        self.reason = reason


class ModelUnusable(Unusable):
    """A model is missing, damaged, or of other dimensions than the index."""
