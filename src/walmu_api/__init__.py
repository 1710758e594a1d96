"""Walmu API: interoperability for work-activity services."""
