"""The configuration in force."""

from groundwatch.config import Config


class Present:
    """The configuration in force; what is reloaded sees its successor at the next look."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def __call__(self) -> Config:
        return self.config
