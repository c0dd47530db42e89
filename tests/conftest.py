"""Fixtures for all tests."""

from hypothesis import settings

from cli_harness import repository, run

__all__ = ["repository", "run"]

# No test measures time, and a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
