"""The composition root: builds each process from the configuration, in one straight line."""
