"""The local socket between our own processes: framing, calls, errors, reconnects."""
