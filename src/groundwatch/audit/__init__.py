"""The Merkle log of who saw and did what, and its offline verifier."""
