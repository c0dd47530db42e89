"""Pact files: what consumers asserted of messages, read as reader schemas."""
