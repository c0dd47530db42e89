"""From parsed schemas to nodes."""
