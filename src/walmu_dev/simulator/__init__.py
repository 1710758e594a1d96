"""A record system to test and demonstrate against; it shares nothing with the adapter but the wire."""
