"""Detectors, calibration, ensemble and episodes over metric series."""
