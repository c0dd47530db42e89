"""Recorded events in Avro: what lies in files, and what a reader makes of it with as little decoding as possible."""
