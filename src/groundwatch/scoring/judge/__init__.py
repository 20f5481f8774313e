"""A language model's second opinion on answers whose support is in doubt; optional, and off."""
