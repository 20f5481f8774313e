"""Rules, routes, grouping, silences, escalation and delivery."""
