"""Our own answers and their scores, sent over OTLP to whatever backend is configured."""
