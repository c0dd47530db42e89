"""The event that shows a pair to be incompatible: made small, and confirmed independently of the reasoning."""
