"""From a changed file to searchable passages: ledger, parse, chunk, embed."""
