"""Topics: questions about the same thing, found while they come, named by their own words."""
