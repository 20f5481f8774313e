"""Ports for those who must know theirs before they listen."""

import random
import socket

BELOW_EPHEMERAL = range(10_000, 32_000)
"""What the system gives to whoever asks for any port, or connects somewhere, is above."""


def free_port() -> int:
    """A port of loopback that nobody listens on, and that nobody else is given by chance."""
    while True:
        port = random.choice(BELOW_EPHEMERAL)  # noqa: S311  no secret
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
