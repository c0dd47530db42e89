"""Fixtures for all tests."""

from cli_harness import repository, run

__all__ = ["repository", "run"]
