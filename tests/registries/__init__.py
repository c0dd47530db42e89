"""Tests of registries, the lock and the registry to test with."""
