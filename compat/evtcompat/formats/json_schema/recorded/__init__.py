"""Recorded JSON events: every one is parsed and validated, as fast as what is installed can."""
