"""Embedders, LLM clients and the embedding cache."""
