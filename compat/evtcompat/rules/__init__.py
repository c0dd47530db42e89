"""The catalogue of rules: every rule is documented where it is written, and `evtcompat explain` prints it."""
