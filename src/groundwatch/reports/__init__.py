"""Daily, weekly and executive reports."""
