"""Groundwatch: grounded answers, and a watch over them."""

__version__ = "0.1.0"
