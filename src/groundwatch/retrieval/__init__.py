"""Permitted passages for a question: hybrid search, fusion, live permission check."""
