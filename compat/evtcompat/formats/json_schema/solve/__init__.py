"""The search for a value that is in some nodes and not in others, or for the proof that there is none."""
