"""What tokens cost."""

from collections.abc import Mapping

from groundwatch.models.settings import PriceSettings

_TOKENS = 1_000_000


def cost(
    prices: Mapping[str, PriceSettings], model: str, input_tokens: int, output_tokens: int
) -> float | None:
    """Return US dollars; None when the configuration has no price for the model."""
    price = prices.get(model)
    if price is None:
        return None
    return (input_tokens * price.input + output_tokens * price.output) / _TOKENS
