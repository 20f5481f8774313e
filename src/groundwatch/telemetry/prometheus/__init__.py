"""Numbers for Prometheus: requests counted here, the rest read from cells at each scrape."""
