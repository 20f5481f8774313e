"""OTLP in: spans of anybody's application, in any convention, and what they come to."""
