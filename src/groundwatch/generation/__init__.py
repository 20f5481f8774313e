"""Cited answers from permitted passages, extractive or by an LLM."""
