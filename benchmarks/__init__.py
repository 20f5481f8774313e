"""What Groundwatch can do, measured; each module prints one JSON line last."""
