"""Performance, usage, cost, topics and service levels from rollups."""
