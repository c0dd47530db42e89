"""Histories from files: the versions beside a schema, its baseline, and what it was in commits."""
