"""Worksheets of strangers, read in a process of their own with limits of time and memory (ADR 51)."""
