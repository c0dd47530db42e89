"""The theory of each JSON type: an instance of a conjunction of constraints, or the proof that there is none."""
