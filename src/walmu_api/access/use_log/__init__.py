"""Käyttöloki: who saw whose data, and why. Written in the transaction of the answer; read by the auditor only."""

from walmu_api.access.use_log.writing import append, insert_from, parameters, person_text

__all__ = ["append", "insert_from", "parameters", "person_text"]
