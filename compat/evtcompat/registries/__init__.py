"""Schema registries: what they hold as typed values, and what works without them (lock, layout, cache, names)."""
