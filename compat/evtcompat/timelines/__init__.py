"""Subjects over time: the versions of each, what happened to every part, and which of them can live together."""
