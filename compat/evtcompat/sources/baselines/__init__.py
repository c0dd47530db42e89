"""The trees of a run: what is under check, what that is compared with, and how the two differ."""
