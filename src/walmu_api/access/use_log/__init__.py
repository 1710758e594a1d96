"""Käyttöloki: who saw whose data, and why. Written in the transaction of the answer; read by the auditor only."""

from walmu_api.access.use_log.writing import append, person_text, purpose

__all__ = ["append", "person_text", "purpose"]
