"""Which interactions are kept whole, by the configuration."""

from groundwatch.config import Config
from groundwatch.telemetry.sampling import Sampling


def sampling_of(config: Config) -> Sampling:
    """Which interactions are kept whole; for our own as for those of others."""
    rates = {name: each.rate for name, each in config.sampling.applications.items()}
    return Sampling(config.sampling.rate, rates, config.latency_thresholds.acceptable)
