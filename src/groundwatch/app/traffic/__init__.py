"""Synthetic traffic: what a week of several applications looks like, marked as made up."""
