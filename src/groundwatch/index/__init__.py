"""The search index over chunks, derived from the store and rebuildable from it."""
