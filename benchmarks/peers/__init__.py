"""The same work done by other libraries, each run in an environment of its own."""
