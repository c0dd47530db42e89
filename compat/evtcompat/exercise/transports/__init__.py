"""Brokers behind one small interface. To add one, write one file: docs/exercise.md tells how."""
