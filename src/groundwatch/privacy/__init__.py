"""PII detection, classification, anonymising, consent and retention."""
