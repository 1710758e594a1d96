"""Jobs: reading how they go, and carrying them out (ADR 52)."""
