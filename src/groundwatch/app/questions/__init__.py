"""A set of questions asked of a running server, counted, and searched for leaks."""
