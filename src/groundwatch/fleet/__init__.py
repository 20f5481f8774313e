"""Replicas, balancing strategies and scaling policy, as pure decisions."""
