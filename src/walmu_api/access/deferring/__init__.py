"""Requests that are answered later: `Prefer: respond-async` gives a job, which the worker carries out (ADR 52)."""
