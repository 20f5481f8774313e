"""Question sets asked offline and measured; two configurations side by side."""
