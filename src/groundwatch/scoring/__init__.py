"""Quality scores of an interaction, one file a dimension."""
