"""Where notices are told: one file a kind of channel, each with its settings."""
