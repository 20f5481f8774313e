"""Answers made from passages, some of them spoilt: to fit and to measure scorers."""
