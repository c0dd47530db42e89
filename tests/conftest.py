"""Fixtures for all tests."""

from hypothesis import settings

from amounts import examples
from cli_harness import registry, repository, run

__all__ = ["registry", "repository", "run"]

# No test measures time, and a busy machine is no fault of the code.
settings.register_profile("evtcompat", deadline=None, max_examples=examples(100))
settings.load_profile("evtcompat")
